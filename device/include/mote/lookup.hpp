#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Any function of one byte: `table` holds the result for each pattern of its bits. The output may be the input unless it is
/// wider.
template <typename L>
MOTE_KERNEL void lookup(const typename L::Input* in, const typename L::Output* table, typename L::Output* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = table[static_cast<uint8_t>(in[i])];
}

}  // namespace mote
