#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Tells each window of a streamed graph what it holds before the first run: what it would after any number of frames that are
/// real 0.
void set_first_values(Graph& graph);

}  // namespace mote
