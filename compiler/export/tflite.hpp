#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// The graph as the bytes of a .tflite file (schema version 3): importing it again gives the same graph, apart from padding by
/// stated rows and columns, which becomes operators of its own (spell_out_padding.hpp). Equal constants are stored once. Labels,
/// the file's order of axes and the names of nodes stand in a metadata entry (graph/notes.hpp), which other programs skip. The same
/// graph gives the same bytes. Error that names every operator for which TFLite has no form.
std::vector<std::uint8_t> write_tflite(const Graph& graph);

}  // namespace mote
