#include "import/onnx/read_tensor.hpp"

#include <bit>
#include <cstring>

#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

using Bytes = std::vector<std::uint8_t>;
using Proto = onnx::TensorProto;

// Element types that are newer than the installed protobuf definitions.
constexpr std::int32_t kNewest = 28;
constexpr std::string_view kTypeNames[kNewest + 1] = {
    "undefined", "float",      "uint8",      "int8",     "uint16",         "int16",      "int32",        "int64",
    "string",    "bool",       "float16",    "double",   "uint32",         "uint64",     "complex64",    "complex128",
    "bfloat16",  "float8e4m3", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",         "float4e2m1",
    "float8e8m0", "uint2",     "int2",       "float6e2m3", "float6e3m2"};

float from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

float from_float16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0) {
    const float size = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -size : size;
  }
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | fraction << 13);
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

std::size_t element_bytes(std::int32_t type) {
  switch (type) {
    case Proto::UINT8:
    case Proto::INT8:
    case Proto::BOOL:
      return 1;
    case Proto::UINT16:
    case Proto::INT16:
    case Proto::FLOAT16:
    case Proto::BFLOAT16:
      return 2;
    case Proto::DOUBLE:
    case Proto::INT64:
    case Proto::UINT64:
      return 8;
    default:
      return 4;
  }
}

/// The elements one by one, from raw bytes or from the field for their type.
template <typename T, typename Field>
std::vector<T> elements(const Proto& proto, const Field& field, std::size_t count) {
  std::vector<T> result(count);
  if (proto.has_raw_data()) {
    if (count > 0) std::memcpy(result.data(), proto.raw_data().data(), count * sizeof(T));
    return result;
  }
  for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<T>(field[static_cast<int>(i)]);
  return result;
}

template <typename To, typename From, typename Convert>
Bytes stored(const std::vector<From>& values, Convert&& convert) {
  Bytes bytes(values.size() * sizeof(To));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const To value = convert(values[i]);
    std::memcpy(&bytes[i * sizeof(To)], &value, sizeof value);
  }
  return bytes;
}

template <typename To, typename From>
Bytes stored(const std::vector<From>& values) {
  return stored<To>(values, [](From value) { return static_cast<To>(value); });
}

/// The number of elements that the field for the type holds.
std::size_t field_size(const Proto& proto) {
  switch (proto.data_type()) {
    case Proto::FLOAT:
      return static_cast<std::size_t>(proto.float_data_size());
    case Proto::DOUBLE:
      return static_cast<std::size_t>(proto.double_data_size());
    case Proto::INT64:
      return static_cast<std::size_t>(proto.int64_data_size());
    case Proto::UINT32:
    case Proto::UINT64:
      return static_cast<std::size_t>(proto.uint64_data_size());
    case Proto::STRING:
      return static_cast<std::size_t>(proto.string_data_size());
    default:
      return static_cast<std::size_t>(proto.int32_data_size());
  }
}

Shape read_shape(const Proto& proto) {
  Shape shape;
  std::int64_t count = 1;
  for (const std::int64_t extent : proto.dims()) {
    if (extent < 0 || extent > INT32_MAX) throw Error(fmt::format("damaged: extent {}", extent));
    shape.push_back(static_cast<std::int32_t>(extent));
    count = checked_multiply(count, extent).value_or(INT64_MAX);
    if (count > INT32_MAX / 8) throw Error(fmt::format("shape {} has too many elements", to_string(shape)));
  }
  if (shape.size() > 16) throw Error(fmt::format("{} dimensions are too many", shape.size()));
  return shape;
}

void check_length(const Proto& proto, std::size_t count, const Shape& shape) {
  if (proto.has_raw_data() && proto.data_type() != Proto::STRING) {
    const std::size_t wanted = count * element_bytes(proto.data_type());
    if (proto.raw_data().size() != wanted)
      throw Error(fmt::format("damaged: {} bytes for {} {} need {}", proto.raw_data().size(), to_string(shape),
                              element_type_name(proto.data_type()), wanted));
  } else if (field_size(proto) != count) {
    throw Error(fmt::format("damaged: {} values for {} {}", field_size(proto), to_string(shape), element_type_name(proto.data_type())));
  }
}

