#pragma once

#include "graph/graph.hpp"

namespace mote {

// The steps of `settle` (ops/evaluate.hpp), for those who build a graph node by node.

/// Takes the types and shapes of a node's outputs from what it infers; a declared shape gives way only where it holds -1. Error when
/// the node refuses its inputs, or a declared type or shape differs.
void settle_node(Graph& graph, const Node& node);

/// Turns the outputs of a settled node into constants if all that it reads is constant (for SHAPE: its input's extents), and what
/// comes out is not large or an output of the graph. Returns whether it did.
bool fold_node(Graph& graph, const Node& node);

}  // namespace mote
