#pragma once

#include <optional>

#include "ops/quantized_math.hpp"
#include "ops/unary.hpp"

namespace mote {

// What LOGISTIC, TANH and the gates of recurrent operators share.

/// log2 of a scale when that is within 1/1000 of an integer.
std::optional<int> power_of_two(float scale);

/// 1 / (1 + exp(-x)); far out, exp(x) and 1 stand for the quotient.
float logistic_of_float(float x);

/// int8: how the input becomes Q4, and from which size on the result is the end of its range.
struct SigmoidInt8 {
  Multiplier multiplier;
  std::int32_t radius = 0;
};
SigmoidInt8 sigmoid_int8(const Tensor& input);

/// int16: x * multiplier / 2^shift, half up, counts steps of 1 / (3 * 4096). Exact where the scale is 2^(n - 12) for an n of
/// 0..`largest_power`.
struct SigmoidInt16 {
  std::int32_t multiplier = 0;
  std::int32_t shift = 0;

  std::int32_t apply(std::int32_t x) const { return (x * multiplier + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift; }
};
SigmoidInt16 sigmoid_int16(const Tensor& input, int largest_power);

/// Types and shape; the output's scale is 1 / 2^`int8_bits` with zero point `int8_zero_point` (int8) or 1 / 2^15 (int16).
std::vector<TensorType> infer_sigmoid(const NodeView& node, int int8_bits, std::int32_t int8_zero_point);

/// `function` of mote/activation.hpp: `table` for int16, the C library's curve for float32.
KernelCall lower_sigmoid(const NodeView& node, std::string_view function, int largest_power);

}  // namespace mote
