#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// GATHER: the input is batch x outer x axis x inner, with `indices` places on the axis per batch. A place outside of the axis is
/// taken as its nearest one.
template <typename L>
MOTE_KERNEL void gather(const typename L::Value* MOTE_RESTRICT in, const typename L::Index* MOTE_RESTRICT indices,
                        typename L::Value* MOTE_RESTRICT out) {
  for (int32_t b = 0; b < L::batch; ++b, indices += L::indices) {
    for (int32_t o = 0; o < L::outer; ++o, in += L::axis * L::inner) {
      for (int32_t i = 0; i < L::indices; ++i, out += L::inner) {
        const auto index = static_cast<int32_t>(clamp<typename L::Index>(indices[i], 0, L::axis - 1));
        memcpy(out, in + index * L::inner, sizeof(typename L::Value) * static_cast<size_t>(L::inner));
      }
    }
  }
}

}  // namespace mote
