#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// L::elements values as they are.
template <typename L>
MOTE_KERNEL void copy(const typename L::Value* in, typename L::Value* out) {
  memmove(out, in, sizeof(typename L::Value) * static_cast<size_t>(L::elements));
}

/// L::outer windows of L::window values each drop their first L::frame values and take a frame in at the end.
template <typename L>
MOTE_KERNEL void push_window(const typename L::Value* MOTE_RESTRICT frame, typename L::Value* MOTE_RESTRICT window) {
  using Value = typename L::Value;
  constexpr int32_t kKept = L::window - L::frame;
  for (int32_t i = 0; i < L::outer; ++i, window += L::window, frame += L::frame) {
    if constexpr (kKept > 0) memmove(window, window + L::frame, sizeof(Value) * static_cast<size_t>(kKept));
    memcpy(window + kKept, frame, sizeof(Value) * static_cast<size_t>(L::frame));
  }
}

/// L::elements times the one value of `in`.
template <typename L>
MOTE_KERNEL void fill(const typename L::Value* MOTE_RESTRICT in, typename L::Value* MOTE_RESTRICT out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = *in;
}

template <typename L>
MOTE_KERNEL void zeros(typename L::Value* out) {
  memset(out, 0, sizeof(typename L::Value) * static_cast<size_t>(L::elements));
}

}  // namespace mote
