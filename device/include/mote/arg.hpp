#pragma once

#include "mote/kernel.hpp"

namespace mote {

// ARG_MAX and ARG_MIN of a tensor seen as L::outer x L::axis x L::inner: where along the axis the value stands that is `better`
// than all before it and not worse than all behind it.

template <typename L, typename Better>
MOTE_INLINE void find_along_axis(const typename L::Value* in, typename L::Index* out, Better better) {
  for (int32_t o = 0; o < L::outer; ++o, in += L::axis * L::inner) {
    for (int32_t i = 0; i < L::inner; ++i) {
      int32_t best = 0;
      typename L::Value value = in[i];
      for (int32_t at = 1; at < L::axis; ++at) {
        if (better(in[at * L::inner + i], value)) {
          best = at;
          value = in[at * L::inner + i];
        }
      }
      *out++ = best;
    }
  }
}

template <typename L>
MOTE_KERNEL void arg_max(const typename L::Value* MOTE_RESTRICT in, typename L::Index* MOTE_RESTRICT out) {
  find_along_axis<L>(in, out, [](typename L::Value a, typename L::Value b) { return a > b; });
}

template <typename L>
MOTE_KERNEL void arg_min(const typename L::Value* MOTE_RESTRICT in, typename L::Index* MOTE_RESTRICT out) {
  find_along_axis<L>(in, out, [](typename L::Value a, typename L::Value b) { return a < b; });
}

}  // namespace mote
