#pragma once

#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// Replaces padding that states its rows and columns, for which TFLite has no word, by what has one and gives the same bits: `same`
/// or `valid` where they mean the same; else PAD with the zero point (convolutions) or PADV2 with the lowest value (MAX_POOL_2D) in
/// front, or SLICE behind (TRANSPOSE_CONV). Gives a text for each node that has no such form, and leaves that node as it is.
std::vector<std::string> spell_out_padding(Graph& graph);

}  // namespace mote
