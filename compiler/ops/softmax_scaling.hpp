#pragma once

#include <span>

#include "ops/quantized_math.hpp"

namespace mote {

/// How SOFTMAX and LOG_SOFTMAX of int8 turn the difference to a row's largest value into a fixed-point exponent.
struct SoftmaxScaling {
  /// From difference to Q5; the shift is not negative.
  Multiplier multiplier;
  /// Smaller differences count as exp() = 0.
  std::int32_t smallest_difference = 0;

  /// exp(beta * scale * difference) in Q0.
  std::int32_t exponential(std::int32_t difference) const;
  /// The sum over a row, relative to its largest value, in Q12.
  std::int32_t sum_of_exponentials(std::span<const std::int8_t> row) const;
};

SoftmaxScaling softmax_scaling(const Tensor& input, float beta);

}  // namespace mote
