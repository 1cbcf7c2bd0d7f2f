#pragma once

#include <functional>
#include <span>
#include <string>

#include "graph/graph.hpp"
#include "tflite_generated.h"

namespace mote {

/// The tensors of a subgraph: types, shapes (a batch of -1 becomes 1, other unknown extents stay -1 for `settle`), quantization
/// and the bytes of constants. Error when a table contradicts itself; what is merely not supported goes to `unsupported`.
std::vector<Tensor> read_tensors(const tflite::Model& model, const tflite::SubGraph& subgraph, std::span<const std::uint8_t> file,
                                 const std::function<void(const std::string&)>& unsupported);

/// The constant bytes of a buffer of the model that fills `file`; empty when it has none. Error when it lies outside.
std::span<const std::uint8_t> buffer_bytes(const tflite::Model& model, std::uint32_t index, std::span<const std::uint8_t> file);

/// Constants that some operator claims to compute lose their bytes, as the operator decides.
void drop_unmade_constants(Graph& graph);

}  // namespace mote
