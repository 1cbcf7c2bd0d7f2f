#include "ops/row_scaling.hpp"

#include <algorithm>

namespace mote {

RowSums row_sums(std::span<const std::int8_t> weights, std::int32_t bias) {
  RowSums sum{bias, bias};
  for (const std::int64_t weight : weights) {
    sum.low += std::min(weight * -128, weight * 127);
    sum.high += std::max(weight * -128, weight * 127);
  }
  return sum;
}

// With a shift right by e >= 1, gemmlowp's second rounding of x is (x + 2^(e-1) - (x < 0)) >> e. The sum's sign may stand for
// that of x: they differ only where x is 0 and the sum negative, and then both give 0.
std::optional<RowScaling> row_scaling(RowSums sums, const Finish& finish, std::size_t row) {
  const Multiplier& by = finish.multiplier(row);
  const std::int32_t right = -by.shift;
  constexpr std::int32_t kMostShift = 21;  // keeps the offset below 2^29
  if (!sums.fits(30) || right < 1 || right > kMostShift) return std::nullopt;
  return RowScaling{by.multiplier, (2 * finish.zero_point() + 1) * (std::int32_t{1} << (right - 1)), right};
}

RowScaling constant_scaling(std::int32_t value, std::int32_t shift) {
  return {0, (2 * value + 1) * (std::int32_t{1} << (shift - 1)), shift};
}

// Outputs grow with sums unless these wrap or are shifted left.
std::optional<std::int32_t> constant_output(RowSums sums, const Finish& finish, std::size_t row) {
  if (!sums.fits(31) || finish.multiplier(row).shift > 0) return std::nullopt;
  const auto output = [&](std::int64_t sum) { return finish.apply<std::int8_t>(static_cast<std::int32_t>(sum), row); };
  if (output(sums.low) != output(sums.high)) return std::nullopt;
  return output(sums.low);
}

std::int32_t halfword_pair(std::int32_t low, std::int32_t high) {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(low) & 0xFFFFU) | (static_cast<std::uint32_t>(high) << 16));
}

}  // namespace mote
