#include "compress/tune_layers.hpp"

#include <algorithm>
#include <cmath>

#include "compress/fit_codes.hpp"
#include "compress/gram.hpp"
#include "compress/layers.hpp"
#include "compress/lockstep.hpp"
#include "compress/rounding.hpp"
#include "compress/to_integers.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

/// The mean of what each tap of each group reads, over all positions and samples: [group][tap].
std::vector<double> tap_means(const SampleValues& values, const WeightTaps& taps) {
  const auto groups = static_cast<std::size_t>(taps.groups);
  const auto n = static_cast<std::size_t>(taps.taps);
  const auto positions = static_cast<std::size_t>(taps.positions);
  // Samples are added up first, element by element: a tap is a sum of elements.
  std::vector<double> sum(values[0].size(), 0.0);
  for (const auto& sample : values) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(sample[i]);
  }
  std::vector<double> means(groups * n, 0.0);
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t p = 0; p < positions; ++p)
      for (std::size_t t = 0; t < n; ++t) {
        const std::int32_t offset = taps.offsets[p * n + t];
        if (offset >= 0)
          means[g * n + t] += sum[static_cast<std::size_t>(offset) + g * static_cast<std::size_t>(taps.group_step)];
      }
  for (double& mean : means) mean /= static_cast<double>(positions * values.size());
  return means;
}

/// As many patches as keep the work of a group's moments within bounds.
std::size_t patch_budget(std::size_t taps) {
  constexpr double kMostProducts = 2e9;
  constexpr double kFewest = 2048, kMost = 16384;
  return static_cast<std::size_t>(std::clamp(kMostProducts / static_cast<double>(taps * taps), kFewest, kMost));
}

class LayerTuner {
 public:
  LayerTuner(const Graph& graph, const Layer& layer, const WeightTaps& taps, SampleValues exact, SampleValues rounded,
             const std::vector<float>& scales)
      : layer_(layer),
        taps_(taps),
        exact_(std::move(exact)),
        rounded_(std::move(rounded)),
        scales_(scales),
        rows_(weight_rows(graph, layer)) {}

  /// Learned weights of all groups, in the tensor's order.
  std::vector<std::int8_t> learn(bool free_bias, RoundingGain& gain) const {
    const auto groups = static_cast<std::size_t>(taps_.groups);
    const std::size_t per_group = layer_.outputs / groups;
    std::vector<std::int8_t> codes(rows_.size());
    for (std::size_t g = 0; g < groups; ++g) {
      RoundingProblem problem = problem_of(g, per_group);
      problem.free_bias = free_bias;
      const RoundingResult result = learn_rounding(problem);
      for (std::size_t c = 0; c < per_group; ++c)
        for (std::size_t t = 0; t < layer_.taps; ++t)
          codes[weight_index(layer_, g * per_group + c, t)] = result.codes[c * layer_.taps + t];
      gain.nearest_error += result.nearest_error / static_cast<double>(groups);
      gain.learned_error += result.learned_error / static_cast<double>(groups);
    }
    return codes;
  }

  /// Codes of a book for all groups, in the tensor's order.
  std::vector<std::int8_t> fit(const CodeBook& book, bool free_bias) const {
    const auto groups = static_cast<std::size_t>(taps_.groups);
    const std::size_t per_group = layer_.outputs / groups;
    std::vector<std::int8_t> codes(rows_.size());
    for (std::size_t g = 0; g < groups; ++g) {
      const std::vector<std::int8_t> fitted = fit_codes(fit_problem_of(g, per_group, free_bias), book);
      for (std::size_t c = 0; c < per_group; ++c)
        for (std::size_t t = 0; t < layer_.taps; ++t)
          codes[weight_index(layer_, g * per_group + c, t)] = fitted[c * layer_.taps + t];
    }
    return codes;
  }

  /// What each output's sum lacks on average with these weights.
  std::vector<double> missing(const std::vector<std::int8_t>& codes) const {
    const std::vector<double> exact = tap_means(exact_, taps_);
    const std::vector<double> rounded = tap_means(rounded_, taps_);
    const std::size_t per_group = layer_.outputs / static_cast<std::size_t>(taps_.groups);
    std::vector<double> result(layer_.outputs, 0.0);
    for (std::size_t c = 0; c < layer_.outputs; ++c)
      for (std::size_t t = 0; t < layer_.taps; ++t) {
        const std::size_t at = weight_index(layer_, c, t);
        const std::size_t mean = c / per_group * layer_.taps + t;
        result[c] += static_cast<double>(rows_[c * layer_.taps + t]) * exact[mean] - scale(c) * codes[at] * rounded[mean];
      }
    return result;
  }

 private:
  double scale(std::size_t output) const { return static_cast<double>(scales_[scales_.size() == 1 ? 0 : output]); }

