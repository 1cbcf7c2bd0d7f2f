#pragma once

#include <map>
#include <optional>
#include <vector>

#include "compress/quantize.hpp"
#include "search/layer_options.hpp"
#include "search/recipe.hpp"

namespace mote {

/// Makes the models of recipes. What recipes with the same share have in common is made once: the pruned graph, its ranges, what
/// its layers read, the model without forms. What it is given must outlive it.
class RecipeModels {
 public:
  RecipeModels(const Graph& graph, const SampleInputs& samples, const TestData& test, QuantizeOptions options);

  /// False when not so much of the MACs can go.
  bool can_prune(double share, const QuantizeProgress& progress);

  /// Measured against the original model. `train`: see QuantizeOptions.
  QuantizeResult make(const Recipe& recipe, const FineTune& train, const QuantizeProgress& progress);

  /// The model with this share pruned and all weights plain int8.
  const QuantizeResult& plain(double share, const QuantizeProgress& progress);

  /// Forms that the layers of such a model could have.
  const std::vector<LayerOptions>& options(double share, const Target& target, const QuantizeProgress& progress);

 private:
  struct Share {
    Quantizer quantizer;
    std::optional<QuantizeResult> plain{};
    std::optional<std::vector<LayerOptions>> options{};
  };
  Share& share_of(double share, const QuantizeProgress& progress);

  const Graph& graph_;
  const SampleInputs& samples_;
  const TestData& test_;
  QuantizeOptions options_;
  std::map<double, Share> shares_;
};

}  // namespace mote
