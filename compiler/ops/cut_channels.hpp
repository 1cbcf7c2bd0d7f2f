#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// Keeps the listed positions along the last axis: a new constant with scales to match. Per-channel tables, depthwise weights, bias.
TensorId keep_positions(Graph& graph, TensorId id, const std::vector<bool>& keep);

/// Keeps the listed channels of every constant operand that has as many, of an operator with broadcasting.
void keep_operand_channels(Graph& graph, Node& node, const std::vector<bool>& keep);

}  // namespace mote
