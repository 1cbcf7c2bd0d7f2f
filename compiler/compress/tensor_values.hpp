#pragma once

#include <vector>

#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// What a tensor's real values span; 0 is always inside.
struct ValueRange {
  float lowest = 0, highest = 0;

  void include(float value);
  void include(const ValueRange& other);
  bool operator==(const ValueRange&) const = default;
};

/// Stored values as real numbers: by scale and zero point, or as they are.
std::vector<float> real_numbers(const Tensor& tensor, const Bytes& bytes);

/// Scale and zero point of a range: int8 asymmetric over 255 steps, int16 symmetric with zero point 0.
/// Source: TensorFlow Lite 8-bit quantization specification.
Quantization quantization_of(ValueRange range, DataType type);

/// What a type can hold under a scale and zero point.
ValueRange range_of(const Quantization& quantization, DataType type);

/// Real numbers as stored values (int8 or int16), to nearest, half away from zero, saturating.
Bytes stored_values(const std::vector<float>& values, const Quantization& quantization, DataType type);

/// A constant of floats.
Tensor float_constant(std::string name, Shape shape, const std::vector<float>& values);

/// The bytes of a vector, shared as a tensor's data.
template <typename T>
std::shared_ptr<const Bytes> shared_bytes(const std::vector<T>& values) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(values.data());
  return std::make_shared<const Bytes>(begin, begin + values.size() * sizeof(T));
}

}  // namespace mote
