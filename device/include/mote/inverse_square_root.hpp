#pragma once

#include "mote/fixed_point_curves.hpp"

namespace mote {

/// A number in TensorFlow Lite's fixed point: multiplier / 2^31 * 2^shift.
struct FixedMultiplier {
  int32_t multiplier;
  int shift;
};

/// A number in Q3 whose value in Q`3 + bits` is x, saturating.
MOTE_INLINE int32_t back_to_q3(int32_t x, int bits) {
  return x < 0 ? -saturating_shift_left(-x, bits) : saturating_shift_left(x, bits);
}

/// 1 / sqrt(x) for x > 0 by five steps of Newton's method in Q3, bit-exact with TensorFlow Lite's integer kernels.
MOTE_FUNCTION FixedMultiplier inverse_square_root(int32_t x) {
  if (x <= 1) return {INT32_MAX, 0};
  int shift = 11;
  for (; x >= (1 << 29); x /= 4) ++shift;
  const int pairs = (leading_zeros(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  const int32_t half = rounding_shift_right((x << (2 * pairs)) >> 1, 1);
  int32_t y = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const int32_t cube = back_to_q3(doubling_high_multiply(doubling_high_multiply(y, y), y), 6);
    y = back_to_q3(doubling_high_multiply(y, 3 << 27) - doubling_high_multiply(half, cube), 3);
  }
  y = doubling_high_multiply(y, 1518500250);
  return shift < 0 ? FixedMultiplier{shift_left(y, -shift), 0} : FixedMultiplier{y, -shift};
}

/// RSQRT of int16: what is not above 0 gives the largest value. The output may be the input.
template <typename L>
MOTE_KERNEL void rsqrt_int16(const int16_t* in, int16_t* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    if (in[i] <= 0) {
      out[i] = INT16_MAX;
      continue;
    }
    const FixedMultiplier root = inverse_square_root(in[i]);
    const int32_t fine = requantize(int32_t{1}, root.multiplier, root.shift + 20);
    out[i] = static_cast<int16_t>(clamp<int32_t>(requantize(fine, L::multiplier, L::shift), INT16_MIN, INT16_MAX));
  }
}

}  // namespace mote
