#pragma once

#include <string>
#include <vector>

#include "compress/calibrate.hpp"
#include "compress/scheme.hpp"

namespace mote {

struct TuneOptions {
  bool bias_correction = true;
  bool learned_rounding = false;
};

/// What learned rounding won in a layer: the mean square of the error of its sums on data that it did not learn from.
struct RoundingGain {
  std::string layer;
  double nearest_error = 0, learned_error = 0;
};

/// Layer by layer, with the layers before it already as they will be: rounds weights against what the float graph has (learned
/// rounding), and moves each bias by the mean difference of the layer's sums (empirical bias correction). A channel whose outputs
/// that brings no closer stays as it was. Writes `scheme.weights` and `scheme.biases`. Samples are inputs of the float graph.
std::vector<RoundingGain> tune_layers(const Graph& graph, Scheme& scheme, const SampleInputs& samples, const TuneOptions& options,
                                      const QuantizeProgress& progress);

}  // namespace mote
