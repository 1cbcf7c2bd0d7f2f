#pragma once

#include "mote/signal/bits.hpp"

namespace mote {

/// int16 samples shifted left as far as the largest in size allows, and by how many bits; silence is not shifted. After -32768,
/// which has no positive form in int16, the search for the largest begins anew. `out` may be `samples`.
template <typename L>
MOTE_KERNEL void signal_fft_auto_scale(const int16_t* samples, int16_t* out, int32_t* shift) {
  int32_t lowest = 0;
  int32_t highest = 0;
  for (int32_t i = 0; i < L::length; ++i) {
    lowest = smaller<int32_t>(lowest, samples[i]);
    highest = larger<int32_t>(highest, samples[i]);
  }
  auto all = static_cast<uint32_t>(larger(highest, -lowest));
  if (all > INT16_MAX) {
    int32_t largest = 0;
    for (int32_t i = 0; i < L::length; ++i) {
      const int32_t value = samples[i];
      if (value > largest) {
        largest = value;
      } else if (-value > largest) {
        largest = static_cast<int16_t>(-value);
      }
    }
    all = static_cast<uint32_t>(largest);
  }
  const int32_t room = 15 - bit_width(all);
  const int32_t by = room > 0 && all != 0 ? room : 0;
  for (int32_t i = 0; i < L::length; ++i) out[i] = static_cast<int16_t>(static_cast<uint32_t>(samples[i]) << by);
  *shift = by;
}

}  // namespace mote
