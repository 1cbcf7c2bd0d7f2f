#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// Curves in 32-bit fixed point, bit-exact with gemmlowp's and TensorFlow Lite's. Qn is a number with n integer bits and 31 - n
// fractional ones. Not templates: all layers share one copy.

/// Bits above the highest one; x is not 0.
MOTE_INLINE int leading_zeros(uint32_t x) {
  int zeros = 0;
  for (; (x >> 31) == 0; x <<= 1) ++zeros;
  return zeros;
}

/// x * 2^bits for x >= 0, at most INT32_MAX.
MOTE_INLINE int32_t saturating_shift_left(int32_t x, int bits) {
  return x > (INT32_MAX >> bits) ? INT32_MAX : shift_left(x, bits);
}

/// exp(x) in Q0 of x <= 0 in Q5: a polynomial within the last quarter, times powers of exp(-1/4) for the rest.
MOTE_FUNCTION int32_t exp_of_q5(int32_t x) {
  constexpr int32_t kExpOfMinusEighth = 1895147668;
  constexpr int32_t kThird = 715827883;
  constexpr int32_t kQuarter = 1 << 24;
  static constexpr int32_t kPowers[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (x == 0) return INT32_MAX;
  const int32_t within = (x & (kQuarter - 1)) - kQuarter;
  const int32_t t = shift_left(within, 5) + (1 << 28);
  const int32_t t2 = doubling_high_multiply(t, t);
  const int32_t t3 = doubling_high_multiply(t2, t);
  const int32_t t4 = doubling_high_multiply(t2, t2);
  const int32_t cubic = doubling_high_multiply(rounding_shift_right(t4, 2) + t3, kThird);
  int32_t result = kExpOfMinusEighth + doubling_high_multiply(kExpOfMinusEighth, t + rounding_shift_right(cubic + t2, 1));
  uint32_t quarters = static_cast<uint32_t>(within - x) >> 24;
  for (const int32_t* power = kPowers; quarters != 0; quarters >>= 1, ++power) {
    if ((quarters & 1) != 0) result = doubling_high_multiply(result, *power);
  }
  return result;
}

/// 1 / (1 + x) in Q0 of x in Q0, 0 <= x < 1, by Newton's method.
MOTE_FUNCTION int32_t one_over_one_plus_x(int32_t x) {
  const int32_t half_denominator = (x >> 1) + (1 << 30);
  int32_t result = 1515870810 + doubling_high_multiply(half_denominator, -1010580540);
  for (int step = 0; step < 3; ++step) {
    const int32_t error = (1 << 29) - doubling_high_multiply(half_denominator, result);
    result += shift_left(doubling_high_multiply(result, error), 2);
  }
  return saturating_shift_left(result, 1);
}

/// log(x) in Q5 of x >= 1 in Q12.
MOTE_FUNCTION int32_t log_of_q12(int32_t x) {
  constexpr int32_t kLogOf2 = 1488522236;
  constexpr int32_t kFourthRootOfHalf = 1805811301;
  constexpr int32_t kRootOfHalf = 1518500250;
  constexpr int32_t kQuarterInQ6 = 1 << 23;
  // x = 2^k * r with r near 2^(-1/4), k a quarter off an integer; of two candidates the smaller r and the larger k.
  const int zeros = leading_zeros(static_cast<uint32_t>(x)) - 1;
  const int32_t upper = saturating_shift_left(doubling_high_multiply(shift_left(x, zeros), kRootOfHalf), 1);
  const int32_t upper_power = shift_left(11 - zeros, 25) + kQuarterInQ6;
  const int scaled_zeros = leading_zeros(static_cast<uint32_t>(doubling_high_multiply(x, kRootOfHalf))) - 1;
  const int32_t lower = saturating_shift_left(x, scaled_zeros);
  const int32_t lower_power = shift_left(12 - scaled_zeros, 25) - kQuarterInQ6;
  const int32_t r = smaller(upper, lower);
  const int32_t power = larger(upper_power, lower_power);
  // log(r * 2^(1/4)) as a rational function.
  const int32_t q = 2 * (r - kFourthRootOfHalf);
  const int32_t p = r + ((kFourthRootOfHalf - r + 1) >> 1);
  const int32_t square = doubling_high_multiply(q, q);
  const int32_t numerator = doubling_high_multiply(q, r) + doubling_high_multiply(doubling_high_multiply(q, square), 117049297);
  const int32_t inner = 1057819769 + q + doubling_high_multiply(127690142, square);
  const int32_t denominator = doubling_high_multiply(p, inner) + doubling_high_multiply(638450708, q);
  const int32_t fraction = doubling_high_multiply(rounding_shift_right(numerator, 6), one_over_one_plus_x(denominator));
  return shift_left(doubling_high_multiply(power, kLogOf2) + fraction, 1);
}

}  // namespace mote
