#pragma once

#include "mote/fixed_point_curves.hpp"
#include "mote/lookup.hpp"

namespace mote {

// SOFTMAX over rows of L::depth values. The output may be the input when both have one type.

template <typename L>
MOTE_KERNEL void softmax_float(const float* in, float* out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    float largest = in[0];
    for (int32_t i = 1; i < L::depth; ++i) largest = larger(largest, in[i]);
    float sum = 0.0F;
    for (int32_t i = 0; i < L::depth; ++i) {
      out[i] = expf((in[i] - largest) * L::beta);
      sum += out[i];
    }
    for (int32_t i = 0; i < L::depth; ++i) out[i] /= sum;
  }
}

/// How a difference to the row's largest value becomes an exponent in Q5; below smallest_difference exp() counts as 0.
struct SoftmaxExponent {
  int32_t multiplier;
  int32_t shift;
  int32_t smallest_difference;

  /// In Q0.
  int32_t exponential(int32_t difference) const {
    return exp_of_q5(doubling_high_multiply(shift_left(difference, shift), multiplier));
  }
  /// In Q12.
  int32_t sum(const int8_t* row, int32_t depth, int32_t largest) const {
    uint32_t result = 0;
    for (int32_t i = 0; i < depth; ++i) {
      const int32_t difference = row[i] - largest;
      if (difference >= smallest_difference) result += static_cast<uint32_t>(rounding_shift_right(exponential(difference), 12));
    }
    return static_cast<int32_t>(result);
  }
};

MOTE_INLINE int32_t largest_of(const int8_t* row, int32_t depth) {
  int32_t largest = row[0];
  for (int32_t i = 1; i < depth; ++i) largest = larger<int32_t>(largest, row[i]);
  return largest;
}

/// All layers of one output type share this.
template <typename Output>
MOTE_KERNEL void softmax_rows(const int8_t* in, Output* out, int32_t rows, int32_t depth, const SoftmaxExponent& exponent) {
  constexpr int kBits = 8 * static_cast<int>(sizeof(Output));
  constexpr int32_t kLowest = -(1 << (kBits - 1));
  for (; rows > 0; --rows, in += depth, out += depth) {
    const int32_t largest = largest_of(in, depth);
    const uint32_t sum = static_cast<uint32_t>(exponent.sum(in, depth, largest));
    const int zeros = leading_zeros(sum);
    const int32_t inverse = one_over_one_plus_x(static_cast<int32_t>((sum << zeros) - (uint32_t{1} << 31)));
    const int shift = 12 - zeros + 31 - kBits;
    for (int32_t i = 0; i < depth; ++i) {
      const int32_t difference = in[i] - largest;
      int32_t result = kLowest;
      if (difference >= exponent.smallest_difference && shift < 32) {
        result += rounding_shift_right(doubling_high_multiply(inverse, exponent.exponential(difference)), shift);
      }
      out[i] = static_cast<Output>(smaller(result, -kLowest - 1));
    }
  }
}

/// int8 to int8 (scale 1/256, zero point -128) or int16 (scale 1/65536, zero point -32768).
template <typename L>
MOTE_KERNEL void softmax_int8(const int8_t* in, typename L::Output* out) {
  softmax_rows(in, out, L::rows, L::depth, SoftmaxExponent{L::multiplier, L::shift, L::smallest_difference});
}

/// The same from a table: entry n is exp() in Q0 of a difference of -n; what lies further below counts as 0.
template <typename L>
MOTE_KERNEL void softmax_int8_lookup(const int8_t* in, const int32_t* exponentials, typename L::Output* out) {
  constexpr int kBits = 8 * static_cast<int>(sizeof(typename L::Output));
  constexpr int32_t kLowest = -(1 << (kBits - 1));
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    const int32_t largest = largest_of(in, L::depth);
    uint32_t sum = 0;
    for (int32_t i = 0; i < L::depth; ++i) {
      const int32_t steps = largest - in[i];
      if (steps < L::entries) sum += static_cast<uint32_t>(rounding_shift_right(exponentials[steps], 12));
    }
    const int zeros = leading_zeros(sum);
    const int32_t inverse = one_over_one_plus_x(static_cast<int32_t>((sum << zeros) - (uint32_t{1} << 31)));
    const int shift = 12 - zeros + 31 - kBits;
    for (int32_t i = 0; i < L::depth; ++i) {
      const int32_t steps = largest - in[i];
      int32_t result = kLowest;
      if (steps < L::entries && shift < 32) {
        result += rounding_shift_right(doubling_high_multiply(inverse, exponentials[steps]), shift);
      }
      out[i] = static_cast<typename L::Output>(smaller(result, -kLowest - 1));
    }
  }
}

/// int16, output scale 2^-15. Tables of 513 points: exp(x) for -10..0 and 1 / (1 + x) for 0..1.
template <typename L>
MOTE_KERNEL void softmax_int16(const int16_t* in, const int16_t* exp_table, const int16_t* reciprocal_table, int16_t* out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    int32_t largest = in[0];
    for (int32_t i = 1; i < L::depth; ++i) largest = larger<int32_t>(largest, in[i]);
    const auto exponential = [&](int32_t x) {
      const int32_t scaled = wrap_add(requantize(x - largest, L::multiplier, L::shift), INT16_MAX);
      return interpolate(exp_table, clamp<int32_t>(scaled, INT16_MIN, INT16_MAX));
    };
    int32_t sum = 0;
    for (int32_t i = 0; i < L::depth; ++i) sum += exponential(in[i]);
    const int zeros = leading_zeros(static_cast<uint32_t>(sum));
    // The sum's bits behind the leading one, as int16.
    const int32_t fraction = (((sum << (zeros - 1)) - (1 << 30) + (1 << 13)) >> 14) - (1 << 15);
    const int32_t inverse = interpolate(reciprocal_table, smaller<int32_t>(fraction, INT16_MAX));
    for (int32_t i = 0; i < L::depth; ++i) {
      const int32_t share = (exponential(in[i]) * inverse + (1 << (30 - zeros))) >> (31 - zeros);
      out[i] = static_cast<int16_t>(clamp<int32_t>(share, 0, INT16_MAX));
    }
  }
}

}  // namespace mote
