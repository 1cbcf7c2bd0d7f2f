#include "search/models.hpp"

#include "compress/prune/prune.hpp"
#include "support/error.hpp"

namespace mote {

RecipeModels::RecipeModels(const Graph& graph, const SampleInputs& samples, const TestData& test, QuantizeOptions options)
    : graph_(graph), samples_(samples), test_(test), options_(std::move(options)) {
  options_.original = graph;
  options_.sensitivity = false;
}

RecipeModels::Share& RecipeModels::share_of(double share, const QuantizeProgress& progress) {
  const auto known = shares_.find(share);
  if (known != shares_.end()) return known->second;
  const auto ready = [&](const Graph& graph) -> Share& {
    return shares_.emplace(share, Share{Quantizer(graph, samples_, test_, options_, progress)}).first->second;
  };
  if (share == 0) return ready(graph_);
  PruneOptions options;
  options.share = share;
  return ready(prune_channels(graph_, samples_, options, progress).graph);
}

bool RecipeModels::can_prune(double share, const QuantizeProgress& progress) {
  if (share == 0) return true;
  try {
    share_of(share, progress);
    return true;
  } catch (const Error&) {
    return false;
  }
}

QuantizeResult RecipeModels::make(const Recipe& recipe, const FineTune& train, const QuantizeProgress& progress) {
  if (recipe.forms.empty() && !train) return plain(recipe.pruned, progress);
  return share_of(recipe.pruned, progress).quantizer.quantize(recipe.forms, train, progress);
}

const QuantizeResult& RecipeModels::plain(double share, const QuantizeProgress& progress) {
  Share& known = share_of(share, progress);
  if (!known.plain) known.plain = known.quantizer.quantize({}, {}, progress);
  return *known.plain;
}

const std::vector<LayerOptions>& RecipeModels::options(double share, const Target& target, const QuantizeProgress& progress) {
  Share& known = share_of(share, progress);
  if (!known.options) {
    const Graph& made = plain(share, progress).graph;
    known.options = layer_options(known.quantizer.prepared(), made, known.quantizer.grams(progress), target, progress);
  }
  return *known.options;
}

}  // namespace mote
