#include "compress/tensor_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/quantized_math.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

template <typename T>
std::vector<float> by_scale(const Tensor& tensor, const Bytes& bytes) {
  std::vector<T> stored(bytes.size() / sizeof(T));
  std::memcpy(stored.data(), bytes.data(), stored.size() * sizeof(T));
  std::vector<float> result(stored.size());
  const double scale = tensor.quantization.empty() ? 1.0 : static_cast<double>(tensor.scale());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    result[i] = static_cast<float>(scale * (static_cast<double>(stored[i]) - tensor.zero_point()));
  }
  return result;
}

template <typename T>
Bytes stored_as(const std::vector<float>& values, const Quantization& quantization, std::pair<double, double> limits) {
  Bytes bytes(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double steps = std::round(static_cast<double>(values[i]) / static_cast<double>(quantization.scale()));
    const auto stored = static_cast<T>(std::clamp(steps + quantization.zero_point(), limits.first, limits.second));
    std::memcpy(&bytes[i * sizeof(T)], &stored, sizeof(T));
  }
  return bytes;
}

}  // namespace

void ValueRange::include(float value) {
  lowest = std::min(lowest, value);
  highest = std::max(highest, value);
}

void ValueRange::include(const ValueRange& other) {
  include(other.lowest);
  include(other.highest);
}

std::vector<float> real_numbers(const Tensor& tensor, const Bytes& bytes) {
  switch (tensor.type) {
    case DataType::kFloat32: {
      std::vector<float> result(bytes.size() / sizeof(float));
      std::memcpy(result.data(), bytes.data(), bytes.size());
      return result;
    }
    case DataType::kInt8:
      return by_scale<std::int8_t>(tensor, bytes);
    case DataType::kInt16:
      return by_scale<std::int16_t>(tensor, bytes);
    case DataType::kInt32:
      return by_scale<std::int32_t>(tensor, bytes);
    case DataType::kInt64:
      return by_scale<std::int64_t>(tensor, bytes);
    case DataType::kUint8:
    case DataType::kBool:
      return by_scale<std::uint8_t>(tensor, bytes);
    case DataType::kUint32:
      return by_scale<std::uint32_t>(tensor, bytes);
    case DataType::kUint64:
      return by_scale<std::uint64_t>(tensor, bytes);
  }
  return {};
}

Quantization quantization_of(ValueRange range, DataType type) {
  range.include(0.0F);
  const double lowest = static_cast<double>(range.lowest);
  const double highest = static_cast<double>(range.highest);
  // What is always zero gets the range of 0..1: any will do.
  if (lowest == highest) return quantization_of({0.0F, 1.0F}, type);
  constexpr double kSmallestScale = 1e-12;
  if (type == DataType::kInt16) {
    return {{static_cast<float>(std::max(std::max(-lowest, highest) / 32767.0, kSmallestScale))}, {0}, 0};
  }
  MOTE_CHECK(type == DataType::kInt8);
  const double scale = std::max((highest - lowest) / 255.0, kSmallestScale);
  const auto zero_point = static_cast<std::int32_t>(std::clamp(std::round(-128.0 - lowest / scale), -128.0, 127.0));
  return {{static_cast<float>(scale)}, {zero_point}, 0};
}

ValueRange range_of(const Quantization& quantization, DataType type) {
  const auto [lowest, highest] = type_range(type);
  const float scale = quantization.scale();
  return {scale * static_cast<float>(lowest - quantization.zero_point()),
          scale * static_cast<float>(highest - quantization.zero_point())};
}

Bytes stored_values(const std::vector<float>& values, const Quantization& quantization, DataType type) {
  const auto [lowest, highest] = type_range(type);
  const std::pair<double, double> limits{lowest, highest};
  MOTE_CHECK(type == DataType::kInt8 || type == DataType::kInt16);
  return type == DataType::kInt8 ? stored_as<std::int8_t>(values, quantization, limits)
                                 : stored_as<std::int16_t>(values, quantization, limits);
}

Tensor float_constant(std::string name, Shape shape, const std::vector<float>& values) {
  return {std::move(name), DataType::kFloat32, std::move(shape), {}, shared_bytes(values)};
}

}  // namespace mote
