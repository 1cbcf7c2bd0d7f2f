#include "ops/softmax_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "ops/fixed_point_curves.hpp"
#include "support/error.hpp"

namespace mote {

std::int32_t SoftmaxScaling::exponential(std::int32_t difference) const {
  return exp_on_negative_values(requantize(difference, multiplier), 5);
}

std::int32_t SoftmaxScaling::sum_of_exponentials(std::span<const std::int8_t> row) const {
  const std::int32_t largest = *std::max_element(row.begin(), row.end());
  std::int32_t sum = 0;
  for (const std::int8_t x : row) {
    if (x - largest >= smallest_difference) sum = wrap_add(sum, rounding_divide_by_power_of_two(exponential(x - largest), 12));
  }
  return sum;
}

SoftmaxScaling softmax_scaling(const Tensor& input, float beta) {
  const double to_q5 = std::ldexp(static_cast<double>(beta) * static_cast<double>(input.scale()), 26);
  if (!(to_q5 > 1.0)) {
    throw Error(fmt::format("tensor '{}' has scale {}, too small for beta {}", input.name, input.scale(), beta));
  }
  // From here on even a difference of 1 counts as exp() = 0.
  if (to_q5 >= 1073741824.0) return {};
  SoftmaxScaling result;
  result.multiplier = quantize_multiplier(to_q5);
  result.smallest_difference = -input_radius(5, result.multiplier.shift);
  return result;
}

}  // namespace mote
