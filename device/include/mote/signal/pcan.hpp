#pragma once

#include "mote/signal/bits.hpp"

namespace mote {

/// The gain for an estimate of noise: a parabola for each power of two, whose three numbers begin at 4 * width - 6.
MOTE_INLINE int16_t pcan_gain(uint32_t noise, const int16_t* gains) {
  if (noise <= 2) return gains[noise];
  const int32_t width = bit_width(noise);
  const int16_t* entry = gains + 4 * width - 6;
  const auto fraction = static_cast<int32_t>((width < 11 ? noise << (11 - width) : noise >> (width - 11)) & 0x3FFU);
  const int32_t slope = ((entry[2] * fraction) >> 5) + entry[1] * 32;
  return static_cast<int16_t>((wrap_add(wrap_multiply(slope, fraction), 1 << 14) >> 15) + entry[0]);
}

/// Signal times the gain of its noise, shifted right by L::shift, then shrunk: x^2 / 4 below 2 and x - 1 above, with 12 bits of
/// fraction before and 6 after. `out` may be an input.
template <typename L>
MOTE_KERNEL void signal_pcan(const uint32_t* signal, const uint32_t* noise, const int16_t* MOTE_RESTRICT gains, uint32_t* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    const auto gain = static_cast<uint32_t>(static_cast<int32_t>(pcan_gain(noise[i], gains)));
    const auto ratio = static_cast<uint32_t>(static_cast<uint64_t>(signal[i]) * gain >> L::shift);
    out[i] = ratio < (2U << 12) ? (ratio * ratio) >> 20 : (ratio >> 6) - 64U;
  }
}

}  // namespace mote
