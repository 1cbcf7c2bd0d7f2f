#pragma once

#include "graph/graph.hpp"

namespace mote {

/// int8 weights under float activations become floats again: their values are on a grid already, so nothing is lost when they
/// become integers once more. Gives how many layers had such weights.
int widen_weights(Graph& graph);

}  // namespace mote
