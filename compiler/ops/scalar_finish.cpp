#include "ops/scalar_finish.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

#include "ops/scalar_matrix.hpp"
#include "ops/threshold_scaling.hpp"

namespace mote {

namespace {

/// (sum * high + (sum * low >> split) + offset) >> shift, which is (sum * (high * 2^split + low) + offset * 2^split) >> (split +
/// shift): it grows with the sum.
struct SplitScaling {
  std::int32_t high = 0, low = 0, offset = 0, split = 0, shift = 0;
};

/// No part leaves 32 bits for a sum of at most `size`: neither products nor the sum of all three, in any order.
bool fits(const SplitScaling& by, std::int64_t size) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const std::int64_t low = size * by.low;
  return low <= kMost && size * by.high + (low >> by.split) + 1 + std::abs(std::int64_t{by.offset}) <= kMost;
}

/// An offset with which `multiplier` has the wanted thresholds.
std::optional<SplitScaling> with_multiplier(const std::vector<Threshold>& wanted, std::int64_t low, std::int64_t high,
                                            std::int64_t multiplier, int split, int shift) {
  const std::int64_t unit = std::int64_t{1} << split;
  std::int64_t least = std::numeric_limits<std::int32_t>::min();
  std::int64_t most = std::numeric_limits<std::int32_t>::max();
  for (const Threshold& each : wanted) {
    // The output is reached where offset * unit >= reach - sum * multiplier.
    const std::int64_t reach = each.output * (std::int64_t{1} << (split + shift));
    if (each.sum <= high) least = std::max(least, (reach - each.sum * multiplier + unit - 1) >> split);
    if (each.sum > low) most = std::min(most, ((reach - (each.sum - 1) * multiplier + unit - 1) >> split) - 1);
    if (least > most) return std::nullopt;
  }
  return SplitScaling{static_cast<std::int32_t>(multiplier >> split), static_cast<std::int32_t>(multiplier & (unit - 1)),
                      static_cast<std::int32_t>(least + (most - least) / 2), split, shift};
}

/// Only for outputs that are rectified: gemmlowp's second rounding is away from zero, so others hardly ever have such numbers.
std::optional<SplitScaling> fit(std::int64_t low, std::int64_t high, std::int32_t bias, const Finish& finish, std::size_t row) {
  if (finish.zero_point() != finish.range().first) return std::nullopt;
  const std::int64_t size = std::max({-low, high, std::int64_t{1}});
  const int split = std::min(31 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(size))), 16);
  const Multiplier& by = finish.multiplier(row);
  const auto wanted = thresholds(low, high, finish, row, bias);
  constexpr int kMostShift = 24;
  constexpr int kShifts = 3;
  int shifts = 0;
  for (int shift = kMostShift; shift > 0 && shifts < kShifts; --shift) {
    const int left = split + shift + by.shift - 31;
    if (left > 0 || left < -62) continue;
    const std::int64_t center = std::int64_t{by.multiplier} >> -left;
    if (size * (center >> split) > std::numeric_limits<std::int32_t>::max() || center == 0) continue;
    ++shifts;
    constexpr std::int64_t kTries = 256;
    for (std::int64_t i = 0; i < kTries; ++i) {
      const std::int64_t multiplier = center + (i % 2 == 0 ? i / 2 : -(i + 1) / 2);
      if (multiplier <= 0) continue;
      const auto scaling = with_multiplier(wanted, low, high, multiplier, split, shift);
      if (scaling && fits(*scaling, size)) return scaling;
    }
  }
  return std::nullopt;
}

}  // namespace

std::array<std::int32_t, 4> scalar_finish(std::int64_t low, std::int64_t high, std::int32_t bias, std::int32_t corrections,
                                          const Finish& finish, std::size_t row) {
  const auto exact = scalar_scaling(low + bias, high + bias, finish, row);
  if (!exact) throw std::logic_error("scalar_finish: the row has no exact scaling");
  const std::int32_t count = corrections << 16;
  if (const auto fitted = fit(low, high, bias, finish, row)) {
    return {fitted->high, fitted->low, fitted->offset, fitted->shift + (fitted->split << 8) + count};
  }
  return {bias, exact->multiplier, exact->offset + (std::int32_t{1} << 15),
          exact->shift + count + std::numeric_limits<std::int32_t>::min()};
}

}  // namespace mote
