#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Chooses the order of axes in which tensors lie so that as few bytes as possible are transposed: TRANSPOSEs go where an operator
/// between them works in any order, where a fully connected layer can have its weights reordered, and where they meet inputs or outputs
/// of the graph that carry `file_axes` (those give the file's order away for the better one). What only moves axes of extent 1 becomes
/// a RESHAPE. Every value stays the same.
bool layout(Graph& graph);

}  // namespace mote
