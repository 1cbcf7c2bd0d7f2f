#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// What the kernels with weights share: a sum in L::Sum becomes an output.

/// sum + a * b; int32 wraps.
MOTE_INLINE float multiply_add(float sum, float a, float b) { return sum + a * b; }
MOTE_INLINE int32_t multiply_add(int32_t sum, int32_t a, int32_t b) { return wrap_add(sum, wrap_multiply(a, b)); }
MOTE_INLINE int64_t multiply_add(int64_t sum, int64_t a, int64_t b) { return sum + a * b; }

/// Scales a sum, adds the zero point and clamps: L states `Output`, `output_zero_point`, `clamp_min`, `clamp_max`.
template <typename L, typename Sum>
MOTE_INLINE typename L::Output finish(Sum sum, int32_t multiplier, int shift) {
  const int32_t scaled = wrap_add(requantize(sum, multiplier, shift), L::output_zero_point);
  return static_cast<typename L::Output>(clamp(scaled, L::clamp_min, L::clamp_max));
}

/// Output channel c, whose multiplier and shift stand in tables; float32 is clamped only.
template <typename L, typename Sum>
MOTE_INLINE typename L::Output finish_channel(Sum sum, int32_t c, const int32_t* multipliers, const int8_t* shifts) {
  if constexpr (SameType<Sum, float>::value) {
    (void)c, (void)multipliers, (void)shifts;
    return clamp(sum, L::clamp_min, L::clamp_max);
  } else {
    return finish<L>(sum, multipliers[c], shifts[c]);
  }
}

/// The bias of output channel c as a sum, 0 where there is none.
template <typename L, typename Bias>
MOTE_INLINE typename L::Sum bias_of(const Bias* bias, int32_t c) {
  if constexpr (L::has_bias) {
    return bias[c];
  } else {
    (void)bias, (void)c;
    return 0;
  }
}

}  // namespace mote
