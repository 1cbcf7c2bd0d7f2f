#include "ops/sum_int8.hpp"

#include <algorithm>
#include <cmath>

namespace mote {

namespace {

constexpr int kValues = 256;

/// The outputs of every pair of inputs, by a + 128 and b + 128.
std::vector<std::int8_t> all_sums(const NodeView& node, const SumScaling& scaling, int sign, std::int32_t low,
                                  std::int32_t high) {
  const auto scaled = [&](int i, const Multiplier& by) {
    std::vector<std::int32_t> values;
    for (int v = -128; v < 128; ++v) {
      values.push_back(requantize(wrap_multiply(v - node.input(i).zero_point(), std::int32_t{1} << scaling.left_shift), by));
    }
    return values;
  };
  const auto left = scaled(0, scaling.a);
  const auto right = scaled(1, scaling.b);
  std::vector<std::int8_t> sums;
  sums.reserve(std::size_t{kValues} * kValues);
  for (const std::int32_t a : left) {
    for (const std::int32_t b : right) {
      const std::int32_t sum = requantize(a + sign * b, scaling.output) + node.output().zero_point();
      sums.push_back(static_cast<std::int8_t>(std::clamp(sum, low, high)));
    }
  }
  return sums;
}

/// What each input adds, in units of 2^-shift.
std::vector<std::int64_t> parts(std::int32_t factor) {
  std::vector<std::int64_t> result;
  for (std::int64_t v = -128; v < 128; ++v) result.push_back((256 * v * factor) >> 16);
  return result;
}

/// The offset by which these factors give all sums.
std::optional<std::int32_t> fit_offset(const std::vector<std::int8_t>& wanted, const OneShiftSum& sum, std::int32_t low,
                                       std::int32_t high) {
  const auto left = parts(sum.a_factor);
  const auto right = parts(sum.b_factor);
  const auto [left_least, left_most] = std::ranges::minmax(left);
  const auto [right_least, right_most] = std::ranges::minmax(right);
  // No step of the sum may overflow.
  std::int64_t least = INT32_MIN - std::min(left_least, left_least + right_least);
  std::int64_t most = INT32_MAX - std::max(left_most, left_most + right_most);
  const std::int64_t unit = std::int64_t{1} << sum.shift;
  std::size_t i = 0;
  for (const std::int64_t a : left) {
    for (const std::int64_t b : right) {
      const std::int64_t output = wanted[i++];
      if (output > low) least = std::max(least, output * unit - a - b);
      if (output < high) most = std::min(most, (output + 1) * unit - 1 - a - b);
      if (least > most) return std::nullopt;
    }
  }
  return static_cast<std::int32_t>(least + (most - least) / 2);
}

}  // namespace

std::optional<OneShiftSum> fit_one_shift_sum(const NodeView& node, int sign, Activation activation) {
  const SumScaling scaling = sum_scaling(node);
  const auto [low, high] = activation_range(activation, node.output());
  if (low == high) return std::nullopt;
  const auto real = [](const Multiplier& m) { return std::ldexp(m.multiplier, m.shift - 31); };
  const double a = std::ldexp(real(scaling.a) * real(scaling.output), scaling.left_shift);
  const double b = std::ldexp(real(scaling.b) * real(scaling.output), scaling.left_shift) * sign;
  const auto wanted = all_sums(node, scaling, sign, low, high);
  for (int shift = 22; shift >= 18; --shift) {
    const double unit = std::ldexp(1.0, shift + 8);
    if (std::max(std::abs(a), std::abs(b)) * unit >= INT32_MAX / 2) continue;
    // Where sums lie halfway between outputs, a slope that is a little steeper rounds them away from zero.
    for (const double tilt : {0.0, 1.0, -1.0, 4.0, -4.0, 16.0, -16.0, 64.0}) {
      const double factor = unit * (1 + std::ldexp(tilt, -26));
      OneShiftSum sum{static_cast<std::int32_t>(std::lround(a * factor)), static_cast<std::int32_t>(std::lround(b * factor)), 0,
                      shift};
      if (const auto offset = fit_offset(wanted, sum, low, high)) {
        sum.offset = *offset;
        return sum;
      }
    }
  }
  return std::nullopt;
}

bool sum_int8_applies(const NodeView& node, int sign, Activation activation) {
  return node.output().type == DataType::kInt8 && node.input(0).shape == node.input(1).shape &&
         fit_one_shift_sum(node, sign, activation).has_value();
}

double sum_int8_cycles(const NodeView& node) { return 8.0 * static_cast<double>(node.output().elements()); }

KernelCall lower_sum_int8(const NodeView& node, int sign, Activation activation) {
  const OneShiftSum sum = fit_one_shift_sum(node, sign, activation).value();
  const auto [lowest, highest] = activation_range(activation, node.output());
  KernelCall call("sum_int8", "sum_int8");
  call.set("count", node.output().elements()).set("clamp_min", lowest).set("clamp_max", highest);
  call.set("a_factor", sum.a_factor).set("b_factor", sum.b_factor).set("offset", sum.offset).set("shift", sum.shift);
  return pass_operands(std::move(call), node);
}

}  // namespace mote
