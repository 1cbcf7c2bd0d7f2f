#pragma once

#include "mote/exact_float.hpp"

namespace mote {

/// Neither NaN nor infinite.
MOTE_INLINE bool is_number(float value) { return value - value == 0; }

/// A number whose square, times those of other such numbers, stays one: at most 1e9 in size. What is learned is learned from
/// these.
MOTE_INLINE bool is_measured(float value) { return value >= -1e9F && value <= 1e9F; }

MOTE_INLINE bool are_measured(const float* values, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    if (!is_measured(values[i])) return false;
  }
  return true;
}

MOTE_INLINE float squared_distance(const float* a, const float* b, int32_t count) {
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) {
    const float difference = a[i] - b[i];
    sum += exact_product(difference, difference);
  }
  return sum;
}

/// e to the power of x.
MOTE_INLINE float exact_exp(float x) { return exact_power_of_two(exact_product(x, 1.44269504F)); }

}  // namespace mote
