#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// out[i0, ..., i4] = in[L::offset + i0 * L::steps[0] + ... + i4 * L::steps[4]] over L::extents: slices and transpositions.
template <typename L>
MOTE_KERNEL void rearrange(const typename L::Value* in, typename L::Value* out) {
  in += L::offset;
  for (int32_t i = 0; i < L::extents[0]; ++i)
    for (int32_t j = 0; j < L::extents[1]; ++j)
      for (int32_t k = 0; k < L::extents[2]; ++k)
        for (int32_t l = 0; l < L::extents[3]; ++l) {
          const typename L::Value* from = in + i * L::steps[0] + j * L::steps[1] + k * L::steps[2] + l * L::steps[3];
          for (int32_t m = 0; m < L::extents[4]; ++m, from += L::steps[4]) *out++ = *from;
        }
}

}  // namespace mote
