#include "graph/types.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mote {

namespace {

struct TypeRow {
  DataType type;
  std::size_t bytes;
  std::string_view name, in_c;
};

constexpr std::array<TypeRow, 9> kTypes{{{DataType::kFloat32, 4, "float32", "float"},
                                         {DataType::kInt8, 1, "int8", "int8_t"},
                                         {DataType::kInt16, 2, "int16", "int16_t"},
                                         {DataType::kInt32, 4, "int32", "int32_t"},
                                         {DataType::kInt64, 8, "int64", "int64_t"},
                                         {DataType::kUint8, 1, "uint8", "uint8_t"},
                                         {DataType::kBool, 1, "bool", "bool"},
                                         {DataType::kUint32, 4, "uint32", "uint32_t"},
                                         {DataType::kUint64, 8, "uint64", "uint64_t"}}};

const TypeRow& row(DataType type) { return kTypes[static_cast<std::size_t>(type)]; }

}  // namespace

std::size_t type_bytes(DataType type) { return row(type).bytes; }
std::string_view type_name(DataType type) { return row(type).name; }
std::string_view type_in_c(DataType type) { return row(type).in_c; }

std::optional<DataType> type_from_name(std::string_view name) {
  for (const TypeRow& each : kTypes) {
    if (each.name == name) return each.type;
  }
  return std::nullopt;
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int32_t extent : shape) count *= extent;
  return count;
}

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

std::string to_string(const Shape& shape) { return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x")); }

}  // namespace mote
