#pragma once

#include "passes/choose_axes.hpp"

namespace mote {

/// The graph anew in the orders that were chosen for it.
Graph in_chosen_axes(const Graph& graph, const AxisChoice& choice);

}  // namespace mote
