#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Moves RESHAPEs behind operators that work on each value alone, so that those meet the layer that made the values, and takes
/// RESHAPEs that follow each other together. Every value stays the same.
bool sink_reshapes(Graph& graph);

}  // namespace mote
