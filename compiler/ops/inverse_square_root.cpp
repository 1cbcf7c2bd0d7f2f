#include "ops/inverse_square_root.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace mote {

Multiplier inverse_square_root(std::int32_t x) {
  if (x <= 1) return {std::numeric_limits<std::int32_t>::max(), 0};
  constexpr std::int32_t kOneAndHalf = (1 << 28) + (1 << 27);
  constexpr std::int32_t kRootOfHalf = 1518500250;
  const auto multiply = saturating_rounding_doubling_high_mul;
  // The product of two numbers in Q3 is in Q6, that of three in Q9; both come back to Q3, saturating.
  const auto to_q3 = [](std::int32_t value, int integer_bits) {
    const std::int64_t wide = std::int64_t{value} * (std::int64_t{1} << (integer_bits - 3));
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(wide, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
  };
  int shift = 11;
  for (; x >= (1 << 29); x /= 4) ++shift;
  const int pairs = (std::countl_zero(static_cast<std::uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  const std::int32_t half = rounding_divide_by_power_of_two((x << (2 * pairs)) >> 1, 1);
  std::int32_t y = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const std::int32_t cube = to_q3(multiply(multiply(y, y), y), 9);
    y = to_q3(multiply(kOneAndHalf, y) - multiply(half, cube), 6);
  }
  y = multiply(y, kRootOfHalf);
  if (shift < 0) {
    y = wrap_shift_left(y, -shift);
    shift = 0;
  }
  return {y, -shift};
}

}  // namespace mote
