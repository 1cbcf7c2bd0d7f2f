#include "search/search.hpp"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "codegen/generate.hpp"
#include "export/tflite.hpp"
#include "import/import.hpp"
#include "passes/passes.hpp"
#include "search/models.hpp"
#include "search/trade_offs.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Thrown out of a recipe's work when the search is to stop.
struct Stopped {};

/// Forms for flash and for speed, mildest first.
std::vector<WantedForms> choices_of_forms(const std::vector<LayerOptions>& layers, int steps) {
  std::vector<WantedForms> result;
  for (const LayerGoal goal : {LayerGoal::kFlash, LayerGoal::kCycles}) {
    for (const std::vector<std::size_t>& chosen : option_ladder(layers, goal, steps)) {
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

class Searcher {
 public:
  Searcher(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options, Journal& journal,
           const std::function<bool()>& stop, const QuantizeProgress& progress)
      : options_(options), journal_(journal), stop_(stop), progress_(progress), models_(graph, samples, test, options.quantize) {}

  SearchResult run() {
    if (options_.target.is_host() || options_.target.is_reference())
      throw Error(fmt::format("a search needs an emulated board; '{}' is none", options_.target.name),
                  "choose a core or a board: `mote targets` lists them");
    try {
      for (const double pruned : options_.pruned) look_at_share(pruned);
      if (options_.training) train_best();
    } catch (const Stopped&) {
      result_.interrupted = true;
    }
    if (points_.empty())
      throw Error("the search was stopped before it found a model", "start it again: what the journal holds is kept");
    result_.front = front_of(points_);
    choose();
    return std::move(result_);
  }

 private:
  bool asked_to_stop() const { return stop_ && stop_(); }

  /// Progress of work that may be broken off.
  QuantizeProgress unless_stopped(const std::string& what) const {
    return [this, what](std::string_view stage, double fraction) {
      if (asked_to_stop()) throw Stopped();
      if (progress_) progress_(fmt::format("{}: {}", what, stage), fraction);
    };
  }
  /// Progress of work that is brought to its end.
  QuantizeProgress named(const std::string& what) const {
    if (!progress_) return {};
    return [this, what](std::string_view stage, double fraction) { progress_(fmt::format("{}: {}", what, stage), fraction); };
  }

  void look_at_share(double pruned) {
    if (!look({pruned})) return;
    auto forms = journal_.find_forms(pruned);
    if (!forms) {
      forms = choices_of_forms(models_.options(pruned, options_.target, unless_stopped(recipe_text({pruned}))), options_.steps);
      journal_.add_forms(pruned, *forms);
    }
    for (const WantedForms& each : *forms) look({pruned, each});
  }

  /// False when the share cannot be pruned.
  bool look(const Recipe& recipe) {
    if (asked_to_stop()) throw Stopped();
    auto finding = journal_.find(recipe);
    if (!finding) {
      const QuantizeProgress progress = unless_stopped(fmt::format("model {}", result_.looked_at + 1));
      if (!models_.can_prune(recipe.pruned, progress)) return false;
      finding = finding_of(models_.make(recipe, {}, progress));
      journal_.add(recipe, *finding);
    }
    take(recipe, *finding);
    return true;
  }

  Finding finding_of(const QuantizeResult& made) const {
    return {made.quality, drop_of(made.quality, made.exact), total_macs(made.graph),
            trade_offs(as_compiled(made.graph), options_.target, options_.aim.budget)};
  }

  void take(const Recipe& recipe, const Finding& finding) {
    ++result_.looked_at;
    for (const PlannedCost& plan : finding.plans) points_.push_back({recipe, plan, finding.drop});
  }

  /// Of models that are wanted for what they cost, the first that training brings within the drop is the best; otherwise a few
  /// are compared.
  void train_best() {
    constexpr std::size_t kMost = 3;
    const std::vector<Recipe> recipes = worth_training(options_.aim, points_, kSlack);
    for (std::size_t i = 0; i < std::min(kMost, recipes.size()); ++i) {
      const double drop = train(recipes[i]);
      if (options_.aim.goal != SearchGoal::kAccuracy && keeps_drop(options_.aim, drop)) return;
    }
  }

  /// The drop of the recipe's model once it is trained. What training has reached when it is stopped is a model too, but is not
  /// written down.
  double train(Recipe recipe) {
    if (asked_to_stop()) throw Stopped();
    recipe.training = options_.training->what;
    auto finding = journal_.find(recipe);
    if (!finding) {
      QuantizeResult made = models_.make(recipe, options_.training->of(recipe), named(recipe_text(recipe)));
      finding = finding_of(made);
      trained_.emplace_back(recipe, std::move(made));
      if (!asked_to_stop()) journal_.add(recipe, *finding);
    }
    take(recipe, *finding);
    if (asked_to_stop()) throw Stopped();
    return finding->drop;
  }

  QuantizeResult model_of(const Recipe& recipe) {
    for (const auto& [known, made] : trained_) {
      if (known == recipe) return made;
    }
    return models_.make(recipe, recipe.training.empty() ? FineTune() : options_.training->of(recipe), named("the best"));
  }

  /// The best point by prediction whose library also keeps to the budget when it is measured.
  void choose() {
    constexpr std::size_t kMostTries = 6;
    std::vector<Recipe> tried;
    std::optional<MeasuredLibrary> best;
    for (const FrontPoint& point : best_first(options_.aim, points_)) {
      // Other plans of a model that did not hold the budget would not either.
      if (std::find(tried.begin(), tried.end(), point.recipe) != tried.end()) continue;
      if (!tried.empty() && (tried.size() == kMostTries || distance(options_.aim.budget, point.plan.cost) > kSlack ||
                             !keeps_drop(options_.aim, point.drop)))
        break;
      tried.push_back(point.recipe);
      QuantizeResult made = model_of(point.recipe);
      MeasuredLibrary library =
          hold_to_budget(as_compiled(made.graph), options_.target, options_.aim.budget, point.plan, progress_);
      const double drop = drop_of(made.quality, made.exact);
      result_.held = library.held && keeps_drop(options_.aim, drop);
      if (best && !result_.held) continue;
      result_.chosen = {point.recipe, library.limits, drop};
      result_.compressed = std::move(made);
      best = std::move(library);
      if (result_.held) break;
    }
    describe_layers(best->plan);
    if (result_.held) return;
    result_.shortfalls = shortfalls(options_.aim, points_);
    if (result_.shortfalls.empty()) {
      result_.shortfalls.emplace_back("each limit can be kept alone, but no model was found that keeps to all of them");
      for (const std::string& violation : violations(options_.aim.budget, result_.chosen.plan.cost))
        result_.shortfalls.push_back(violation);
    }
  }

  void describe_layers(const Plan& plan) {
    const Recipe& recipe = result_.chosen.recipe;
    const auto without_limits = [&](double pruned) {
      return make_plan(as_compiled(models_.plain(pruned, progress_).graph), options_.target);
    };
    const std::vector<LayerOptions> options =
        recipe.forms.empty() ? std::vector<LayerOptions>() : models_.options(recipe.pruned, options_.target, progress_);
    result_.layers = layer_plans(plan, without_limits(recipe.pruned), without_limits(0), recipe.forms, options);
  }

  /// Predictions may be off by so much of a limit: points so near are measured too.
  static constexpr double kSlack = 0.05;

  const SearchOptions& options_;
  Journal& journal_;
  const std::function<bool()>& stop_;
  const QuantizeProgress& progress_;
  RecipeModels models_;
  std::vector<FrontPoint> points_;
  std::vector<std::pair<Recipe, QuantizeResult>> trained_;
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
  std::uint64_t hash = 0;
  for (const SampleInputs* set : {&samples, &test.inputs})
    for (const auto& inputs : *set)
      for (const Bytes& bytes : inputs) hash = XXH64(bytes.data(), bytes.size(), hash);
  hash = XXH64(test.labels.data(), test.labels.size() * sizeof(std::int32_t), hash);
  const Target& target = options.target;
  const Budget& budget = options.aim.budget;
  std::string text = fmt::format("model {:016x}, data {:016x}, {} {}, ram {}, flash {}, io {}, rounding {}", model_hash(graph),
                                 hash, target.name, target.board, budget.ram_bytes.value_or(0), budget.flash_bytes.value_or(0),
                                 options.quantize.float_borders, options.quantize.tune.learned_rounding);
  for (const double pruned : options.pruned) text += fmt::format(", {:g}", pruned);
  return text + fmt::format(", {} steps", options.steps);
}

SearchResult search(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options,
                    Journal& journal, const std::function<bool()>& stop, const QuantizeProgress& progress) {
  return Searcher(graph, samples, test, options, journal, stop, progress).run();
}

}  // namespace mote
