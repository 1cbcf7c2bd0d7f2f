#pragma once

#include "mote/signal/bits.hpp"

namespace mote {

/// ln(value << L::correction_bits) * L::output_scale, at most 32767; 0 for 0 and 1. `corrections`: 2^16 * (log2(1 + i / 128) - i
/// / 128).
template <typename L>
MOTE_KERNEL void signal_filter_bank_log(const uint32_t* MOTE_RESTRICT values, const int16_t* MOTE_RESTRICT corrections,
                                        int16_t* MOTE_RESTRICT out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    const uint32_t value = values[i] << L::correction_bits;
    if (value <= 1) {
      out[i] = 0;
      continue;
    }
    const int32_t whole = bit_width(value) - 1;
    const uint32_t fraction = ((value << (31 - whole)) & 0x7FFFFFFFU) >> 15;
    const int32_t left = corrections[fraction >> 9];
    const int32_t step = corrections[(fraction >> 9) + 1] - left;
    const int32_t between = left + ((step * static_cast<int32_t>(fraction & 0x1FFU)) >> 16);
    const uint32_t log2 = (static_cast<uint32_t>(whole) << 16) + fraction + static_cast<uint32_t>(between);
    // 45426 / 2^16 is ln 2. The product needs 37 bits.
    const auto natural = static_cast<uint32_t>(add_product_16(uint64_t{1} << 15, log2, 45426U) >> 16);
    const uint32_t scaled = (L::output_scale * natural + (1U << 15)) >> 16;
    out[i] = static_cast<int16_t>(smaller<uint32_t>(scaled, INT16_MAX));
  }
}

}  // namespace mote
