#include "data/convert.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/file_order.hpp"
#include "ops/quantized_math.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

template <typename T>
T load(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::string_view descr_of(DataType type) {
  switch (type) {
    case DataType::kFloat32:
      return "<f4";
    case DataType::kInt8:
      return "|i1";
    case DataType::kInt16:
      return "<i2";
    case DataType::kInt32:
      return "<i4";
    case DataType::kInt64:
      return "<i8";
    case DataType::kUint8:
      return "|u1";
    case DataType::kBool:
      return "|b1";
    case DataType::kUint32:
      return "<u4";
    case DataType::kUint64:
      return "<u8";
  }
  return "";
}

bool is_real(const NpyArray& array) { return array.descr[1] == 'f'; }

/// The ends of an integer type; of 64 bits, the last ones that a double holds.
std::pair<double, double> stored_limits(DataType type) {
  switch (type) {
    case DataType::kBool:
      return {0.0, 1.0};
    case DataType::kInt64:
      return {-0x1p63, 0x1.fffffffffffffp62};
    case DataType::kUint32:
      return {0.0, 4294967295.0};
    case DataType::kUint64:
      return {0.0, 0x1.fffffffffffffp63};
    default:
      return type_range(type);
  }
}

/// The stored value of a number in the tensor's type.
double stored_value(double number, bool real, const Tensor& tensor) {
  if (is_float(tensor.type)) return number;
  if (real) {
    if (tensor.quantization.empty() || tensor.quantization.per_channel()) {
      throw Error(
          fmt::format("floating point values for '{}', which is {} without a scale", tensor.name, type_name(tensor.type)));
    }
    if (std::isnan(number)) throw Error(fmt::format("a value for '{}' is not a number", tensor.name));
    const auto [lowest, highest] = stored_limits(tensor.type);
    return std::clamp(std::round(number / static_cast<double>(tensor.scale())) + tensor.zero_point(), lowest, highest);
  }
  return number;
}

template <typename T>
void store(double value, const Tensor& tensor, std::uint8_t* to) {
  const T stored = static_cast<T>(value);
  if (static_cast<double>(stored) != value && !std::is_same_v<T, float>) {
    throw Error(fmt::format("value {} for '{}' does not fit {}", value, tensor.name, type_name(tensor.type)),
                "integers are taken as stored values; give floating point numbers to have them quantized");
  }
  std::memcpy(to, &stored, sizeof stored);
}

void store_any(double value, const Tensor& tensor, std::uint8_t* to) {
  const auto [lowest, highest] = stored_limits(tensor.type);
  if (!is_float(tensor.type) && (value < lowest || value > highest)) {
    throw Error(fmt::format("value {} for '{}' does not fit {}", value, tensor.name, type_name(tensor.type)),
                "integers are taken as stored values; give floating point numbers to have them quantized");
  }
  switch (tensor.type) {
    case DataType::kFloat32:
      return store<float>(value, tensor, to);
    case DataType::kInt8:
      return store<std::int8_t>(value, tensor, to);
    case DataType::kInt16:
      return store<std::int16_t>(value, tensor, to);
    case DataType::kInt32:
      return store<std::int32_t>(value, tensor, to);
    case DataType::kInt64:
      return store<std::int64_t>(value, tensor, to);
    case DataType::kUint8:
    case DataType::kBool:
      return store<std::uint8_t>(value, tensor, to);
    case DataType::kUint32:
      return store<std::uint32_t>(value, tensor, to);
    case DataType::kUint64:
      return store<std::uint64_t>(value, tensor, to);
  }
}

}  // namespace

double number_at(const NpyArray& array, std::int64_t i) {
  const std::uint8_t* from = array.bytes.data() + static_cast<std::size_t>(i) * array.item_bytes();
  const std::string_view kind = std::string_view(array.descr).substr(1);
  if (kind == "f4") return static_cast<double>(load<float>(from));
  if (kind == "f8") return load<double>(from);
  if (kind == "i1") return load<std::int8_t>(from);
  if (kind == "i2") return load<std::int16_t>(from);
  if (kind == "i4") return load<std::int32_t>(from);
  if (kind == "i8") return static_cast<double>(load<std::int64_t>(from));
  if (kind == "u1" || kind == "b1") return *from;
  if (kind == "u2") return load<std::uint16_t>(from);
  if (kind == "u4") return load<std::uint32_t>(from);
  if (kind == "u8") return static_cast<double>(load<std::uint64_t>(from));
  throw Error(fmt::format("arrays of type '{}' are not supported here", array.descr),
              "save plain numbers: float32, float64 or integers");
}

namespace {

Bytes convert_in_order(const NpyArray& array, const Tensor& tensor) {
  const std::int64_t count = array.elements();
  if (count == 0 || count % tensor.elements() != 0) {
    throw Error(fmt::format("{} values do not fill '{}' ({}, {} values)", count, tensor.name, to_string(tensor.shape),
                            tensor.elements()));
  }
  if (array.descr.substr(1) == descr_of(tensor.type).substr(1) && tensor.type != DataType::kBool) return array.bytes;
  const std::size_t size = type_bytes(tensor.type);
  Bytes bytes(static_cast<std::size_t>(count) * size);
  for (std::int64_t i = 0; i < count; ++i) {
    store_any(stored_value(number_at(array, i), is_real(array), tensor), tensor, &bytes[static_cast<std::size_t>(i) * size]);
  }
  return bytes;
}

}  // namespace

Bytes convert_to(const NpyArray& array, const Tensor& tensor) {
  Bytes bytes = convert_in_order(array, tensor);
  return is_in_file_order(array.shape, tensor) ? from_file_order(bytes, tensor) : bytes;
}

NpyArray to_array(const Tensor& tensor, std::vector<std::int64_t> shape, Bytes bytes) {
  return {std::string(descr_of(tensor.type)), std::move(shape), std::move(bytes)};
}

std::vector<std::string> strings_of(const NpyArray& array) {
  if (array.descr[1] != 'U') throw Error(fmt::format("an array of strings is needed, this is '{}'", array.descr));
  std::vector<std::string> strings;
  const std::size_t characters = array.item_bytes() / 4;
  for (std::int64_t i = 0; i < array.elements(); ++i) {
    std::string text;
    for (std::size_t c = 0; c < characters; ++c) {
      const auto point = load<std::uint32_t>(array.bytes.data() + static_cast<std::size_t>(i) * array.item_bytes() + 4 * c);
      if (point != 0) text += point < 0x80 ? static_cast<char>(point) : '?';
    }
    strings.push_back(std::move(text));
  }
  return strings;
}

}  // namespace mote
