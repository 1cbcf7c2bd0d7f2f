#pragma once

#include "mote/exact_float.hpp"

namespace mote {

/// The first L::lags sums of products of L::frames frames of L::length values with themselves, lag 0 first; over lag 0 if
/// L::normalized (0 for a frame of zeros).
template <typename L>
MOTE_KERNEL void signal_autocorrelation(const float* MOTE_RESTRICT in, float* MOTE_RESTRICT out) {
  for (int32_t frame = 0; frame < L::frames; ++frame, in += L::length, out += L::lags) {
    for (int32_t lag = 0; lag < L::lags; ++lag) {
      ExactSum sum;
      for (int32_t i = lag; i < L::length; ++i) sum.add(exact_product(in[i], in[i - lag]));
      out[lag] = sum.value();
    }
    if constexpr (L::normalized) {
      const float energy = out[0];
      for (int32_t lag = 0; lag < L::lags; ++lag) out[lag] = energy > 0.0F ? out[lag] / energy : 0.0F;
    }
  }
}

}  // namespace mote
