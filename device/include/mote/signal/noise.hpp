#pragma once

#include "mote/exact_float.hpp"

namespace mote {

/// An estimate of what a channel always holds, moved by a part of the distance to each new value.
MOTE_INLINE float moved_estimate(float estimate, float value, float part) {
  return estimate + exact_product(value - estimate, part);
}

/// L::frames frames of L::channels energies less the estimate of each channel's noise; at least L::least of the energy stays.
/// `estimates`: kept from frame to frame. `out` may be `in`.
template <typename L>
MOTE_KERNEL void signal_noise_subtraction(const float* in, float* MOTE_RESTRICT estimates, float* out) {
  for (int32_t frame = 0; frame < L::frames; ++frame) {
    for (int32_t i = 0; i < L::channels; ++i, ++in, ++out) {
      const float value = *in;
      estimates[i] = moved_estimate(estimates[i], value, L::smoothing);
      const float rest = value - estimates[i];
      const float least = exact_product(value, L::least);
      *out = rest > least ? rest : least;
    }
  }
}

MOTE_INLINE float exact_power(float x, float exponent) {
  return exact_power_of_two(exact_product(exact_product(exact_log(x), 1.44269504F), exponent));
}

/// Per-channel energy normalization: (value / (epsilon + estimate)^gain + bias)^power - bias^power. `out` may be `in`.
template <typename L>
MOTE_KERNEL void signal_pcen(const float* in, float* MOTE_RESTRICT estimates, float* out) {
  const float offset = exact_power(L::bias, L::power);
  for (int32_t frame = 0; frame < L::frames; ++frame) {
    for (int32_t i = 0; i < L::channels; ++i, ++in, ++out) {
      const float value = *in;
      estimates[i] = moved_estimate(estimates[i], value, L::smoothing);
      const float level = exact_power(estimates[i] + L::epsilon, L::gain);
      *out = exact_power(value / level + L::bias, L::power) - offset;
    }
  }
}

}  // namespace mote
