#pragma once

#include "mote/exact_float.hpp"
#include "mote/signal/bits.hpp"

namespace mote {

/// L::frames frames of L::bins values summed by L::bands overlapping filters. `bands`: the first bin and the width of each;
/// `weights`: theirs, one filter after another.
template <typename L>
MOTE_KERNEL void signal_mel(const float* MOTE_RESTRICT in, const int16_t* MOTE_RESTRICT bands, const float* MOTE_RESTRICT weights,
                            float* MOTE_RESTRICT out) {
  for (int32_t frame = 0; frame < L::frames; ++frame, in += L::bins) {
    const float* weight = weights;
    for (int32_t band = 0; band < L::bands; ++band) {
      const float* value = in + bands[2 * band];
      float sum = 0.0F;
      for (int32_t i = 0; i < bands[2 * band + 1]; ++i) sum += exact_product(*value++, *weight++);
      *out++ = sum;
    }
  }
}

MOTE_INLINE int32_t bit_width_64(uint64_t x) {
  const auto high = static_cast<uint32_t>(x >> 32);
  return high != 0 ? 32 + bit_width(high) : bit_width(static_cast<uint32_t>(x));
}

/// The same in block floating point, weights with L::fraction_bits. `scratch`: 8 bytes for each band.
template <typename L>
MOTE_KERNEL void signal_block_mel(const uint32_t* MOTE_RESTRICT in, const int32_t* exponents, const int16_t* MOTE_RESTRICT bands,
                                  const int16_t* MOTE_RESTRICT weights, uint8_t* MOTE_RESTRICT scratch,
                                  uint32_t* MOTE_RESTRICT out, int32_t* out_exponents) {
  auto* sums = reinterpret_cast<uint64_t*>(scratch);
  for (int32_t frame = 0; frame < L::frames; ++frame, in += L::bins, out += L::bands) {
    const int16_t* weight = weights;
    uint64_t all = 0;
    for (int32_t band = 0; band < L::bands; ++band) {
      const uint32_t* value = in + bands[2 * band];
      uint64_t sum = 0;
      for (const int16_t* const end = weight + bands[2 * band + 1]; weight != end; ++weight)
        sum = add_product_16(sum, *value++, static_cast<uint16_t>(*weight));
      sums[band] = sum;
      all |= sum;
    }
    const int32_t shift = larger<int32_t>(0, bit_width_64(all) - 32);
    const uint64_t half = (uint64_t{1} << shift) >> 1;
    for (int32_t band = 0; band < L::bands; ++band) {
      const uint64_t rounded = (sums[band] + half) >> shift;
      out[band] = rounded >> 32 == 0 ? static_cast<uint32_t>(rounded) : UINT32_MAX;
    }
    out_exponents[frame] = exponents[frame] + shift - L::fraction_bits;
  }
}

}  // namespace mote
