#include "search/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "codegen/generate.hpp"
#include "compress/prune/prune.hpp"
#include "export/tflite.hpp"
#include "import/import.hpp"
#include "passes/passes.hpp"
#include "search/layer_options.hpp"
#include "support/error.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

/// Thrown out of a recipe's work when the search is to stop.
struct Stopped {};

std::optional<Plan> plan_within(const Graph& graph, const Target& target, std::optional<std::int64_t> flash, std::optional<std::int64_t> ram) {
  SelectionOptions options;
  options.flash_bytes = flash;
  options.ram_bytes = ram;
  try {
    return make_plan(graph, target, options);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Plans of a graph from the smallest to the fastest, with what lies between.
std::vector<PlannedCost> trade_offs(const Graph& graph, const Target& target, const Budget& budget) {
  constexpr int kBetween = 2;
  constexpr double kNear = 1.01;
  std::optional<std::int64_t> ram = budget.ram_bytes;
  std::optional<Plan> fastest = plan_within(graph, target, std::nullopt, ram);
  if (!fastest) {
    ram.reset();
    fastest = make_plan(graph, target, {});
  }
  const Cost most = predicted_cost(*fastest);
  std::vector<PlannedCost> plans;
  const auto add = [&](std::int64_t limit) {
    const auto plan = plan_within(graph, target, limit, ram);
    if (!plan) return false;
    const Cost cost = predicted_cost(*plan);
    if (plans.empty() || cost.flash_bytes > plans.back().cost.flash_bytes) plans.push_back({limit, ram, cost});
    return true;
  };
  // The least flash that selection can hold to.
  std::int64_t low = 0, high = most.flash_bytes;
  while (static_cast<double>(high) > kNear * static_cast<double>(low) + 64) {
    const std::int64_t middle = low + (high - low) / 2;
    (plan_within(graph, target, middle, ram) ? high : low) = middle;
  }
  std::vector<std::int64_t> limits{high};
  for (int i = 1; i <= kBetween; ++i)
    limits.push_back(static_cast<std::int64_t>(static_cast<double>(high) *
                                               std::pow(static_cast<double>(most.flash_bytes) / static_cast<double>(high), i / (kBetween + 1.0))));
  if (budget.flash_bytes && *budget.flash_bytes > high && *budget.flash_bytes < most.flash_bytes) limits.push_back(*budget.flash_bytes);
  std::sort(limits.begin(), limits.end());
  for (const std::int64_t limit : limits) add(limit);
  if (plans.empty() || most.flash_bytes > plans.back().cost.flash_bytes) plans.push_back({std::nullopt, ram, most});
  return plans;
}

/// How far a point is from budget and drop, in shares of the limits; 0 when it keeps to both.
double distance(const SearchOptions& options, const FrontPoint& point) {
  double sum = 0;
  const auto add = [&](double most, double taken) { sum += std::max(0.0, taken / most - 1); };
  const Cost& cost = point.plan.cost;
  if (options.budget.flash_bytes) add(static_cast<double>(*options.budget.flash_bytes), static_cast<double>(cost.flash_bytes));
  if (options.budget.ram_bytes) add(static_cast<double>(*options.budget.ram_bytes), static_cast<double>(cost.ram_bytes));
  if (options.budget.milliseconds) add(*options.budget.milliseconds, cost.milliseconds.value_or(0));
  if (options.budget.millijoules) add(*options.budget.millijoules, cost.millijoules.value_or(0));
  if (options.max_drop && point.drop > *options.max_drop) sum += std::max(point.drop - *options.max_drop, 1e-4) / std::max(*options.max_drop, 1e-3);
  return sum;
}

/// What is to be least, first things first.
std::tuple<double, double, double> rank(SearchGoal goal, const FrontPoint& point) {
  const auto flash = static_cast<double>(point.plan.cost.flash_bytes);
  switch (goal) {
    case SearchGoal::kAccuracy:
      return {point.drop, flash, point.plan.cost.cycles};
    case SearchGoal::kFlash:
      return {flash, point.drop, point.plan.cost.cycles};
    case SearchGoal::kRam:
      return {static_cast<double>(point.plan.cost.ram_bytes), point.drop, flash};
    case SearchGoal::kLatency:
      return {point.plan.cost.cycles, point.drop, flash};
  }
  return {};
}

bool beats(const FrontPoint& a, const FrontPoint& b) {
  const auto numbers = [](const FrontPoint& point) {
    return std::array<double, 4>{point.drop, static_cast<double>(point.plan.cost.flash_bytes), static_cast<double>(point.plan.cost.ram_bytes),
                                 point.plan.cost.cycles};
  };
  const auto of_a = numbers(a);
  const auto of_b = numbers(b);
  bool better = false;
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    if (of_a[i] > of_b[i]) return false;
    better = better || of_a[i] < of_b[i];
  }
  return better;
}

class Searcher {
 public:
  Searcher(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options, Journal& journal,
           const std::function<bool()>& stop, const QuantizeProgress& progress)
      : graph_(graph), samples_(samples), test_(test), options_(options), journal_(journal), stop_(stop), progress_(progress) {}

  SearchResult run() {
    if (options_.target.is_host() || options_.target.is_reference())
      throw Error(fmt::format("a search needs an emulated board; '{}' is none", options_.target.name), "choose a core or a board: `mote targets` lists them");
    try {
      for (const double pruned : options_.pruned) look_at_share(pruned);
    } catch (const Stopped&) {
      result_.interrupted = true;
    }
    if (points_.empty()) throw Error("the search was stopped before it found a model", "start it again: what the journal holds is kept");
    make_front();
    choose();
    return std::move(result_);
  }

 private:
  QuantizeProgress told(const std::string& what) {
    return [this, what](std::string_view stage, double fraction) {
      if (stop_ && stop_()) throw Stopped();
      if (progress_) progress_(fmt::format("{}: {}", what, stage), fraction);
    };
  }

  /// The float model with a share of its MACs gone; nothing when not so much can go.
  const Graph* smaller(double pruned) {
    if (pruned == 0) return &graph_;
    const auto known = pruned_.find(pruned);
    if (known != pruned_.end()) return &known->second;
    PruneOptions options;
    options.share = pruned;
    return &pruned_.emplace(pruned, prune_channels(graph_, samples_, options, told(fmt::format("pruning {:g} %", 100 * pruned))).graph).first->second;
  }

  const Answers& exact() {
    if (exact_.empty()) {
      exact_ = answers_of(graph_, graph_, tests(), told("original"), "answers");
      form_ = output_form(graph_, !test_.labels.empty());
      exact_quality_ = compare_answers(exact_, exact_, form_, test_.labels);
    }
    return exact_;
  }
  const SampleInputs& tests() const { return test_.inputs.empty() ? samples_ : test_.inputs; }

  QuantizeOptions quantize_options(const WantedForms& forms) const {
    QuantizeOptions options = options_.quantize;
    options.forms = forms;
    options.sensitivity = false;
    return options;
  }

  void look_at_share(double pruned) {
    if (!look({pruned, {}})) return;
    auto forms = journal_.find_forms(pruned);
    if (!forms) {
      const std::string what = recipe_text({pruned, {}});
      const QuantizeResult plain = quantize(*smaller(pruned), samples_, test_, quantize_options({}), told(what));
      forms = choices(layer_options(plain.prepared, plain.graph, samples_, options_.target, told(what)));
      journal_.add_forms(pruned, *forms);
    }
    for (const WantedForms& each : *forms) look({pruned, each});
  }

  /// Forms for flash and for speed, mildest first.
  std::vector<WantedForms> choices(const std::vector<LayerOptions>& layers) const {
    std::vector<WantedForms> result;
    for (const LayerGoal goal : {LayerGoal::kFlash, LayerGoal::kCycles}) {
      for (const std::vector<std::size_t>& chosen : option_ladder(layers, goal, options_.steps)) {
        WantedForms forms;
        for (std::size_t l = 0; l < layers.size(); ++l) {
          const WeightForm& form = layers[l].options[chosen[l]].form;
          if (!form.is_plain()) forms.emplace_back(layers[l].layer, form);
        }
        if (!forms.empty() && std::find(result.begin(), result.end(), forms) == result.end()) result.push_back(std::move(forms));
      }
    }
    return result;
  }

  /// False when the share cannot be pruned.
  bool look(const Recipe& recipe) {
    if (stop_ && stop_()) throw Stopped();
    auto finding = journal_.find(recipe);
    if (!finding) {
      const std::string what = fmt::format("model {}", result_.looked_at + 1);
      const Graph* from = nullptr;
      try {
        from = smaller(recipe.pruned);
      } catch (const Error&) {
        if (recipe.pruned == 0) throw;
        return false;
      }
      const QuantizeResult quantized = quantize(*from, samples_, test_, quantize_options(recipe.forms), told(what));
      const Quality quality = compare_answers(exact(), answers_of(graph_, quantized.graph, tests(), told(what), "measuring"), form_, test_.labels);
      finding = Finding{quality, drop_of(quality, exact_quality_), total_macs(quantized.graph),
                        trade_offs(as_compiled(quantized.graph), options_.target, options_.budget)};
      journal_.add(recipe, *finding);
    }
    ++result_.looked_at;
    for (const PlannedCost& plan : finding->plans) points_.push_back({recipe, plan, finding->drop});
    return true;
  }

  void make_front() {
    for (const FrontPoint& point : points_) {
      const bool beaten = std::any_of(points_.begin(), points_.end(), [&](const FrontPoint& other) { return beats(other, point); });
      if (!beaten) result_.front.push_back(point);
    }
    std::stable_sort(result_.front.begin(), result_.front.end(), [](const FrontPoint& a, const FrontPoint& b) {
      return std::tuple(a.drop, -a.plan.cost.flash_bytes) < std::tuple(b.drop, -b.plan.cost.flash_bytes);
    });
  }

  /// The best point by prediction whose library also keeps to the budget when it is measured.
  void choose() {
    constexpr std::size_t kMostTries = 6;
    std::vector<FrontPoint> order = points_;
    std::stable_sort(order.begin(), order.end(), [&](const FrontPoint& a, const FrontPoint& b) {
      return std::tuple(distance(options_, a), rank(options_.goal, a)) < std::tuple(distance(options_, b), rank(options_.goal, b));
    });
    std::string tried;
    std::size_t tries = 0;
    for (const FrontPoint& point : order) {
      // Other plans of a model that did not hold the budget would not either.
      if (recipe_text(point.recipe) == tried) continue;
      if (tries > 0 && (tries == kMostTries || distance(options_, point) > kSlack)) break;
      tried = recipe_text(point.recipe);
      ++tries;
      const CompressResult made = compress_with(point.recipe);
      const Graph graph = as_compiled(made.quantized.graph);
      FrontPoint tightened = point;
      const std::optional<Plan> plan = hold(graph, tightened);
      const bool kept = plan && point.drop <= options_.max_drop.value_or(std::numeric_limits<double>::infinity());
      if (!kept && result_.chosen) continue;
      result_.chosen = tightened;
      result_.compressed = made;
      result_.held = kept;
      if (plan) describe_layers(*plan);
      if (kept) return;
    }
    if (!result_.held) tell_shortfalls();
  }

  CompressResult compress_with(const Recipe& recipe) const {
    CompressOptions options;
    options.quantize = quantize_options(recipe.forms);
    if (recipe.pruned > 0) {
      options.prune = PruneOptions{};
      options.prune->share = recipe.pruned;
    }
    return compress(graph_, samples_, test_, options, progress_);
  }

  /// Measures the library, and tightens what selection is held to until the budget holds; the plan that does, or nothing.
  std::optional<Plan> hold(const Graph& graph, FrontPoint& point) {
    constexpr int kRounds = 6;
    const Budget& budget = options_.budget;
    std::optional<Plan> plan;
    for (int round = 0; round < kRounds; ++round) {
      plan = plan_within(graph, options_.target, point.plan.flash_limit, point.plan.ram_limit);
      if (!plan) return std::nullopt;
      std::vector<Bytes> inputs;
      for (const TensorId id : graph.inputs) inputs.emplace_back(graph.tensor(id).bytes(), std::uint8_t{0});
      if (progress_) progress_("measuring the library", static_cast<double>(round) / kRounds);
      const Cost cost = measured_cost(*plan, inputs);
      result_.measured = cost;
      point.plan.cost = cost;
      if (holds(budget, cost)) return plan;
      const Cost predicted = predicted_cost(*plan);
      bool tightened = false;
      if (budget.flash_bytes && cost.flash_bytes > *budget.flash_bytes) {
        point.plan.flash_limit = std::min(point.plan.flash_limit.value_or(predicted.flash_bytes), predicted.flash_bytes) - (cost.flash_bytes - *budget.flash_bytes);
        tightened = true;
      }
      if (budget.ram_bytes && cost.ram_bytes > *budget.ram_bytes) {
        const std::int64_t planned = plan->memory.arena_bytes + plan->stack_scratch_bytes();
        point.plan.ram_limit = planned - (cost.ram_bytes - *budget.ram_bytes);
        tightened = true;
      }
      if (!tightened) return std::nullopt;
    }
    return std::nullopt;
  }

  /// What each form saves and costs is told for layers that the compiled graph has under their own names.
  void describe_layers(const Plan& plan) {
    result_.layers.clear();
    const QuantizeResult& quantized = result_.compressed.quantized;
    const WantedForms& forms = result_.chosen->recipe.forms;
    std::vector<LayerOptions> all;
    if (!forms.empty()) all = layer_options(quantized.prepared, quantized.graph, samples_, options_.target, progress_);
    for (const Step& step : plan.steps) {
      const Node& node = plan.graph.nodes[step.node];
      LayerPlan layer{node.name, std::string(node.op->name()), "", step.implementation, 0, 0, step.predicted_cycles, 0, 0, 0};
      layer.macs = node.op->macs(NodeView(plan.graph, node));
      for (const PackedConstant& constant : step.call.constants) layer.table_bytes += static_cast<std::int64_t>(constant.bytes.size());
      const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& each) { return each.first == node.name; });
      if (form != forms.end()) layer.form = weight_form_name(form->second);
      for (const LayerOptions& options : all) {
        if (options.layer != node.name || form == forms.end()) continue;
        for (const LayerOption& option : options.options) {
          if (!(option.form == form->second)) continue;
          layer.flash_saved = options.options[0].flash_bytes - option.flash_bytes;
          layer.cycles_saved = options.options[0].cycles - option.cycles;
          layer.error = option.error;
        }
      }
      result_.layers.push_back(std::move(layer));
    }
  }

  /// Each limit alone, with the least that any model that keeps to the drop takes.
  void tell_shortfalls() {
    const auto within_drop = [&](const FrontPoint& point) { return !options_.max_drop || point.drop <= *options_.max_drop; };
    const bool any = std::any_of(points_.begin(), points_.end(), within_drop);
    const std::string of_those = !options_.max_drop ? "" : any ? " of the models that keep to the drop" : " of all models, whatever they lose";
    const auto least = [&](const auto& value) {
      double result = std::numeric_limits<double>::infinity();
      for (const FrontPoint& point : points_) {
        if (!any || within_drop(point)) result = std::min(result, value(point.plan.cost));
      }
      return result;
    };
    const auto tell = [&](std::string_view name, std::optional<double> most, const auto& value, std::string_view unit) {
      if (!most) return;
      const double reached = least(value);
      const auto shown = [&](double x) { return unit == "bytes" ? grouped(static_cast<std::int64_t>(x)) : fmt::format("{:.3g}", x); };
      if (reached > *most)
        result_.shortfalls.push_back(fmt::format("{}: {} {} is the least{}; {} asked", name, shown(reached), unit, of_those, shown(*most)));
    };
    const auto as_double = [](std::optional<std::int64_t> bytes) { return bytes ? std::optional<double>(static_cast<double>(*bytes)) : std::nullopt; };
    tell("flash", as_double(options_.budget.flash_bytes), [](const Cost& c) { return static_cast<double>(c.flash_bytes); }, "bytes");
    tell("RAM", as_double(options_.budget.ram_bytes), [](const Cost& c) { return static_cast<double>(c.ram_bytes); }, "bytes");
    tell("latency", options_.budget.milliseconds, [](const Cost& c) { return c.milliseconds.value_or(0); }, "ms");
    tell("energy", options_.budget.millijoules, [](const Cost& c) { return c.millijoules.value_or(0); }, "mJ");
    if (!any) {
      double drop = std::numeric_limits<double>::infinity();
      for (const FrontPoint& point : points_) drop = std::min(drop, point.drop);
      result_.shortfalls.push_back(fmt::format("drop: {:.2f} % is the least of all models; {:.2f} % asked", 100 * drop, 100 * *options_.max_drop));
    }
    if (result_.shortfalls.empty()) result_.shortfalls.emplace_back("each limit can be kept alone, but no model was found that keeps to all of them");
  }

  /// Predictions may be off by so much of a limit: points so near are measured too.
  static constexpr double kSlack = 0.05;

  const Graph& graph_;
  const SampleInputs& samples_;
  const TestData& test_;
  const SearchOptions& options_;
  Journal& journal_;
  const std::function<bool()>& stop_;
  const QuantizeProgress& progress_;
  std::map<double, Graph> pruned_;
  Answers exact_;
  OutputForm form_;
  Quality exact_quality_;
  std::vector<FrontPoint> points_;
  SearchResult result_;
};

}  // namespace

