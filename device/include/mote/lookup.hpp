#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Any function of one byte: `table` holds the result for each pattern of its bits. The output may be the input unless it is
/// wider.
template <typename L>
MOTE_KERNEL void lookup(const typename L::Input* in, const typename L::Output* table, typename L::Output* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = table[static_cast<uint8_t>(in[i])];
}

/// Linear interpolation between 513 points for int16 arguments.
MOTE_INLINE int32_t interpolate(const int16_t* table, int32_t x) {
  const int16_t* here = table + 256 + (x >> 7);
  const int32_t slope = here[1] - here[0];
  return here[0] + ((slope * (x & 127) + 64) >> 7);
}

/// Any smooth function of an int16. The output may be the input.
template <typename L>
MOTE_KERNEL void interpolate_values(const int16_t* in, const int16_t* table, int16_t* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = static_cast<int16_t>(interpolate(table, in[i]));
}

}  // namespace mote
