#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Place `i` behind `before` borders as a place of the `extent` values that are there.
MOTE_INLINE int32_t mirrored(int32_t i, int32_t before, int32_t extent, bool symmetric) {
  const int32_t at = i - before;
  if (at < 0) return symmetric ? -at - 1 : -at;
  return at < extent ? at : 2 * extent - at - (symmetric ? 1 : 2);
}

/// MIRROR_PAD of L::extents by L::before and L::after (five axes).
template <typename L>
MOTE_KERNEL void mirror_pad(const typename L::Value* MOTE_RESTRICT in, typename L::Value* MOTE_RESTRICT out) {
  const auto size = [](int axis) { return L::before[axis] + L::extents[axis] + L::after[axis]; };
  const auto place = [](int axis, int32_t i) { return mirrored(i, L::before[axis], L::extents[axis], L::symmetric); };
  for (int32_t i = 0; i < size(0); ++i)
    for (int32_t j = 0; j < size(1); ++j)
      for (int32_t k = 0; k < size(2); ++k)
        for (int32_t l = 0; l < size(3); ++l) {
          const int32_t block = (place(0, i) * L::extents[1] + place(1, j)) * L::extents[2] + place(2, k);
          const typename L::Value* row = in + (block * L::extents[3] + place(3, l)) * L::extents[4];
          for (int32_t m = 0; m < size(4); ++m) *out++ = row[place(4, m)];
        }
}

}  // namespace mote
