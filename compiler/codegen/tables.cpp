#include "codegen/tables.hpp"

#include <cstring>

#include "codegen/write_header.hpp"

namespace mote {

namespace {

template <typename T>
void append_values(const std::vector<std::uint8_t>& bytes, std::string& text) {
  constexpr std::size_t kLineWidth = 120;
  std::size_t line = text.size();
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, &bytes[i], sizeof(T));
    if (text.size() - line > kLineWidth) {
      text += "\n    ";
      line = text.size();
    }
    if constexpr (std::is_same_v<T, float>) {
      text += float_literal(value);
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      fmt::format_to(std::back_inserter(text), "UINT64_C({})", value);
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
      fmt::format_to(std::back_inserter(text), "{}U", value);
    } else if constexpr (sizeof(T) == 8) {
      text += value == INT64_MIN ? "INT64_MIN" : fmt::format("INT64_C({})", value);
    } else if (sizeof(T) == 4 && static_cast<std::int64_t>(value) == INT32_MIN) {
      text += "INT32_MIN";
    } else {
      fmt::format_to(std::back_inserter(text), "{}", value);
    }
    text += ',';
  }
}

}  // namespace

void append_any(DataType type, const std::vector<std::uint8_t>& bytes, std::string& text) {
  switch (type) {
    case DataType::kFloat32:
      append_values<float>(bytes, text);
      break;
    case DataType::kInt8:
      append_values<std::int8_t>(bytes, text);
      break;
    case DataType::kInt16:
      append_values<std::int16_t>(bytes, text);
      break;
    case DataType::kInt32:
      append_values<std::int32_t>(bytes, text);
      break;
    case DataType::kInt64:
      append_values<std::int64_t>(bytes, text);
      break;
    case DataType::kUint8:
    case DataType::kBool:
      append_values<std::uint8_t>(bytes, text);
      break;
    case DataType::kUint32:
      append_values<std::uint32_t>(bytes, text);
      break;
    case DataType::kUint64:
      append_values<std::uint64_t>(bytes, text);
      break;
  }
}

std::string Tables::add(const PackedConstant& constant, std::size_t layer) {
  const auto [found, is_new] = names_.try_emplace({constant.type, constant.bytes}, fmt::format("l{}_{}", layer, constant.name));
  if (is_new) define(constant, found->second);
  return found->second;
}

void Tables::define(const PackedConstant& constant, const std::string& name) {
  text_ += fmt::format("alignas(4) const {} {}[] = {{\n    ", type_in_c(constant.type), name);
  append_any(constant.type, constant.bytes, text_);
  text_ += "\n};\n";
}

}  // namespace mote
