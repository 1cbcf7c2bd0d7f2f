#pragma once

#include "mote/isa/dsp.hpp"

namespace mote {

/// L::frames frames of L::length int16 samples times one window, shifted right by L::shift, saturated. `out` may be `samples`.
template <typename L>
MOTE_KERNEL void signal_window(const int16_t* samples, const int16_t* window, int16_t* out) {
  for (int32_t frame = 0; frame < L::frames; ++frame) {
    for (int32_t i = 0; i < L::length; ++i) *out++ = static_cast<int16_t>(saturate_16((*samples++ * window[i]) >> L::shift));
  }
}

}  // namespace mote
