#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Moves the estimate of each channel's noise towards its signal and takes it off. `kept`: the estimate from run to run, copied
/// to `noise`. uint32 throughout, wrapping. `out` may be `signal`.
template <typename L>
MOTE_KERNEL void signal_filter_bank_spectral_subtraction(const uint32_t* signal, uint32_t* MOTE_RESTRICT kept, uint32_t* out,
                                                         uint32_t* MOTE_RESTRICT noise) {
  for (int32_t i = 0; i < L::channels; ++i) {
    const bool odd = (i & 1) != 0;
    const uint32_t value = signal[i];
    const uint32_t scaled = value << L::smoothing_bits;
    const uint64_t moved = static_cast<uint64_t>(scaled) * (odd ? L::alternate_smoothing : L::smoothing) +
                           static_cast<uint64_t>(kept[i]) * (odd ? L::alternate_one_minus_smoothing : L::one_minus_smoothing);
    const auto estimate = static_cast<uint32_t>(moved >> L::subtraction_bits);
    const uint32_t taken = smaller(estimate, scaled);
    noise[i] = kept[i] = L::clamping ? taken : estimate;
    const auto least = static_cast<uint32_t>(static_cast<uint64_t>(value) * L::min_signal_remaining >> L::subtraction_bits);
    out[i] = larger((scaled - taken) >> L::smoothing_bits, least);
  }
}

}  // namespace mote
