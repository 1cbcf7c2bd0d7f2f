#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ops/weighted.hpp"

namespace mote {

/// What all channels of an operator have in common in the requantization below.
struct ThresholdForm {
  int sum_bits = 8, shift = 12;
  /// Part of the operator's sum that the offset is to contain: the sum of the requantization is what is left without it.
  std::int32_t bias = 0;
};

/// Requantization in three instructions: `saturate_to_int8(high(2^sum_bits * sum + offset, multiplier) >> shift)`, where high is
/// the upper word of the product, followed by the operator's clamp if that is narrower than int8.
struct ThresholdScaling {
  std::int32_t multiplier = 0, offset = 0;
  bool operator==(const ThresholdScaling&) const = default;
};

/// Numbers that give `finish`'s output of channel `channel` for every sum in [low, high], without the form's bias, or nothing.
///
/// Outputs grow with sums, so each way of requantizing is given by its thresholds: the smallest sum that reaches each output.
/// Equal thresholds are a proof. They exist for nearly every channel whose clamp is the zero point (rectified), and for no other
/// as a rule: gemmlowp rounds halves away from zero.
std::optional<ThresholdScaling> fit_thresholds(std::int64_t low, std::int64_t high, const Finish& finish, std::size_t channel,
                                               ThresholdForm form = {});

/// The smallest sum, of those from low to high without `bias`, whose output is at least `output`; high + 1 when none is.
struct Threshold {
  std::int64_t output, sum;
};

/// Those of every output that the clamp allows but its least. Outputs have to grow with sums.
std::vector<Threshold> thresholds(std::int64_t low, std::int64_t high, const Finish& finish, std::size_t channel,
                                  std::int32_t bias);

/// The most `form.shift` may be for this channel's multiplier to fit into 32 bits; that gives the finest thresholds.
int most_threshold_shift(const Finish& finish, std::size_t channel, int sum_bits);

/// The numbers that give `value` for the sum 0.
ThresholdScaling constant_threshold_scaling(std::int32_t value, ThresholdForm form = {});

}  // namespace mote
