#pragma once

#include "mote/kernel.hpp"

namespace mote {

// One tensor and its parts along an axis: there are L::outer blocks, and part i has L::sizes[i] elements in each.

/// CONCATENATION and PACK.
template <typename L, typename... Part>
MOTE_KERNEL void join(typename L::Value* whole, const Part*... parts) {
  static_assert(sizeof...(Part) == sizeof(L::sizes) / sizeof(L::sizes[0]), "as many parts as sizes");
  static_assert((SameType<Part, typename L::Value>::value && ...), "every part has the type of the whole");
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
  static_assert(sizeof...(Part) == sizeof(L::sizes) / sizeof(L::sizes[0]), "as many parts as sizes");
  static_assert((SameType<Part, typename L::Value>::value && ...), "every part has the type of the whole");
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
