#pragma once

#include "graph/graph.hpp"

namespace mote {

/// A CAST of int8, uint8 or int16 to a wider type goes where all who read it take the integers themselves; of two CASTs in a row the first
/// goes where it loses nothing.
bool keep_integers(Graph& graph);

/// ARG_MAX over the scores of a TREE_ENSEMBLE becomes its second output.
bool fuse_label(Graph& graph);

}  // namespace mote
