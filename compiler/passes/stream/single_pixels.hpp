#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Pointwise convolutions of one pixel become fully connected layers, whose kernels are made for a single column of the matrix
/// product.
void connect_single_pixels(Graph& graph);

}  // namespace mote
