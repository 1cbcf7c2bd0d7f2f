#include "ops/fixed_point_curves.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "ops/quantized_math.hpp"

namespace mote {

namespace {

constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();

std::int32_t multiply(std::int32_t a, std::int32_t b) { return saturating_rounding_doubling_high_mul(a, b); }

/// x * 2^bits; leaves the type's range at INT32_MAX and INT32_MIN.
std::int32_t saturating_shift_left(std::int32_t x, int bits) {
  if (bits == 0) return x;
  const std::int32_t threshold = (std::int32_t{1} << (31 - bits)) - 1;
  if (x > threshold) return kMax;
  if (x < -threshold) return kMin;
  return wrap_shift_left(x, bits);
}

/// (a + b) / 2, half away from zero.
std::int32_t rounding_half_sum(std::int32_t a, std::int32_t b) {
  const std::int64_t sum = static_cast<std::int64_t>(a) + b;
  return static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/// exp(x) of x in Q0, -1/4 <= x < 0: a Taylor polynomial of degree 4 around -1/8.
std::int32_t exp_on_last_quarter(std::int32_t x) {
  constexpr std::int32_t kExpOfMinusEighth = 1895147668;
  constexpr std::int32_t kThird = 715827883;
  const std::int32_t t = x + (std::int32_t{1} << 28);
  const std::int32_t t2 = multiply(t, t);
  const std::int32_t t3 = multiply(t2, t);
  const std::int32_t t4 = multiply(t2, t2);
  const std::int32_t cubic = wrap_add(rounding_divide_by_power_of_two(t4, 2), t3);
  const std::int32_t rest = rounding_divide_by_power_of_two(wrap_add(multiply(cubic, kThird), t2), 1);
  return wrap_add(kExpOfMinusEighth, multiply(kExpOfMinusEighth, wrap_add(t, rest)));
}

/// 2 / (1 + x) in Q1 of x in Q0, 0 <= x < 1: three steps of Newton's method from 48/17 - 32/17 * (1 + x) / 2.
std::int32_t two_over_one_plus_x(std::int32_t x) {
  const std::int32_t half_denominator = rounding_half_sum(x, kMax);
  std::int32_t result = wrap_add(1515870810, multiply(half_denominator, -1010580540));
  for (int step = 0; step < 3; ++step) {
    const std::int32_t error = wrap_subtract(std::int32_t{1} << 29, multiply(half_denominator, result));
    result = wrap_add(result, saturating_shift_left(multiply(result, error), 2));
  }
  return result;
}

}  // namespace

std::int32_t exp_on_negative_values(std::int32_t x, int integer_bits) {
  // exp(-2^exponent) in Q0.
  constexpr std::pair<int, std::int32_t> kPowers[] = {{-2, 1672461947}, {-1, 1302514674}, {0, 790015084}, {1, 290630308},
                                                      {2, 39332535},    {3, 720401},      {4, 242}};
  if (x == 0) return kMax;
  const std::int32_t quarter = std::int32_t{1} << (29 - integer_bits);
  const std::int32_t within = (x & (quarter - 1)) - quarter;
  const std::int32_t rest = within - x;
  std::int32_t result = exp_on_last_quarter(wrap_shift_left(within, integer_bits));
  for (const auto& [exponent, power] : kPowers) {
    if (exponent < integer_bits && (rest >> (31 - integer_bits + exponent) & 1) != 0) result = multiply(result, power);
  }
  return result;
}

std::int32_t one_over_one_plus_x(std::int32_t x) { return saturating_shift_left(two_over_one_plus_x(x), 1); }

std::int32_t logistic_of_q4(std::int32_t x) {
  if (x == 0) return std::int32_t{1} << 30;
  const std::int32_t positive = one_over_one_plus_x(exp_on_negative_values(-std::abs(x), 4));
  return x > 0 ? positive : kMax - positive;
}

std::int32_t tanh_of_q4(std::int32_t x) {
  if (x == 0) return 0;
  // Read in Q5, the same bits mean twice the number: exp(-2 |x|).
  const std::int32_t exponential = exp_on_negative_values(-std::abs(x), 5);
  // (1 - e) / (1 + e) = 2 / (1 + e) - 1.
  const std::int32_t positive = saturating_shift_left(two_over_one_plus_x(exponential) - (std::int32_t{1} << 29), 2);
  return x > 0 ? positive : -positive;
}

std::int32_t log_of_q12(std::int32_t x) {
  constexpr int kInputBits = 12;
  constexpr int kSumBits = 6;
  constexpr std::int32_t kLogOf2 = 1488522236;
  constexpr std::int32_t kFourthRootOfHalf = 1805811301;
  constexpr std::int32_t kRootOfHalf = 1518500250;
  constexpr std::int32_t kQuarter = std::int32_t{1} << (31 - kSumBits - 2);
  constexpr std::int32_t kNumerator = 117049297;             // 11/240 * 2^(1/4)
  constexpr std::int32_t kDenominatorSquare = 127690142;     // 1/20 * 2^(1/4)
  constexpr std::int32_t kDenominatorConstant = 1057819769;  // 2 / 2^(1/4) - 2^(1/4)
  constexpr std::int32_t kDenominatorLinear = 638450708;     // 1/4 * 2^(1/4)

  // x = 2^k * r, with r around 2^(-1/4) and k a quarter off an integer; of two candidates the one with the smaller r.
  const int zeros = std::countl_zero(static_cast<std::uint32_t>(x));
  const std::int32_t upper = saturating_shift_left(multiply(saturating_shift_left(x, zeros - 1), kRootOfHalf), 1);
  const std::int32_t upper_power = wrap_shift_left(kInputBits - zeros, 31 - kSumBits) + kQuarter;
  const int scaled_zeros = std::countl_zero(static_cast<std::uint32_t>(multiply(x, kRootOfHalf))) - 1;
  const std::int32_t lower = saturating_shift_left(x, scaled_zeros);
  const std::int32_t lower_power = wrap_shift_left(kInputBits - scaled_zeros, 31 - kSumBits) - kQuarter;
  const std::int32_t r = std::min(upper, lower);
  const std::int32_t power = std::max(upper_power, lower_power);

  // log(r * 2^(1/4)) as a rational function.
  const std::int32_t p = rounding_half_sum(r, kFourthRootOfHalf);
  const std::int32_t q = wrap_multiply(2, r - kFourthRootOfHalf);
  const std::int32_t square = multiply(q, q);
  const std::int32_t numerator = wrap_add(multiply(q, r), multiply(multiply(q, square), kNumerator));
  const std::int32_t inner = wrap_add(wrap_add(kDenominatorConstant, q), multiply(kDenominatorSquare, square));
  const std::int32_t denominator = wrap_add(multiply(p, inner), multiply(kDenominatorLinear, q));
  const std::int32_t fraction = multiply(rounding_divide_by_power_of_two(numerator, kSumBits), one_over_one_plus_x(denominator));
  return saturating_shift_left(wrap_add(multiply(power, kLogOf2), fraction), 1);
}

std::int32_t input_radius(int integer_bits, int left_shift) {
  const double largest = std::ldexp(static_cast<double>((1 << integer_bits) - 1), 31 - integer_bits - left_shift);
  return static_cast<std::int32_t>(std::min(std::floor(largest), static_cast<double>(kMax)));
}

const std::array<std::uint16_t, 256>& sigmoid_table() {
  static const std::array<std::uint16_t, 256> table = [] {
    const auto logistic = [](double step) { return 65536.0 / (1.0 + std::exp(-step / 24.0)); };
    std::array<std::uint16_t, 256> made{};
    for (std::size_t i = 0; i < 255; ++i) {
      const auto step = static_cast<double>(i);
      const double lost = logistic(step + 0.5) - (logistic(step) + logistic(step + 1.0)) / 2.0;
      made[i] = static_cast<std::uint16_t>(std::floor(logistic(step) + lost / 2.0 + 0.5));
    }
    made[255] = 65535;
    return made;
  }();
  return table;
}

// Entries of the table are 512 steps apart; sums have 25 fractional bits.
std::int16_t logistic_of_steps(std::int32_t steps) {
  const auto& table = sigmoid_table();
  const std::int32_t size = std::abs(steps);
  const auto index = static_cast<std::size_t>(size >> 9);
  std::int32_t sum = 0x7FFF << 10;
  if (index < 255) sum = (table[index] << 9) + (table[index + 1] - table[index]) * (size & 511);
  return static_cast<std::int16_t>((steps >= 0 ? sum + 512 : (1 << 25) - sum + 511) >> 10);
}

// tanh(x) = 2 logistic(2x) - 1: entries are 256 steps apart; sums have 24 fractional bits, of which 8 go.
std::int16_t tanh_of_steps(std::int32_t steps) {
  const auto& table = sigmoid_table();
  const std::int32_t size = std::abs(steps);
  const auto index = static_cast<std::size_t>(size >> 8);
  std::int32_t sum = 0xFFFF << 8;
  if (index < 255) sum = (table[index] << 8) + (table[index + 1] - table[index]) * (size & 255);
  return static_cast<std::int16_t>((steps >= 0 ? sum - (1 << 23) + 128 : (1 << 23) - sum + 127) >> 8);
}

std::vector<std::int16_t> interpolation_table(float input_scale, std::int32_t input_zero_point, float output_scale,
                                              const std::function<float(float)>& function) {
  constexpr int kSegments = 512;
  const float first = input_scale * static_cast<float>(-32768 - input_zero_point);
  const float last = input_scale * static_cast<float>(32767 - input_zero_point);
  const float lowest = output_scale * -32768.0F;
  const float highest = output_scale * 32767.0F;
  const float step = (last - first) / static_cast<float>(kSegments);
  const float half_step = step / 2.0F;
  const float scale = 65536.0F / (highest - lowest);
  const auto saturate = [](float value) { return static_cast<std::int16_t>(std::clamp(value, -32768.0F, 32767.0F)); };
  std::vector<std::int16_t> table;
  for (int i = 0; i < kSegments; ++i) {
    const float start = first + static_cast<float>(i) * step;
    const float here = std::round(function(start) * scale);
    const float middle = std::round(function(start + half_step) * scale);
    const float next = function(first + static_cast<float>(i + 1) * step) * scale;
    const float error = std::round((next + here) / 2.0F) - middle;
    table.push_back(saturate(here - std::round(error / 2.0F)));
  }
  table.push_back(saturate(std::round(function(last) * scale)));
  return table;
}

std::int16_t interpolate(const std::vector<std::int16_t>& table, std::int16_t x) {
  const auto index = static_cast<std::size_t>(256 + (x >> 7));
  const std::int32_t slope = table[index + 1] - table[index];
  return static_cast<std::int16_t>(table[index] + ((slope * (x & 127) + 64) >> 7));
}

const std::vector<std::int16_t>& exp_table() {
  static const std::vector<std::int16_t> table =
      interpolation_table(10.0F / 65535.0F, 32767, 2.0F / 65535.0F, [](float x) { return std::exp(x); });
  return table;
}

const std::vector<std::int16_t>& reciprocal_table() {
  static const std::vector<std::int16_t> table =
      interpolation_table(1.0F / 65535.0F, -32768, 2.0F / 65535.0F, [](float x) { return 1.0F / (1.0F + x); });
  return table;
}

}  // namespace mote
