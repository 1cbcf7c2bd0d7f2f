#include "ops/threshold_scaling.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace mote {

namespace {

/// The furthest shift with which every output can be the upper word of a product.
constexpr int kMostShift = 22;

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }

/// An offset with which `multiplier` has the same thresholds.
std::optional<std::int64_t> fit_offset(const std::vector<Threshold>& wanted, std::int64_t low, std::int64_t high,
                                       std::int64_t multiplier, ThresholdForm form) {
  const std::int64_t unit = std::int64_t{1} << form.sum_bits;
  // Neither may unit * sum + offset overflow.
  std::int64_t least = INT32_MIN - unit * low;
  std::int64_t most = INT32_MAX - unit * high;
  for (const Threshold& each : wanted) {
    // The output is reached where unit * sum + offset >= reach.
    const std::int64_t reach = divide_up(each.output * (std::int64_t{1} << (32 + form.shift)), multiplier);
    if (each.sum <= high) least = std::max(least, reach - unit * each.sum);
    if (each.sum > low) most = std::min(most, reach - unit * (each.sum - 1) - 1);
    if (least > most) return std::nullopt;
  }
  const std::int64_t offset = least + (most - least) / 2;
  if (offset < INT32_MIN || offset > INT32_MAX) return std::nullopt;
  return offset;
}

/// A multiplier with which `offset` has the same thresholds.
std::optional<std::int64_t> fit_multiplier(const std::vector<Threshold>& wanted, std::int64_t low, std::int64_t high,
                                           std::int64_t offset, ThresholdForm form) {
  const std::int64_t unit = std::int64_t{1} << form.sum_bits;
  std::int64_t least = 1;
  std::int64_t most = INT32_MAX;
  // multiplier * factor >= bound
  const auto require = [&](std::int64_t factor, std::int64_t bound) {
    if (factor > 0) {
      least = std::max(least, divide_up(bound, factor));
    } else if (factor < 0) {
      most = std::min(most, -divide_up(bound, -factor));
    } else if (bound > 0) {
      most = 0;
    }
  };
  for (const Threshold& each : wanted) {
    const std::int64_t reach = each.output * (std::int64_t{1} << (32 + form.shift));
    if (each.sum <= high) require(unit * each.sum + offset, reach);
    if (each.sum > low) require(-(unit * (each.sum - 1) + offset), 1 - reach);
    if (least > most) return std::nullopt;
  }
  return least + (most - least) / 2;
}

/// Every offset there can be: the sum that reaches the output 0 tells it up to the weight of one.
std::optional<ThresholdScaling> search_offsets(const std::vector<Threshold>& wanted, std::int64_t low, std::int64_t high,
                                               ThresholdForm form) {
  const std::int64_t unit = std::int64_t{1} << form.sum_bits;
  const auto zero = std::ranges::find(wanted, 0, &Threshold::output);
  if (zero == wanted.end() || zero->sum <= low || zero->sum > high) return std::nullopt;
  const std::int64_t first = std::max(-unit * zero->sum, INT32_MIN - unit * low);
  const std::int64_t last = std::min(-unit * zero->sum + unit - 1, INT32_MAX - unit * high);
  for (std::int64_t offset = first; offset <= last; ++offset) {
    if (offset < INT32_MIN || offset > INT32_MAX) continue;
    if (const auto multiplier = fit_multiplier(wanted, low, high, offset, form)) {
      return ThresholdScaling{static_cast<std::int32_t>(*multiplier), static_cast<std::int32_t>(offset)};
    }
  }
  return std::nullopt;
}

std::optional<ThresholdScaling> fit(std::int64_t low, std::int64_t high, const Finish& finish, std::size_t channel,
                                    ThresholdForm form) {
  const std::int64_t largest_sum = std::int64_t{INT32_MAX} >> form.sum_bits;
  const Multiplier& by = finish.multiplier(channel);
  if (low < -largest_sum || high > largest_sum || form.shift > kMostShift) return std::nullopt;
  if (low == 0 && high == 0) return constant_threshold_scaling(finish.apply<std::int8_t>(form.bias, channel), form);
  // Outputs grow with sums unless a shift to the left wraps.
  const std::int64_t limit = (std::int64_t{1} << 31) >> std::max(by.shift, 0);
  if (low + form.bias <= -limit || high + form.bias >= limit) return std::nullopt;
  const double exact = std::ldexp(by.multiplier, by.shift + 1 - form.sum_bits + form.shift);
  if (exact < 1 || exact > INT32_MAX) return std::nullopt;
  const auto wanted = thresholds(low, high, finish, channel, form.bias);
  const auto center = static_cast<std::int64_t>(std::llround(exact));
  const std::int64_t step = std::max<std::int64_t>(1, center >> 24);
  constexpr std::int64_t kTries = 1024;
  for (std::int64_t i = 0; i < kTries; ++i) {
    const std::int64_t multiplier = center + (i % 2 == 0 ? i / 2 : -(i + 1) / 2) * step;
    if (multiplier <= 0 || multiplier > INT32_MAX) continue;
    if (const auto offset = fit_offset(wanted, low, high, multiplier, form)) {
      return ThresholdScaling{static_cast<std::int32_t>(multiplier), static_cast<std::int32_t>(*offset)};
    }
  }
  return search_offsets(wanted, low, high, form);
}

}  // namespace

std::vector<Threshold> thresholds(std::int64_t low, std::int64_t high, const Finish& finish, std::size_t channel,
                                  std::int32_t bias) {
  std::vector<Threshold> result;
  std::int64_t from = low;
  for (std::int64_t output = finish.range().first + 1; output <= finish.range().second; ++output) {
    std::int64_t to = high + 1;
    while (from < to) {
      const std::int64_t middle = from + (to - from) / 2;
      if (finish.apply<std::int8_t>(static_cast<std::int32_t>(middle + bias), channel) >= output) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    result.push_back({output, from});
  }
  return result;
}

std::optional<ThresholdScaling> fit_thresholds(std::int64_t low, std::int64_t high, const Finish& finish, std::size_t channel,
                                               ThresholdForm form) {
  // Several rows of an operator ask the same, before and while they are chosen.
  using Question = std::array<std::int64_t, 9>;
  static thread_local std::map<Question, std::optional<ThresholdScaling>> answers;
  constexpr std::size_t kMostAnswers = 1 << 16;
  if (answers.size() > kMostAnswers) answers.clear();
  const Multiplier& by = finish.multiplier(channel);
  const auto [least, most] = finish.range();
  const Question question{
      low, high, by.multiplier, by.shift, finish.zero_point(), least, most, form.bias, form.sum_bits * 64 + form.shift};
  const auto found = answers.find(question);
  if (found != answers.end()) return found->second;
  return answers[question] = fit(low, high, finish, channel, form);
}

int most_threshold_shift(const Finish& finish, std::size_t channel, int sum_bits) {
  return sum_bits - 1 - finish.multiplier(channel).shift;
}

ThresholdScaling constant_threshold_scaling(std::int32_t value, ThresholdForm form) {
  // With this multiplier 2^(shift + 2) of the offset are one step of the output; the offset is the middle of a step.
  const std::int32_t step = std::int32_t{1} << (form.shift + 2);
  return {std::int32_t{1} << 30, value * step + step / 2};
}

}  // namespace mote
