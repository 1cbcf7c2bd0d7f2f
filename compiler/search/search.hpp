#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "search/journal.hpp"
#include "search/recipe.hpp"

namespace mote {

/// What is wanted of the models that keep to budget and drop.
enum class SearchGoal : std::uint8_t { kAccuracy, kFlash, kRam, kLatency };

struct SearchOptions {
  Target target;
  Budget budget;
  std::optional<double> max_drop;  ///< see drop_of
  SearchGoal goal = SearchGoal::kAccuracy;
  /// Shares of the MACs to prune; the first is 0.
  std::vector<double> pruned{0, 0.25, 0.5, 0.65, 0.8};
  /// Choices of forms for each of them, at most, besides plain int8: so many for flash and so many for speed.
  int steps = 4;
  QuantizeOptions quantize;
};

/// A model that no other beats in flash, RAM, cycles and drop at once.
struct FrontPoint {
  Recipe recipe;
  PlannedCost plan;
  double drop = 0;
};

/// What the chosen model's layers are, beside plain int8.
struct LayerPlan {
  std::string layer, op, form, implementation;
  std::int64_t macs = 0;
  std::int64_t table_bytes = 0;
  double cycles = 0;
  /// What the form saves against plain int8 in the smallest and the fastest implementation, and the error of the layer's sums it costs.
  std::int64_t flash_saved = 0;
  double cycles_saved = 0, error = 0;
};

struct SearchResult {
  std::vector<FrontPoint> front;  ///< rising drop, then falling flash
  std::size_t looked_at = 0;
  bool interrupted = false;
  /// The model that keeps to budget and drop, or else the one that comes nearest.
  std::optional<FrontPoint> chosen;
  bool held = false;
  CompressResult compressed;  ///< of the chosen recipe
  Cost measured;              ///< of its library, on the emulated board
  std::vector<LayerPlan> layers;
  /// If nothing holds: which limits cannot be kept, and how near the search came.
  std::vector<std::string> shortfalls;
};

/// The graph as `mote compile` takes it from the .tflite file that the made graph becomes.
Graph as_compiled(const Graph& made);

/// Model, data and options as text, to tell searches apart.
std::string search_identity(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options);

/// Looks at recipes from the mildest on, measures each model's quality, plans it for the target, and takes the best that keeps to budget and
/// drop; its library is built and measured, and held to the budget to the byte. `stop` is asked between recipes: the best so far is taken.
/// The same for any number of threads, and whether or not it was stopped and continued with the same journal.
SearchResult search(const Graph& graph, const SampleInputs& samples, const TestData& test, const SearchOptions& options, Journal& journal,
                    const std::function<bool()>& stop, const QuantizeProgress& progress);

}  // namespace mote
