#pragma once

#include "mote/exact_float.hpp"
#include "mote/signal/bits.hpp"

namespace mote {

/// L::factor * ln(in * L::unit), of what is below L::floor that of L::floor (NaN too). `out` may be `in`.
template <typename L>
MOTE_KERNEL void signal_log(const float* in, float* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    const float x = exact_product(in[i], L::unit);
    out[i] = exact_product(L::factor, exact_log(x > L::floor ? x : L::floor));
  }
}

/// log2(x) of x > 0 with 16 bits of fraction. `corrections`: 2^16 * (log2(1 + i / 128) - i / 128).
MOTE_INLINE int32_t block_log2(uint32_t x, const int16_t* corrections) {
  const int32_t whole = bit_width(x) - 1;
  const auto fraction = static_cast<int32_t>(((x << (31 - whole)) & 0x7FFFFFFFU) >> 15);
  const int32_t left = corrections[fraction >> 9];
  const int32_t step = corrections[(fraction >> 9) + 1] - left;
  return whole * 65536 + fraction + left + ((step * (fraction & 0x1FF) + 256) >> 9);
}

/// The same of L::frames frames of L::channels values in block floating point, in steps of the output's scale: log2 and
/// L::offset, with 16 bits of fraction, times L::multiplier * 2^(L::shift - 31). Zeros and what is below L::lowest are L::lowest.
template <typename L>
MOTE_KERNEL void signal_block_log(const uint32_t* MOTE_RESTRICT in, const int32_t* MOTE_RESTRICT exponents,
                                  const int16_t* MOTE_RESTRICT corrections, int16_t* MOTE_RESTRICT out) {
  for (int32_t frame = 0; frame < L::frames; ++frame) {
    const int32_t offset = L::offset + exponents[frame] * 65536;
    for (int32_t i = 0; i < L::channels; ++i, ++in, ++out) {
      if (*in == 0) {
        *out = L::lowest;
        continue;
      }
      const int32_t log2 = clamp<int32_t>(block_log2(*in, corrections) + offset, -(1 << 23), 1 << 23);
      *out = static_cast<int16_t>(clamp<int32_t>(requantize(log2 * 128, L::multiplier, L::shift), L::lowest, INT16_MAX));
    }
  }
}

}  // namespace mote
