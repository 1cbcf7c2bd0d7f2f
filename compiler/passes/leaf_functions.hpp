#pragma once

#include "graph/graph.hpp"

namespace mote {

/// What is computed from a TREE_ENSEMBLE of one tree, and from constants, has one value for each leaf: such nodes become the votes of the
/// leaves (as isolation forests and AdaBoost are written).
bool fold_leaf_functions(Graph& graph);

/// ADD of two TREE_ENSEMBLEs over the same features becomes one of all their trees.
bool join_forests(Graph& graph);

}  // namespace mote
