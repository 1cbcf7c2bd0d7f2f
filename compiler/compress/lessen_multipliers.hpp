#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Kernels are fastest where a layer's sums are multiplied by less than a half to become outputs. Codes of few bits have large
/// scales, so some channels' are not: there weights and biases of int8 layers become larger by a whole number, the same in all
/// such channels of the layer, and their scales smaller by it, where the integers have room. What weights and biases are worth
/// stays as it is. Gives how many layers were changed.
int lessen_multipliers(Graph& graph);

}  // namespace mote
