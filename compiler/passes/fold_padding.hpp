#pragma once

#include "graph/graph.hpp"

namespace mote {

/// A PAD of rows and columns that only a convolution without padding of its own reads becomes the convolution's padding: the
/// padded tensor is never made. Exact, since PAD writes the zero point and convolutions skip what lies outside.
bool fold_padding(Graph& graph);

}  // namespace mote
