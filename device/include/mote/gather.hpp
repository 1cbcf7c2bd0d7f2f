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

/// GATHER_ND: L::rows slices of L::slice values, each at the L::places along the first axes that a row of indices gives.
template <typename L>
MOTE_KERNEL void gather_nd(const typename L::Value* MOTE_RESTRICT in, const typename L::Index* MOTE_RESTRICT indices,
                           typename L::Value* MOTE_RESTRICT out) {
  for (int32_t row = 0; row < L::rows; ++row, out += L::slice) {
    int32_t from = 0;
    for (int32_t i = 0; i < L::places; ++i) {
      from += static_cast<int32_t>(clamp<typename L::Index>(*indices++, 0, L::extents[i] - 1)) * L::steps[i];
    }
    memcpy(out, in + from, sizeof(typename L::Value) * static_cast<size_t>(L::slice));
  }
}

/// ONE_HOT: a new axis of L::depth values between L::outer and L::inner, `on` at the place that an index names, `off` elsewhere.
template <typename L>
MOTE_KERNEL void one_hot(const typename L::Index* MOTE_RESTRICT indices, const typename L::Value* MOTE_RESTRICT on,
                         const typename L::Value* MOTE_RESTRICT off, typename L::Value* MOTE_RESTRICT out) {
  for (int32_t o = 0; o < L::outer; ++o, indices += L::inner) {
    for (int32_t d = 0; d < L::depth; ++d) {
      for (int32_t i = 0; i < L::inner; ++i) *out++ = indices[i] == d ? *on : *off;
    }
  }
}

}  // namespace mote
