#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// L::frames frames of L::length values, each beginning L::step values after the one before.
template <typename L>
MOTE_KERNEL void signal_frames(const typename L::Value* MOTE_RESTRICT in, typename L::Value* MOTE_RESTRICT out) {
  for (int32_t frame = 0; frame < L::frames; ++frame, in += L::step, out += L::length)
    memcpy(out, in, sizeof(typename L::Value) * static_cast<size_t>(L::length));
}

}  // namespace mote
