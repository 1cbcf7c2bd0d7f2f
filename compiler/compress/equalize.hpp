#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// The largest value in size of each channel (innermost axis) of every float tensor; empty where nothing was measured.
using ChannelPeaks = std::vector<std::vector<float>>;

/// Cross-layer equalization: between two layers, each channel of the activations is multiplied by a number and divided by it
/// again, in their weights, so that channels share one scale with less loss. Numbers are powers of two, so every output
/// keeps its bits; it holds through RELU, but not through RELU6. Gives how many pairs of layers changed.
/// After Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019), with measured
/// activations.
int equalize(Graph& graph, const ChannelPeaks& peaks);

}  // namespace mote
