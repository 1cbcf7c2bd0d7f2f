#pragma once

#include <string>
#include <vector>

#include "compress/gram.hpp"
#include "compress/weight_form.hpp"
#include "targets/target.hpp"

namespace mote {

/// A form that a layer's weights could have.
struct LayerOption {
  WeightForm form;
  /// Mean square of the error of the layer's sums, fitted on the float graph's own activations, by that of the sums.
  double error = 0;
  std::int64_t flash_bytes = 0;  ///< of the smallest implementation, its code included
  double cycles = 0;             ///< of the fastest
};

/// A layer's options; the first is plain int8.
struct LayerOptions {
  std::string layer;
  std::vector<LayerOption> options;
};

/// Of each layer with weights that the integer graph `made` computes with integers; its nodes have the names of those of the
/// float graph `prepared`, whose layers' moments `grams` are.
std::vector<LayerOptions> layer_options(const Graph& prepared, const Graph& made, const LayerGrams& grams, const Target& target,
                                        const QuantizeProgress& progress);

/// One option for each layer (by place) so that the sum of the errors is small while that of `cost` goes down in `steps` about
/// equal steps from plain int8 to the least; choices that come out alike stand once.
enum class LayerGoal : std::uint8_t { kFlash, kCycles };
std::vector<std::vector<std::size_t>> option_ladder(const std::vector<LayerOptions>& layers, LayerGoal goal, int steps);

}  // namespace mote
