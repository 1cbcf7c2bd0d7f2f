#pragma once

#include "mote/exact_float.hpp"

namespace mote {

/// L::length samples of L::channels each through L::sections sections of second order, one after another (direct form II,
/// transposed). `coefficients`: b0, b1, b2, a1, a2 of each section, a0 being 1. `state`: two values for each section of each
/// channel. `out` may be `in`.
template <typename L>
MOTE_KERNEL void signal_biquads(const float* in, const float* MOTE_RESTRICT coefficients, float* MOTE_RESTRICT state,
                                float* out) {
  for (int32_t channel = 0; channel < L::channels; ++channel, state += 2 * L::sections) {
    for (int32_t i = channel; i < L::length * L::channels; i += L::channels) {
      float x = in[i];
      for (int32_t section = 0; section < L::sections; ++section) {
        const float* c = coefficients + 5 * section;
        float* kept = state + 2 * section;
        const float y = exact_product(c[0], x) + kept[0];
        kept[0] = exact_product(c[1], x) - exact_product(c[3], y) + kept[1];
        kept[1] = exact_product(c[2], x) - exact_product(c[4], y);
        x = y;
      }
      out[i] = x;
    }
  }
}

/// The same of int16, in direct form I on values with 14 more bits and coefficients with 29 bits of fraction. `state`: the last
/// two inputs of the first section, then the last two outputs of each, for each channel.
template <typename L>
MOTE_KERNEL void signal_biquads_int16(const int16_t* in, const int32_t* MOTE_RESTRICT coefficients, int32_t* MOTE_RESTRICT state,
                                      int16_t* out) {
  constexpr int64_t kHalf = int64_t{1} << 28;
  for (int32_t channel = 0; channel < L::channels; ++channel, state += 2 * L::sections + 2) {
    for (int32_t i = channel; i < L::length * L::channels; i += L::channels) {
      int32_t x = in[i] * 16384;
      int32_t* kept = state;
      for (int32_t section = 0; section < L::sections; ++section, kept += 2) {
        const int32_t* c = coefficients + 5 * section;
        const int64_t sum = kHalf + static_cast<int64_t>(c[0]) * x + static_cast<int64_t>(c[1]) * kept[0] +
                            static_cast<int64_t>(c[2]) * kept[1] - static_cast<int64_t>(c[3]) * kept[2] -
                            static_cast<int64_t>(c[4]) * kept[3];
        kept[1] = kept[0];
        kept[0] = x;
        x = static_cast<int32_t>(clamp<int64_t>(sum >> 29, INT32_MIN, INT32_MAX));
      }
      kept[1] = kept[0];
      kept[0] = x;
      const int32_t half = x <= INT32_MAX - 8192 ? 8192 : 0;
      out[i] = static_cast<int16_t>(clamp<int32_t>((x + half) >> 14, INT16_MIN, INT16_MAX));
    }
  }
}

}  // namespace mote
