#pragma once

#include "import/import.hpp"

namespace mote {

/// An ONNX model (operator sets 7 to 22) as a verified graph: local functions inlined, shapes settled, constant subgraphs folded.
/// Convolutions and the like work on NHWC between transpositions, which `run_passes` takes out; inputs and outputs carry the file's
/// order of axes in `file_axes`. Values of 64 bits that are computed at run time have 32. Every byte is untrusted.
/// Error: what is damaged and where; or everything in the model that is not supported, as one UnsupportedModel.
Graph import_onnx(std::span<const std::uint8_t> bytes, std::string_view name, const ImportOptions& options = {});

}  // namespace mote
