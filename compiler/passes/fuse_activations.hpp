#pragma once

#include "graph/graph.hpp"

namespace mote {

/// RELU and RELU6 become the fused activation of the float operator before them, if that has one. Every answer stays.
bool fuse_activations(Graph& graph);

}  // namespace mote
