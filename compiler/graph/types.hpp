#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

/// Element types a graph may hold. Values on the chip have the same representation as here (little endian).
enum class DataType : std::uint8_t { kFloat32, kInt8, kInt16, kInt32, kInt64, kUint8, kBool, kUint32, kUint64 };

std::size_t type_bytes(DataType type);
/// "int8", "float32", ...: the word in printed graphs, reports and NumPy.
std::string_view type_name(DataType type);
/// The C type of an element: "int8_t", "float", ...
std::string_view type_in_c(DataType type);
std::optional<DataType> type_from_name(std::string_view name);
constexpr bool is_float(DataType type) { return type == DataType::kFloat32; }

template <typename T>
constexpr DataType type_of();
template <>
constexpr DataType type_of<float>() {
  return DataType::kFloat32;
}
template <>
constexpr DataType type_of<std::int8_t>() {
  return DataType::kInt8;
}
template <>
constexpr DataType type_of<std::int16_t>() {
  return DataType::kInt16;
}
template <>
constexpr DataType type_of<std::int32_t>() {
  return DataType::kInt32;
}
template <>
constexpr DataType type_of<std::int64_t>() {
  return DataType::kInt64;
}
template <>
constexpr DataType type_of<std::uint8_t>() {
  return DataType::kUint8;
}
template <>
constexpr DataType type_of<std::uint32_t>() {
  return DataType::kUint32;
}
template <>
constexpr DataType type_of<std::uint64_t>() {
  return DataType::kUint64;
}

template <>
constexpr DataType type_of<bool>() {
  return DataType::kBool;
}

/// Extents of a tensor, outermost first; empty for a scalar. Importers keep every shape's element count below 2^31.
using Shape = std::vector<std::int32_t>;

std::int64_t element_count(const Shape& shape);
/// Bytes between neighbours along each axis, in elements.
std::vector<std::int64_t> strides_of(const Shape& shape);
/// "1x49x10x1"; "scalar" when empty.
std::string to_string(const Shape& shape);

/// Affine quantization, real = scale * (q - zero_point): one pair, or one per slice along `axis`. Empty scales: not quantized.
/// Source: TensorFlow Lite 8-bit quantization specification.
struct Quantization {
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points;
  std::int32_t axis = 0;

  bool empty() const { return scales.empty(); }
  bool per_channel() const { return scales.size() > 1; }
  float scale() const { return scales.empty() ? 0.0F : scales[0]; }
  std::int32_t zero_point() const { return zero_points.empty() ? 0 : zero_points[0]; }
  bool operator==(const Quantization&) const = default;
};

}  // namespace mote
