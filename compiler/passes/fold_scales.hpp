#pragma once

#include "graph/graph.hpp"

namespace mote {

/// A MUL, ADD or SUB with a constant per channel behind a float convolution or fully connected layer goes into its weights and bias, as
/// batch normalization leaves them. A RESHAPE that keeps the channels may stand between. Sums may round differently.
bool fold_scales(Graph& graph);

}  // namespace mote