  FitProblem fit_problem_of(std::size_t group, std::size_t per_group, bool free_bias) const {
    const std::size_t n = layer_.taps;
    const RowChoice rows(static_cast<std::size_t>(taps_.positions), exact_.size(), row_budget(n));
    const std::vector<float> is = columns_of(rounded_, taps_, rows, group);
    const std::vector<float> was = columns_of(exact_, taps_, rows, group);
    FitProblem problem{n, 0, mean_products(is, n, is, n), {}, {}, {}};
    std::vector<double> both = mean_products(was, n, is, n);
    if (free_bias) {
      const std::vector<double> mean = column_means(is, n);
      const std::vector<double> mean_before = column_means(was, n);
      for (std::size_t i = 0; i < n * n; ++i) {
        problem.square[i] -= mean[i / n] * mean[i % n];
        both[i] -= mean_before[i / n] * mean[i % n];
      }
    }
    for (std::size_t c = 0; c < per_group; ++c) {
      const std::size_t output = group * per_group + c;
      problem.add_channel(std::span(rows_).subspan(output * n, n), static_cast<float>(scale(output)), both);
    }
    return problem;
  }

  RoundingProblem problem_of(std::size_t group, std::size_t per_group) const {
    const std::size_t n = layer_.taps;
    const RowChoice rows(static_cast<std::size_t>(taps_.positions), exact_.size(), patch_budget(n));
    RoundingProblem problem;
    problem.patches = rows.count();
    problem.taps = n;
    problem.channels = per_group;
    problem.activations = columns_of(rounded_, taps_, rows, group);
    problem.targets.resize(problem.patches * per_group);
    for (std::size_t c = 0; c < per_group; ++c) {
      problem.scales.push_back(static_cast<float>(scale(group * per_group + c)));
      for (std::size_t t = 0; t < n; ++t) problem.weights.push_back(rows_[(group * per_group + c) * n + t]);
    }
    const std::vector<float> exact = columns_of(exact_, taps_, rows, group);
    parallel_for(problem.patches, [&] {
      return [&](std::size_t p) {
        for (std::size_t c = 0; c < per_group; ++c) {
          double sum = 0;
          for (std::size_t t = 0; t < n; ++t)
            sum += static_cast<double>(problem.weights[c * n + t]) * static_cast<double>(exact[p * n + t]);
          problem.targets[p * per_group + c] = static_cast<float>(sum);
        }
      };
    });
    return problem;
  }

  const Layer& layer_;
  const WeightTaps& taps_;
  SampleValues exact_, rounded_;
  const std::vector<float>& scales_;
  std::vector<float> rows_;  ///< [output][tap]
};

/// Numbers that a layer could have.
struct Candidate {
  std::vector<std::int8_t> weights;
  std::vector<float> bias;
};

/// Tunes the integer layer that runs next, beside the float layer.
class LayerChoice {
 public:
  LayerChoice(const Graph& graph, const Layer& layer, const CodeBook* book, IntegerGraph& integers, Lockstep& exact,
              Lockstep& rounded)
      : graph_(graph), layer_(layer), book_(book), integers_(integers), exact_(exact), rounded_(rounded) {}

  /// The numbers that bring the layer's outputs, activation and all, closest to the float ones: channel by channel the best of
  /// plain ones, a corrected bias, and learned weights with their bias. They stand in the graph afterwards.
  Candidate choose(const WeightTaps& taps, const TuneOptions& options, std::vector<RoundingGain>& gains) {
    const std::vector<Candidate> candidates = book_ ? fitted_candidates(taps, options) : candidates_of(taps, options, gains);
    exact_.run_next();
    const SampleValues target = exact_.real_values(graph_.nodes[layer_.node].outputs[0]);
    Candidate best = candidates[0];
    std::vector<double> least = errors(candidates[0], target);
    for (std::size_t i = 1; i < candidates.size(); ++i) {
      const std::vector<double> loss = errors(candidates[i], target);
      for (std::size_t c = 0; c < layer_.outputs; ++c) {
        if (!(loss[c] < least[c])) continue;
        least[c] = loss[c];
        best.bias[c] = candidates[i].bias[c];
        for (std::size_t t = 0; t < layer_.taps; ++t) {
          const std::size_t at = weight_index(layer_, c, t);
          best.weights[at] = candidates[i].weights[at];
        }
      }
    }
    replace_constants(best);
    return best;
  }

 private:
  const Node& node() const { return integers_.graph.nodes[integers_.node_of[layer_.node]]; }
  TensorId input_of(const Node& node, int i) const { return node.inputs[static_cast<std::size_t>(i)]; }