Bytes read_bytes(const Proto& proto, std::size_t count) {
  switch (proto.data_type()) {
    case Proto::FLOAT:
      return stored<float>(elements<float>(proto, proto.float_data(), count));
    case Proto::DOUBLE:
      return stored<float>(elements<double>(proto, proto.double_data(), count));
    case Proto::FLOAT16:
      return stored<float>(elements<std::uint16_t>(proto, proto.int32_data(), count), from_float16);
    case Proto::BFLOAT16:
      return stored<float>(elements<std::uint16_t>(proto, proto.int32_data(), count), from_bfloat16);
    case Proto::UINT8:
      return stored<std::uint8_t>(elements<std::uint8_t>(proto, proto.int32_data(), count));
    case Proto::INT8:
      return stored<std::int8_t>(elements<std::int8_t>(proto, proto.int32_data(), count));
    case Proto::BOOL:
      return stored<std::uint8_t>(elements<std::uint8_t>(proto, proto.int32_data(), count), [](std::uint8_t x) -> std::uint8_t { return x != 0 ? 1 : 0; });
    case Proto::INT16:
      return stored<std::int16_t>(elements<std::int16_t>(proto, proto.int32_data(), count));
    case Proto::UINT16:
      return stored<std::int32_t>(elements<std::uint16_t>(proto, proto.int32_data(), count));
    case Proto::INT32:
      return stored<std::int32_t>(elements<std::int32_t>(proto, proto.int32_data(), count));
    case Proto::UINT32:
      return stored<std::int64_t>(elements<std::uint32_t>(proto, proto.uint64_data(), count));
    case Proto::INT64:
      return stored<std::int64_t>(elements<std::int64_t>(proto, proto.int64_data(), count));
    default:
      return stored<std::int64_t>(elements<std::uint64_t>(proto, proto.uint64_data(), count), [](std::uint64_t x) {
        if (x > static_cast<std::uint64_t>(INT64_MAX)) throw Error(fmt::format("the value {} does not fit 64 signed bits", x));
        return static_cast<std::int64_t>(x);
      });
  }
}

}  // namespace

std::optional<DataType> graph_type_of(std::int64_t element_type) {
  switch (element_type) {
    case Proto::FLOAT:
    case Proto::DOUBLE:
    case Proto::FLOAT16:
    case Proto::BFLOAT16:
      return DataType::kFloat32;
    case Proto::UINT8:
      return DataType::kUint8;
    case Proto::INT8:
      return DataType::kInt8;
    case Proto::BOOL:
      return DataType::kBool;
    case Proto::INT16:
      return DataType::kInt16;
    case Proto::UINT16:
    case Proto::INT32:
      return DataType::kInt32;
    case Proto::INT64:
    case Proto::UINT32:
    case Proto::UINT64:
      return DataType::kInt64;
    default:
      return std::nullopt;
  }
}

std::string element_type_name(std::int32_t element_type) {
  if (element_type < 0 || element_type > kNewest) return fmt::format("type {}", element_type);
  return std::string(kTypeNames[element_type]);
}

OnnxTensor read_onnx_tensor(const Proto& proto) {
  if (proto.data_location() == Proto::EXTERNAL || proto.external_data_size() > 0) {
    throw Error("its values lie in another file (external data)", "save the model as one file: onnx.save(onnx.load(FILE), OUT)");
  }
  if (proto.has_segment()) throw Error("tensors in segments are not supported");
  OnnxTensor tensor;
  tensor.name = proto.name();
  tensor.shape = read_shape(proto);
  const auto count = static_cast<std::size_t>(element_count(tensor.shape));
  const bool is_text = proto.data_type() == Proto::STRING;
  const std::optional<DataType> type = graph_type_of(proto.data_type());
  if (!type && !is_text) throw Error(fmt::format("values of type {} are not supported", element_type_name(proto.data_type())));
  check_length(proto, count, tensor.shape);
  if (is_text) {
    tensor.texts.assign(proto.string_data().begin(), proto.string_data().end());
  } else {
    tensor.type = *type;
    tensor.data = std::make_shared<const Bytes>(read_bytes(proto, count));
  }
  return tensor;
}

}  // namespace mote
