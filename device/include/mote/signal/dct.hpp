#pragma once

#include "mote/exact_float.hpp"

namespace mote {

/// L::rows rows of L::depth values times the L::coefficients rows of `cosines`.
template <typename L>
MOTE_KERNEL void signal_dct(const float* MOTE_RESTRICT in, const float* MOTE_RESTRICT cosines, float* MOTE_RESTRICT out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth) {
    const float* weight = cosines;
    for (int32_t k = 0; k < L::coefficients; ++k) {
      float sum = 0.0F;
      for (int32_t i = 0; i < L::depth; ++i) sum += exact_product(in[i], *weight++);
      *out++ = sum;
    }
  }
}

/// The same of int16, with cosines of L::fraction_bits.
template <typename L>
MOTE_KERNEL void signal_dct_int16(const int16_t* MOTE_RESTRICT in, const int16_t* MOTE_RESTRICT cosines,
                                  int16_t* MOTE_RESTRICT out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth) {
    const int16_t* weight = cosines;
    for (int32_t k = 0; k < L::coefficients; ++k) {
      int64_t sum = int64_t{1} << (L::fraction_bits - 1);
      for (int32_t i = 0; i < L::depth; ++i) sum += static_cast<int32_t>(in[i]) * *weight++;
      *out++ = static_cast<int16_t>(clamp<int64_t>(sum >> L::fraction_bits, INT16_MIN, INT16_MAX));
    }
  }
}

}  // namespace mote
