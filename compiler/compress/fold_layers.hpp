#pragma once

#include "graph/graph.hpp"

namespace mote {

// What makes a float graph ready for integers. Each gives how many nodes it took away; results change by rounding alone.

/// int8 weights under float activations become floats again: their values are on a grid already, so nothing is lost when they
/// become integers once more.
int widen_weights(Graph& graph);

/// MUL, ADD and SUB by a constant per output channel (a batch normalization, a bias) go into the layer before them.
int fold_scaling_into_layers(Graph& graph);

}  // namespace mote
