#include "search/layer_options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compress/code_books.hpp"
#include "compress/fit_codes.hpp"
#include "select/candidate.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

/// The forms that a search looks at.
const std::vector<std::string_view> kForms{"int8", "clusters16", "int4", "clusters8", "int3",    "clusters4",
                                           "int2", "2:4",        "1:4",  "int4+2:4",  "int4+1:4"};

/// A layer of the float graph with what fitting needs.
class LayerFitter {
 public:
  LayerFitter(const Graph& graph, const Layer& layer, const std::vector<Gram>& grams)
      : graph_(graph),
        layer_(layer),
        grams_(grams),
        rows_(weight_rows(graph, layer)),
        scales_(weight_scales(graph, layer.node, std::nullopt)) {}

  /// Codes in the tensor's order, and the error that is left.
  std::pair<std::vector<std::int8_t>, double> fit(const WeightForm& form) const {
    const CodeBook book = layer_book(graph_, layer_, grams_, form, scales_);
    std::vector<std::int8_t> codes(rows_.size());
    double error = 0, whole = 0;
    const std::size_t per_group = layer_.outputs / grams_.size();
    for (std::size_t g = 0; g < grams_.size(); ++g) {
      const FitProblem problem = problem_of(g, per_group, book);
      const std::vector<std::int8_t> fitted = fit_codes(problem, book);
      for (std::size_t c = 0; c < per_group; ++c) {
        std::vector<double> off(layer_.taps), all(layer_.taps);
        for (std::size_t t = 0; t < layer_.taps; ++t) {
          const std::int8_t code = fitted[c * layer_.taps + t];
          codes[weight_index(layer_, g * per_group + c, t)] = code;
          all[t] = static_cast<double>(problem.weights[c * layer_.taps + t]);
          off[t] = static_cast<double>(problem.scales[c]) * code - all[t];
        }
        error += square_of(problem.square, off);
        whole += square_of(problem.square, all);
      }
    }
    return {std::move(codes), whole > 0 ? error / whole : 0.0};
  }

 private:
  FitProblem problem_of(std::size_t group, std::size_t per_group, const CodeBook& book) const {
    FitProblem problem{layer_.taps, 0, grams_[group].centered(), {}, {}, {}};
    for (std::size_t c = group * per_group; c < (group + 1) * per_group; ++c)
      problem.add_channel(std::span(rows_).subspan(c * layer_.taps, layer_.taps), book.scale(c), problem.square);
    return problem;
  }

  static double square_of(const std::vector<double>& matrix, const std::vector<double>& x) {
    const std::size_t n = x.size();
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      double row = 0;
      for (std::size_t j = 0; j < n; ++j) row += matrix[i * n + j] * x[j];
      sum += x[i] * row;
    }
    return sum;
  }

  const Graph& graph_;
  const Layer& layer_;
  const std::vector<Gram>& grams_;
  std::vector<float> rows_;  ///< [output][tap]
  std::vector<float> scales_;
};

/// The node's smallest flash and fewest cycles with these weights.
void add_cost(LayerOption& option, Graph& graph, std::size_t node, TensorId weights, const std::vector<std::int8_t>& codes,
              const Target& target) {
  graph.tensor(weights).data = shared_bytes(codes);
  const std::vector<Candidate> candidates = find_candidates(NodeView(graph, graph.nodes[node]), target, KernelLibrary::kMote, {});
  option.flash_bytes = std::numeric_limits<std::int64_t>::max();
  option.cycles = std::numeric_limits<double>::infinity();
  for (const Candidate& candidate : candidates) {
    option.flash_bytes = std::min(option.flash_bytes, candidate.table_bytes + candidate.code_bytes);
    option.cycles = std::min(option.cycles, candidate.cycles);
  }
}

double cost_of(const LayerOption& option, LayerGoal goal) {
  return goal == LayerGoal::kFlash ? static_cast<double>(option.flash_bytes) : option.cycles;
}

/// For each layer the option with the least error plus `price` times cost.
std::vector<std::size_t> at_price(const std::vector<LayerOptions>& layers, LayerGoal goal, double price) {
  std::vector<std::size_t> chosen;
  for (const LayerOptions& layer : layers) {
    std::size_t best = 0;
    const auto value = [&](std::size_t i) { return layer.options[i].error + price * cost_of(layer.options[i], goal); };
    for (std::size_t i = 1; i < layer.options.size(); ++i) {
      if (value(i) < value(best)) best = i;
    }
    chosen.push_back(best);
  }
  return chosen;
}

double total(const std::vector<LayerOptions>& layers, LayerGoal goal, const std::vector<std::size_t>& chosen) {
  double sum = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) sum += cost_of(layers[l].options[chosen[l]], goal);
  return sum;
}

}  // namespace

std::vector<LayerOptions> layer_options(const Graph& prepared, const Graph& made, const LayerGrams& grams, const Target& target,
                                        const QuantizeProgress& progress) {
  Graph trial = made;
  std::vector<LayerOptions> result;
  for (std::size_t n = 0; n < prepared.nodes.size(); ++n) {
    if (progress) progress("forms of weights", static_cast<double>(n) / static_cast<double>(prepared.nodes.size()));
    const auto layer = layer_at(prepared, n);
    if (!layer || !grams.contains(n)) continue;
    const auto node = std::find_if(trial.nodes.begin(), trial.nodes.end(), [&](const Node& each) {
      return each.name == prepared.nodes[n].name && each.op->name() == prepared.nodes[n].op->name();
    });
    if (node == trial.nodes.end()) continue;
    const TensorId weights = node->inputs[static_cast<std::size_t>(layer->rule.input)];
    const TensorId input = node->inputs[static_cast<std::size_t>(layer->input)];
    if (trial.tensor(weights).type != DataType::kInt8 || is_float(trial.tensor(input).type)) continue;
    const auto plain = trial.tensor(weights).data;
    LayerOptions options{prepared.nodes[n].name, {}};
    const LayerFitter fitter(prepared, *layer, grams.at(n));
    for (const std::string_view name : kForms) {
      const WeightForm form = parse_weight_form(name);
      if (!suits(*layer, form)) continue;
      const auto [codes, error] = fitter.fit(form);
      LayerOption option{form, error, 0, 0};
      add_cost(option, trial, static_cast<std::size_t>(node - trial.nodes.begin()), weights, codes, target);
      options.options.push_back(option);
    }
    trial.tensor(weights).data = plain;
    result.push_back(std::move(options));
  }
  return result;
}

std::vector<std::vector<std::size_t>> option_ladder(const std::vector<LayerOptions>& layers, LayerGoal goal, int steps) {
  constexpr int kHalvings = 60;
  std::vector<std::vector<std::size_t>> ladder{std::vector<std::size_t>(layers.size(), 0)};
  const double most = total(layers, goal, ladder[0]);
  const double least = total(layers, goal, at_price(layers, goal, 1e30));
  for (int step = 1; step <= steps && least < most; ++step) {
    const double wanted = most + (least - most) * step / steps;
    // The lowest price at which the sum is what is wanted; prices are looked for by their size.
    double low = 1e-20, high = 1e20;
    for (int i = 0; i < kHalvings; ++i) {
      const double price = std::sqrt(low * high);
      (total(layers, goal, at_price(layers, goal, price)) <= wanted ? high : low) = price;
    }
    const std::vector<std::size_t> chosen = at_price(layers, goal, high);
    if (std::find(ladder.begin(), ladder.end(), chosen) == ladder.end()) ladder.push_back(chosen);
  }
  return ladder;
}

}  // namespace mote
