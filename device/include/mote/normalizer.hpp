#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// NORMALIZER: each of L::rows rows of L::depth values is divided by its largest value (L::norm 0), the sum of their sizes (1) or its
/// length (2). A row whose norm is 0 stays as it is. The output may be the input.
template <typename L>
MOTE_KERNEL void normalizer(const float* in, float* out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    float norm = L::norm == 0 ? in[0] : 0.0F;
    for (int32_t i = 0; i < L::depth; ++i) {
      norm = L::norm == 0 ? larger(norm, in[i]) : norm + (L::norm == 1 ? fabsf(in[i]) : in[i] * in[i]);
    }
    if (L::norm == 2) norm = sqrtf(norm);
    for (int32_t i = 0; i < L::depth; ++i) out[i] = norm != 0.0F ? in[i] / norm : in[i];
  }
}

}  // namespace mote
