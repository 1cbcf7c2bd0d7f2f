#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compress/quantize.hpp"
#include "search/front.hpp"
#include "search/journal.hpp"
#include "search/layer_plan.hpp"
#include "search/recipe.hpp"

namespace mote {

/// How the best of what was found is trained.
struct SearchTraining {
  std::string what;  ///< Recipe::training
  /// Trains the model of a recipe; called off early when the search is to stop, with the best so far.
  std::function<FineTune(const Recipe&)> of;
};

struct SearchOptions {
  Target target;
  SearchAim aim{};
  /// Shares of the MACs to prune; the first is 0.
  std::vector<double> pruned{0, 0.25, 0.5, 0.65, 0.8};
  /// Choices of forms for each of them, at most, besides plain int8: so many for flash and so many for speed.
  int steps = 4;
  QuantizeOptions quantize{};
  std::optional<SearchTraining> training{};
};

struct SearchResult {
  std::vector<FrontPoint> front;
  std::size_t looked_at = 0;
  bool interrupted = false;
  /// The model that keeps to budget and drop, or else the one that comes nearest; its plan's cost is measured on the emulated
  /// board.
  FrontPoint chosen;
  bool held = false;
  QuantizeResult compressed;  ///< of the chosen recipe
  std::vector<LayerPlan> layers;
  /// If nothing holds: which limits cannot be kept, and how near the search came.
  std::vector<std::string> shortfalls;
};

/// The graph as `mote compile` takes it from the .tflite file that the made graph becomes.
Graph as_compiled(const Graph& made);

/// Model, data and options as text, to tell searches apart.
std::string search_identity(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options);

/// Looks at recipes from the mildest on, measures each model's quality, plans it for the target, trains those that are worth it,
/// and takes the best that keeps to budget and drop; its library is built and measured, and held to the budget to the byte.
/// `stop` is asked between recipes: the best so far is taken. The same for any number of threads, and whether or not it was
/// stopped and continued with the same journal.
SearchResult search(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options,
                    Journal& journal, const std::function<bool()>& stop, const QuantizeProgress& progress);

}  // namespace mote
