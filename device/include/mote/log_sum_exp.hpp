#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// LOG_SUM_EXP: for each of L::rows rows of L::depth values the logarithm of the sum of their exponentials.
template <typename L>
MOTE_KERNEL void log_sum_exp(const float* MOTE_RESTRICT in, float* MOTE_RESTRICT out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth) {
    float largest = in[0];
    for (int32_t i = 1; i < L::depth; ++i) largest = larger(largest, in[i]);
    float sum = 0.0F;
    for (int32_t i = 0; i < L::depth; ++i) sum += expf(in[i] - largest);
    *out++ = largest + logf(sum);
  }
}

}  // namespace mote
