#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "graph/graph.hpp"
#include "import/unsupported.hpp"

namespace mote {

/// A TensorFlow Lite model (schema version 3) as a verified graph: shapes settled, constant subgraphs folded, batch -1 taken
/// as 1. Every byte is untrusted. Error: what is damaged and where; or everything in the model that is not supported, as one
/// UnsupportedModel.
Graph import_tflite(std::span<const std::uint8_t> bytes, std::string_view name);

/// The same from a file; the graph is named for it.
Graph import_tflite_file(const std::filesystem::path& path);

}  // namespace mote
