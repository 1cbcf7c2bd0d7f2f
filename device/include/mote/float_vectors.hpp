#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Neither NaN nor infinite.
MOTE_INLINE bool is_number(float value) { return value - value == 0; }

MOTE_INLINE bool are_numbers(const float* values, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    if (!is_number(values[i])) return false;
  }
  return true;
}

MOTE_INLINE float squared_distance(const float* a, const float* b, int32_t count) {
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace mote
