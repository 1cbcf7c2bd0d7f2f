#pragma once

#include "mote/kernel.hpp"

namespace mote {

// One tensor and its parts along an axis: there are L::outer blocks, and part i has L::sizes[i] elements in each.

/// CONCATENATION and PACK.
template <typename L, typename... Part>
MOTE_KERNEL void join(typename L::Value* MOTE_RESTRICT whole, const Part*... parts) {
  for (int32_t i = 0; i < L::outer; ++i) {
    int32_t part = 0;
    const auto take = [&](const typename L::Value* from) {
      const int32_t size = L::sizes[part++];
      memcpy(whole, from + i * size, sizeof(typename L::Value) * static_cast<size_t>(size));
      whole += size;
    };
    (take(parts), ...);
  }
}

/// SPLIT, SPLIT_V and UNPACK.
template <typename L, typename... Part>
MOTE_KERNEL void split(const typename L::Value* MOTE_RESTRICT whole, Part*... parts) {
  for (int32_t i = 0; i < L::outer; ++i) {
    int32_t part = 0;
    const auto give = [&](typename L::Value* to) {
      const int32_t size = L::sizes[part++];
      memcpy(to + i * size, whole, sizeof(typename L::Value) * static_cast<size_t>(size));
      whole += size;
    };
    (give(parts), ...);
  }
}

}  // namespace mote
