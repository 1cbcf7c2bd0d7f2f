#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "graph/graph.hpp"
#include "import/unsupported.hpp"

namespace mote {

struct ImportOptions {
  /// Extents of symbolic axes by name ("batch"), or by input and axis ("image:0") where the file gives none. ONNX only.
  std::map<std::string, std::int32_t> dims;
};

/// A model file as a verified graph, named for the file: TensorFlow Lite or ONNX, told apart by content. Every byte is untrusted.
/// Error: what is damaged and where; or everything in the model that is not supported, as one UnsupportedModel.
Graph import_model_file(const std::filesystem::path& path, const ImportOptions& options = {});

/// The same from the file's bytes. `ending` (".onnx") decides where the content does not.
Graph import_model(std::span<const std::uint8_t> bytes, std::string_view name, std::string_view ending = "",
                   const ImportOptions& options = {});

}  // namespace mote
