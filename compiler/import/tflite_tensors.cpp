#include "import/tflite_tensors.hpp"

#include <algorithm>
#include <cmath>

#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

std::optional<DataType> read_type(tflite::TensorType type) {
  switch (type) {
    case tflite::TensorType_FLOAT32:
      return DataType::kFloat32;
    case tflite::TensorType_INT8:
      return DataType::kInt8;
    case tflite::TensorType_INT16:
      return DataType::kInt16;
    case tflite::TensorType_INT32:
      return DataType::kInt32;
    case tflite::TensorType_INT64:
      return DataType::kInt64;
    case tflite::TensorType_UINT8:
      return DataType::kUint8;
    case tflite::TensorType_BOOL:
      return DataType::kBool;
    case tflite::TensorType_UINT32:
      return DataType::kUint32;
    case tflite::TensorType_UINT64:
      return DataType::kUint64;
    default:
      return std::nullopt;
  }
}

/// Extents as in the file; where the signature says -1 the outermost becomes 1 (the batch), others stay unknown unless stated.
Shape read_shape(const tflite::Tensor& tensor) {
  Shape shape;
  if (tensor.shape() != nullptr) shape.assign(tensor.shape()->begin(), tensor.shape()->end());
  const auto* signature = tensor.shape_signature();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool open =
        signature != nullptr && signature->size() == shape.size() && signature->Get(static_cast<flatbuffers::uoffset_t>(i)) == -1;
    if (i == 0 && (open || shape[0] == -1)) shape[0] = 1;
    if (shape[i] < -1) throw Error(fmt::format("damaged: extent {} along axis {}", shape[i], i));
  }
  std::int64_t elements = 1;
  for (const std::int32_t extent : shape) {
    elements = checked_multiply(elements, std::max(extent, 1)).value_or(INT64_MAX);
    if (elements > INT32_MAX) throw Error(fmt::format("shape {} has too many elements", to_string(shape)));
  }
  return shape;
}

Quantization read_quantization(const tflite::Tensor& tensor, const Shape& shape) {
  Quantization result;
  const auto* given = tensor.quantization();
  if (given == nullptr || given->scale() == nullptr || given->scale()->size() == 0) return result;
  result.scales.assign(given->scale()->begin(), given->scale()->end());
  for (const float scale : result.scales) {
    if (!std::isfinite(scale) || scale <= 0.0F) throw Error(fmt::format("scale {} is not a positive number", scale));
  }
  result.zero_points.assign(result.scales.size(), 0);
  if (given->zero_point() != nullptr && given->zero_point()->size() != 0) {
    if (given->zero_point()->size() != result.scales.size()) {
      throw Error(fmt::format("{} scales but {} zero points", result.scales.size(), given->zero_point()->size()));
    }
    for (std::size_t i = 0; i < result.scales.size(); ++i) {
      const std::int64_t zero_point = given->zero_point()->Get(static_cast<flatbuffers::uoffset_t>(i));
      if (zero_point < INT32_MIN || zero_point > INT32_MAX) throw Error(fmt::format("zero point {} is out of range", zero_point));
      result.zero_points[i] = static_cast<std::int32_t>(zero_point);
    }
  }
  if (result.per_channel()) {
    // A list has one axis; some converters copy the axis of the weights to their bias.
    result.axis = shape.size() == 1 ? 0 : given->quantized_dimension();
    const bool inside = result.axis >= 0 && static_cast<std::size_t>(result.axis) < shape.size();
    if (!inside || shape[static_cast<std::size_t>(result.axis)] != static_cast<std::int32_t>(result.scales.size())) {
      throw Error(fmt::format("{} scales along axis {} of {}", result.scales.size(), result.axis, to_string(shape)));
    }
  }
  return result;
}

}  // namespace

std::span<const std::uint8_t> buffer_bytes(const tflite::Model& model, std::uint32_t index, std::span<const std::uint8_t> file) {
  const std::size_t count = model.buffers() == nullptr ? 0 : model.buffers()->size();
  if (index >= count && !(index == 0 && count == 0)) throw Error(fmt::format("damaged: buffer {} of {}", index, count));
  if (count == 0) return {};
  const tflite::Buffer& buffer = *model.buffers()->Get(index);
  if (buffer.offset() > 1) {
    if (buffer.offset() > file.size() || buffer.size() > file.size() - buffer.offset()) {
      throw Error(fmt::format("damaged: buffer {} lies outside of the file", index), "the file may be cut off");
    }
    return file.subspan(buffer.offset(), buffer.size());
  }
  if (buffer.data() == nullptr) return {};
  return {buffer.data()->data(), buffer.data()->size()};
}

namespace {

Tensor read_tensor(const tflite::Model& model, const tflite::Tensor& given, std::string name, std::span<const std::uint8_t> file,
                   const std::function<void(const std::string&)>& unsupported) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.shape = read_shape(given);
  tensor.quantization = read_quantization(given, tensor.shape);
  tensor.is_state = given.is_variable();
  const std::span<const std::uint8_t> bytes = buffer_bytes(model, given.buffer(), file);
  if (given.type() == tflite::TensorType_RESOURCE) return tensor;  // the handle of a variable (tflite_variables.hpp)
  const std::optional<DataType> type = read_type(given.type());
  if (!type) {
    const char* type_text = tflite::EnumNameTensorType(given.type());
    unsupported(fmt::format("type {}, as in tensor '{}'",
                            *type_text == '\0' ? fmt::to_string(static_cast<int>(given.type())) : type_text, tensor.name));
    return tensor;
  }
  if (given.sparsity() != nullptr) {
    unsupported(fmt::format("sparse tensors, as '{}'", tensor.name));
    return tensor;
  }
  tensor.type = *type;
  const bool empty = std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
  if (bytes.empty() && !empty) return tensor;
  if (std::find(tensor.shape.begin(), tensor.shape.end(), -1) != tensor.shape.end() ||
      static_cast<std::int64_t>(bytes.size()) != tensor.bytes()) {
    throw Error(
        fmt::format("damaged: {} {} with {} bytes of data", type_name(tensor.type), to_string(tensor.shape), bytes.size()));
  }
  if (tensor.is_state) throw Error("damaged: both a variable and a constant");
  if (tensor.type == DataType::kBool && std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte > 1; })) {
    throw Error("damaged: a bool that is neither 0 nor 1");
  }
  tensor.data = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
  return tensor;
}

}  // namespace

std::vector<Tensor> read_tensors(const tflite::Model& model, const tflite::SubGraph& subgraph, std::span<const std::uint8_t> file,
                                 const std::function<void(const std::string&)>& unsupported) {
  std::vector<Tensor> tensors;
  if (subgraph.tensors() == nullptr) return tensors;
  for (const tflite::Tensor* given : *subgraph.tensors()) {
    std::string name = given->name() == nullptr ? fmt::format("tensor_{}", tensors.size()) : given->name()->str();
    const std::string place = fmt::format("tensor {} ('{}')", tensors.size(), name);
    tensors.push_back(with_context(place, [&] { return read_tensor(model, *given, std::move(name), file, unsupported); }));
  }
  return tensors;
}

void drop_unmade_constants(Graph& graph) {
  for (const Node& node : graph.nodes) {
    for (const TensorId id : node.outputs) graph.tensor(id).data = nullptr;
  }
}

}  // namespace mote
