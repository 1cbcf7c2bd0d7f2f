#pragma once

#include <span>

#include "ops/checks.hpp"
#include "ops/quantized_math.hpp"

namespace mote {

// What SOFTMAX and LOG_SOFTMAX share.

/// `body(in, out)` for every row along the innermost axis.
template <typename In, typename Out, typename Body>
void for_each_row(const Evaluation& e, Body&& body) {
  const RowsAndDepth size = rows_and_depth(e.input(0).shape);
  const auto depth = static_cast<std::size_t>(size.depth);
  for (std::size_t row = 0; row < static_cast<std::size_t>(size.rows); ++row) {
    body(e.in<In>(0).subspan(row * depth, depth), e.out<Out>().subspan(row * depth, depth));
  }
}

/// How int8 turns the difference to a row's largest value into a fixed-point exponent.
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
