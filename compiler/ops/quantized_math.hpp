#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "graph/attributes.hpp"
#include "graph/graph.hpp"

namespace mote {

/// A positive real number as multiplier / 2^31 * 2^shift, multiplier in [2^30, 2^31) or 0.
/// Source: TensorFlow Lite's quantized multipliers (gemmlowp).
struct Multiplier {
  std::int32_t multiplier = 0;
  std::int32_t shift = 0;
};

Multiplier quantize_multiplier(double real);

/// x * real, rounded twice as gemmlowp does: a doubling high multiplication that rounds half up, then a division by a power of
/// two that rounds half away from zero. 32-bit arithmetic wraps.
std::int32_t requantize(std::int32_t x, Multiplier by);

/// The 64-bit form for int16 activations: the multiplier is cut to 16 bits and there is one rounding, half up.
/// x must be below 2^47 in size.
std::int32_t requantize(std::int64_t x, Multiplier by);

/// First step of `requantize`: round(a * b / 2^31), saturating.
std::int32_t saturating_rounding_doubling_high_mul(std::int32_t a, std::int32_t b);
/// Second step: x / 2^exponent, half away from zero.
std::int32_t rounding_divide_by_power_of_two(std::int32_t x, int exponent);

/// Two's complement arithmetic that wraps, as the chip does.
inline std::int32_t wrap_add(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
inline std::int32_t wrap_subtract(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}
inline std::int32_t wrap_multiply(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}
inline std::int32_t wrap_shift_left(std::int32_t a, int by) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << by);
}

/// Smallest and largest value of an integer type.
std::pair<std::int32_t, std::int32_t> type_range(DataType type);

/// The clamp of a fused activation in the quantized domain of `output` (int8, uint8 or int16).
std::pair<std::int32_t, std::int32_t> activation_range(Activation activation, const Tensor& output);
/// The clamp of a fused activation for float32.
std::pair<float, float> activation_range(Activation activation);

/// Multipliers from accumulator (input scale * weight scale) to output: one, or one per channel of the weights.
std::vector<Multiplier> convolution_multipliers(const Tensor& input, const Tensor& weights, const Tensor& output);

}  // namespace mote
