#pragma once

#include <optional>
#include <vector>

#include "graph/operator.hpp"

namespace mote {

/// A float layer with constant weights, seen as a matrix: rows are output channels, columns its taps.
struct Layer {
  std::size_t node = 0;
  WeightsRule rule;
  int input = 0;  ///< which input holds the activations
  std::size_t outputs = 0, taps = 0;
};

/// The node as a layer, when its operator has weights that may become integers, they are constant, and so is its bias.
std::optional<Layer> layer_at(const Graph& graph, std::size_t node);

/// Where the weight of an output channel's tap stands in the weights tensor.
std::size_t weight_index(const Layer& layer, std::size_t output, std::size_t tap);

std::vector<float> weights_of(const Graph& graph, const Layer& layer);
/// The same as [output][tap].
std::vector<float> weight_rows(const Graph& graph, const Layer& layer);
/// One per output channel; zeros when there is none.
std::vector<float> bias_of(const Graph& graph, const Layer& layer);

/// New constants in place of the layer's; others that use the old ones keep them.
void set_weights(Graph& graph, const Layer& layer, const std::vector<float>& weights);
void set_bias(Graph& graph, const Layer& layer, const std::vector<float>& bias);

}  // namespace mote
