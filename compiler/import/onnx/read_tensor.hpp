#pragma once

#include <optional>

#include "import/onnx/model.hpp"

// protobuf's generated header; only what reads the file includes it.
#include <onnx/onnx_pb.h>

namespace mote {

/// "float16", "string", ...
std::string element_type_name(std::int32_t element_type);

/// A constant of the file. Error when its bytes do not fit its shape, or lie in another file.
OnnxTensor read_onnx_tensor(const onnx::TensorProto& proto);

}  // namespace mote
