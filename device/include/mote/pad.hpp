#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Copies a tensor of L::extents into the middle of a larger one: L::before and L::after say how many slices of L::value stand
/// around it along each of five axes.
template <typename L, int Axis = 0>
MOTE_INLINE void pad_axis(const typename L::Value*& in, typename L::Value*& out) {
  const auto fill = [&](int32_t slices) {
    for (int32_t i = Axis + 1; i < 5; ++i) slices *= L::before[i] + L::extents[i] + L::after[i];
    for (; slices > 0; --slices) *out++ = static_cast<typename L::Value>(L::value);
  };
  fill(L::before[Axis]);
  for (int32_t i = 0; i < L::extents[Axis]; ++i) {
    if constexpr (Axis == 4) {
      *out++ = *in++;
    } else {
      pad_axis<L, Axis + 1>(in, out);
    }
  }
  fill(L::after[Axis]);
}

/// PAD and PADV2.
template <typename L>
MOTE_KERNEL void pad(const typename L::Value* in, typename L::Value* out) {
  pad_axis<L>(in, out);
}

}  // namespace mote
