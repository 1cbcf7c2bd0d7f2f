#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// The graph with every second channel of the tensor gone, and of all tensors whose channels are tied to its own (through sums,
/// pools and depthwise layers). Nothing when they must stay: those of inputs, outputs and states, and where an operator does not
/// tell.
std::optional<Graph> with_half_channels(const Graph& graph, TensorId id);

/// The same with the channels of every tensor that can lose some. Nothing when none can.
std::optional<Graph> with_half_of_all_channels(const Graph& graph);

/// The graph with the int8 weights of every layer cut to codes of so many bits. Nothing when it has no such weights.
std::optional<Graph> with_narrow_weights(const Graph& graph, int bits);

}  // namespace mote
