#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "ops/weighted.hpp"

namespace mote {

// What is proven about a row of an int8 matrix before a kernel of packed weights runs it.

/// What a row's sum can be for int8 inputs.
struct RowSums {
  std::int64_t low, high;
  /// Every value v has |v| < 2^bits.
  bool fits(int bits) const { return -(std::int64_t{1} << bits) < low && high < (std::int64_t{1} << bits); }
};
RowSums row_sums(std::span<const std::int8_t> weights, std::int32_t bias);

/// The three numbers that turn a doubled sum a into an output: (high(a * multiplier) + offset + (a < 0 ? -1 : 0)) >> shift,
/// saturated to int8, where high rounds.
struct RowScaling {
  std::int32_t multiplier = 0, offset = 1, shift = 1;
};

/// Numbers that give gemmlowp's result for every sum in the interval, or nothing.
std::optional<RowScaling> row_scaling(RowSums sums, const Finish& finish, std::size_t row);

/// Numbers that give `value` for the sum 0. `shift` is at least 1 and at most 21.
RowScaling constant_scaling(std::int32_t value, std::int32_t shift = 1);

/// The output when it is the same for every sum in the interval.
std::optional<std::int32_t> constant_output(RowSums sums, const Finish& finish, std::size_t row);

/// Two halfwords in a word.
std::int32_t halfword_pair(std::int32_t low, std::int32_t high);

}  // namespace mote