Graph as_compiled(const Graph& made) {
  const std::vector<std::uint8_t> bytes = write_tflite(made);
  Graph graph = import_model(bytes, made.name, ".tflite");
  run_passes(graph);
  return graph;
}

std::string search_identity(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options) {
  // FNV-1a, 64 bits.
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&](const void* data, std::size_t bytes) {
    const auto* from = static_cast<const std::uint8_t*>(data);
    for (std::size_t i = 0; i < bytes; ++i) hash = (hash ^ from[i]) * 0x100000001b3U;
  };
  for (const SampleInputs* set : {&samples, &test.inputs})
    for (const auto& inputs : *set)
      for (const Bytes& bytes : inputs) add(bytes.data(), bytes.size());
  add(test.labels.data(), test.labels.size() * sizeof(std::int32_t));
  const Target& target = options.target;
  std::string text = fmt::format("model {:016x}, data {:016x}, {} {}, ram {}, flash {}, io {}, rounding {}", model_hash(graph), hash, target.name,
                                 target.board, options.budget.ram_bytes.value_or(0), options.budget.flash_bytes.value_or(0),
                                 options.quantize.float_borders, options.quantize.tune.learned_rounding);
  for (const double pruned : options.pruned) text += fmt::format(", {:g}", pruned);
  return text + fmt::format(", {} steps", options.steps);
}

SearchResult search(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options, Journal& journal,
                    const std::function<bool()>& stop, const QuantizeProgress& progress) {
  return Searcher(graph, samples, test, options, journal, stop, progress).run();
}

}  // namespace mote
