#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Squared magnitudes of int16 pairs (real, imaginary) for bins L::begin to L::end - 1 of L::bins; 0 for the others.
template <typename L>
MOTE_KERNEL void signal_energy(const int16_t* MOTE_RESTRICT spectrum, uint32_t* MOTE_RESTRICT out) {
  for (int32_t i = 0; i < L::begin; ++i) out[i] = 0;
  for (int32_t i = L::begin; i < L::end; ++i) {
    const int32_t real = spectrum[2 * i];
    const int32_t imaginary = spectrum[2 * i + 1];
    out[i] = static_cast<uint32_t>(real * real) + static_cast<uint32_t>(imaginary * imaginary);
  }
  for (int32_t i = L::end; i < L::bins; ++i) out[i] = 0;
}

}  // namespace mote
