#include "ops/quantized_math.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/error.hpp"

namespace mote {

Multiplier quantize_multiplier(double real) {
  if (real == 0.0) return {};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  auto fixed = static_cast<std::int64_t>(std::llround(fraction * static_cast<double>(std::int64_t{1} << 31)));
  if (fixed == (std::int64_t{1} << 31)) {
    fixed /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  if (shift > 30) throw Error(fmt::format("the scales' ratio {} is too large for fixed-point arithmetic", real));
  return {static_cast<std::int32_t>(fixed), shift};
}

std::int32_t saturating_rounding_doubling_high_mul(std::int32_t a, std::int32_t b) {
  if (a == b && a == std::numeric_limits<std::int32_t>::min()) return std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>((static_cast<std::int64_t>(a) * b + (std::int64_t{1} << 30)) >> 31);
}

std::int32_t rounding_divide_by_power_of_two(std::int32_t x, int exponent) {
  if (exponent == 0) return x;
  const std::int64_t half = std::int64_t{1} << (exponent - 1);
  const std::int64_t magnitude = (std::abs(static_cast<std::int64_t>(x)) + half) >> exponent;
  return static_cast<std::int32_t>(x < 0 ? -magnitude : magnitude);
}

std::int32_t requantize(std::int32_t x, Multiplier by) {
  const std::int32_t shifted = by.shift > 0 ? wrap_shift_left(x, by.shift) : x;
  return rounding_divide_by_power_of_two(saturating_rounding_doubling_high_mul(shifted, by.multiplier),
                                         by.shift > 0 ? 0 : -by.shift);
}

std::int32_t requantize(std::int64_t x, Multiplier by) {
  const std::int32_t reduced = by.multiplier < 0x7FFF0000 ? (by.multiplier + (1 << 15)) >> 16 : 0x7FFF;
  const int total_shift = 15 - by.shift;
  const std::int64_t product =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(static_cast<std::int64_t>(reduced)));
  return static_cast<std::int32_t>((product + (std::int64_t{1} << (total_shift - 1))) >> total_shift);
}

std::pair<std::int32_t, std::int32_t> type_range(DataType type) {
  switch (type) {
    case DataType::kInt8:
      return {-128, 127};
    case DataType::kUint8:
      return {0, 255};
    case DataType::kInt16:
      return {-32768, 32767};
    default:
      return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  }
}

std::pair<std::int32_t, std::int32_t> activation_range(Activation activation, const Tensor& output) {
  const auto [lowest, highest] = type_range(output.type);
  const auto quantize = [&](float value) {
    return output.zero_point() + static_cast<std::int32_t>(std::clamp(std::round(value / output.scale()), -1e9F, 1e9F));
  };
  switch (activation) {
    case Activation::kNone:
      return {lowest, highest};
    case Activation::kRelu:
      return {std::max(lowest, quantize(0.0F)), highest};
    case Activation::kRelu6:
      return {std::max(lowest, quantize(0.0F)), std::min(highest, quantize(6.0F))};
    case Activation::kReluN1To1:
      return {std::max(lowest, quantize(-1.0F)), std::min(highest, quantize(1.0F))};
    default:
      break;
  }
  throw Error(fmt::format("fused activation {} is not supported for {}", kActivationNames[static_cast<std::size_t>(activation)],
                          type_name(output.type)));
}

std::pair<float, float> activation_range(Activation activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case Activation::kNone:
      return {-kInfinity, kInfinity};
    case Activation::kRelu:
      return {0.0F, kInfinity};
    case Activation::kRelu6:
      return {0.0F, 6.0F};
    case Activation::kReluN1To1:
      return {-1.0F, 1.0F};
    default:
      break;
  }
  throw Error(
      fmt::format("fused activation {} is not supported for float32", kActivationNames[static_cast<std::size_t>(activation)]));
}

std::vector<Multiplier> convolution_multipliers(const Tensor& input, const Tensor& weights, const Tensor& output) {
  std::vector<Multiplier> result;
  for (const float scale : weights.quantization.scales) {
    result.push_back(quantize_multiplier(static_cast<double>(input.scale()) * static_cast<double>(scale) /
                                         static_cast<double>(output.scale())));
  }
  return result;
}

}  // namespace mote
