#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Drops nodes whose output is their input: reshapes to the same shape, quantizations to the same scale and zero point. A node
/// that joins a graph input to a graph output stays, so that the model keeps its borders.
bool remove_no_ops(Graph& graph);

}  // namespace mote
