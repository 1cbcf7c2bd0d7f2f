#pragma once

#include "mote/isa/dsp.hpp"
#include "mote/signal/bits.hpp"

namespace mote {

/// The mean of L::length samples with 14 bits of fraction, cut towards 0.
template <typename L>
MOTE_INLINE int32_t block_mean(const int16_t* samples) {
  int32_t sum = 0;
  for (int32_t i = 0; i < L::length; ++i) sum += samples[i];
  const int32_t whole = sum / L::length;
  return whole * 16384 + (sum - whole * L::length) * 16384 / L::length;
}

/// A sample less the mean times its weight, with 15 bits of fraction.
template <typename L>
MOTE_INLINE int32_t block_weighted(int32_t sample, int32_t mean, int32_t weight) {
  if constexpr (L::remove_mean) {
    const int32_t difference = sample * 16384 - mean;
    return (difference >> 14) * weight + (((difference & 16383) * weight + 8192) >> 14);
  } else {
    return sample * weight;
  }
}

/// x of at least -2^15, limited to what is below 2^15.
MOTE_INLINE int32_t below_2_15(int32_t x) {
#if MOTE_DSP
  return saturate_16(x);
#else
  return smaller<int32_t>(x, INT16_MAX);
#endif
}

/// L::frames frames of L::length samples, less their mean if L::remove_mean, times one window of 15 bits of fraction (1 without
/// L::windowed). Each frame is shifted so that its largest value fills an int16: it is out * 2^exponent. `out` may be `samples`.
template <typename L>
MOTE_KERNEL void signal_block_window(const int16_t* samples, const int16_t* MOTE_RESTRICT window, int16_t* out,
                                     int32_t* MOTE_RESTRICT exponents) {
  for (int32_t frame = 0; frame < L::frames; ++frame, samples += L::length, out += L::length) {
    int32_t mean = 0;
    if constexpr (L::remove_mean) mean = block_mean<L>(samples);
    const auto value = [&](int32_t i) { return block_weighted<L>(samples[i], mean, L::windowed ? window[i] : 32768); };
    int32_t sizes = 0;
    for (int32_t i = 0; i < L::length; ++i) {
      const int32_t x = value(i);
      sizes |= x ^ (x >> 31);
    }
    const int32_t shift = bit_width(static_cast<uint32_t>(sizes)) - 15;
    if (shift > 0) {
      const int32_t half = 1 << (shift - 1);
      for (int32_t i = 0; i < L::length; ++i) out[i] = static_cast<int16_t>(below_2_15((value(i) + half) >> shift));
    } else {
      for (int32_t i = 0; i < L::length; ++i) out[i] = static_cast<int16_t>(shift_left(value(i), -shift));
    }
    exponents[frame] = shift - 15;
  }
}

}  // namespace mote