  const std::vector<float>& scales() const {
    return integers_.graph.tensor(input_of(node(), layer_.rule.input)).quantization.scales;
  }
  LayerTuner tuner_for(const WeightTaps& taps) const {
    return {graph_,
            layer_,
            taps,
            exact_.real_values(input_of(graph_.nodes[layer_.node], layer_.input)),
            rounded_.real_values(input_of(node(), layer_.input)),
            scales()};
  }
  /// The float layer's bias, moved by what the sums lack on average with these weights.
  std::vector<float> corrected_bias(const LayerTuner& tuner, const std::vector<std::int8_t>& weights) const {
    std::vector<float> bias = bias_of(graph_, layer_);
    const std::vector<double> missing = tuner.missing(weights);
    for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = static_cast<float>(static_cast<double>(bias[c]) + missing[c]);
    return bias;
  }

  std::vector<Candidate> candidates_of(const WeightTaps& taps, const TuneOptions& options,
                                       std::vector<RoundingGain>& gains) const {
    const LayerTuner tuner = tuner_for(taps);
    const std::vector<float> bias = bias_of(graph_, layer_);
    std::vector<Candidate> result{{nearest_weights(graph_, layer_.node, scales()), bias}};
    if (options.bias_correction) result.push_back({result[0].weights, corrected_bias(tuner, result[0].weights)});
    if (options.learned_rounding) {
      gains.push_back({graph_.nodes[layer_.node].name, 0, 0});
      std::vector<std::int8_t> learned = tuner.learn(options.bias_correction, gains.back());
      std::vector<float> its_bias = options.bias_correction ? corrected_bias(tuner, learned) : bias;
      result.push_back({std::move(learned), std::move(its_bias)});
    }
    return result;
  }
  /// Of a layer whose weights have a form. They are fitted with a free bias, so it moves with them.
  std::vector<Candidate> fitted_candidates(const WeightTaps& taps, const TuneOptions& options) const {
    const LayerTuner tuner = tuner_for(taps);
    std::vector<std::int8_t> codes = tuner.fit(*book_, options.bias_correction);
    std::vector<float> bias = options.bias_correction ? corrected_bias(tuner, codes) : bias_of(graph_, layer_);
    return {{std::move(codes), std::move(bias)}};
  }

  /// The squared error of each channel over all samples.
  std::vector<double> errors(const Candidate& candidate, const SampleValues& target) {
    replace_constants(candidate);
    rounded_.try_next();
    const SampleValues got = rounded_.real_values(node().outputs[0]);
    std::vector<double> result(layer_.outputs, 0.0);
    for (std::size_t s = 0; s < target.size(); ++s)
      for (std::size_t i = 0; i < target[s].size(); ++i) {
        const double error = static_cast<double>(got[s][i]) - static_cast<double>(target[s][i]);
        result[i % layer_.outputs] += error * error;
      }
    return result;
  }

  void replace_constants(const Candidate& candidate) {
    Graph& graph = integers_.graph;
    graph.tensor(input_of(node(), layer_.rule.input)).data = shared_bytes(candidate.weights);
    Tensor& bias = graph.tensor(input_of(node(), layer_.rule.bias));
    bias.data = bias_integers(candidate.bias, bias);
  }

  const Graph& graph_;
  const Layer& layer_;
  const CodeBook* book_;  ///< of weights with a form, or null
  IntegerGraph& integers_;
  Lockstep& exact_;
  Lockstep& rounded_;
};

}  // namespace

std::vector<RoundingGain> tune_layers(const Graph& graph, Scheme& scheme, const SampleInputs& samples, const TuneOptions& options,
                                      const QuantizeProgress& progress) {
  std::vector<RoundingGain> gains;
  if (!options.bias_correction && !options.learned_rounding && scheme.books.empty()) return gains;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto layer = layer_at(graph, n);
    if (layer && !scheme.biases.contains(n)) scheme.biases[n] = bias_of(graph, *layer);
  }
  IntegerGraph integers = to_integers(graph, scheme);
  Lockstep exact(graph, samples);
  Lockstep rounded(integers.graph, converted_inputs(graph, integers.graph, samples));
  for (std::size_t i = 0; i < integers.graph.nodes.size(); ++i) {
    if (progress) progress("layers", static_cast<double>(i) / static_cast<double>(integers.graph.nodes.size()));
    if (const auto n = integers.origin[i]) {
      while (exact.next_node() < *n) exact.run_next();
      const auto layer = layer_at(graph, *n);
      const NodeView view(graph, graph.nodes[*n]);
      const auto taps = layer ? view.node().op->weight_taps(view) : std::nullopt;
      if (taps && has_integer_activations(integers.precision[*n])) {
        const auto book = scheme.books.find(*n);
        const CodeBook* its_book = book == scheme.books.end() ? nullptr : &book->second;
        Candidate chosen = LayerChoice(graph, *layer, its_book, integers, exact, rounded).choose(*taps, options, gains);
        scheme.weights[*n] = std::move(chosen.weights);
        scheme.biases[*n] = std::move(chosen.bias);
      }
    }
    rounded.run_next();
  }
  return gains;
}

}  // namespace mote
