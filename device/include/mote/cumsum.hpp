#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

/// CUMSUM of float32, int32 and int64 (wrapping) over a tensor seen as L::outer x L::axis x L::inner. The output may be the
/// input.
template <typename L>
MOTE_KERNEL void cumsum(const typename L::Value* in, typename L::Value* out) {
  constexpr int32_t kBlock = L::axis * L::inner;
  constexpr int32_t kStep = L::reverse ? -L::inner : L::inner;
  for (int32_t o = 0; o < L::outer; ++o) {
    for (int32_t i = 0; i < L::inner; ++i) {
      int32_t at = o * kBlock + i + (L::reverse ? kBlock - L::inner : 0);
      typename L::Value total = 0;
      for (int32_t n = 0; n < L::axis; ++n, at += kStep) {
        typename L::Value next;
        if constexpr (SameType<typename L::Value, float>::value) {
          next = total + in[at];
        } else {
          next = wrap_add(total, in[at]);
        }
        out[at] = L::exclusive ? total : next;
        total = next;
      }
    }
  }
}

}  // namespace mote
