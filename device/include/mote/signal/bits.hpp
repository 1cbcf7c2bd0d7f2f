#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

/// Bits from the highest that is set to the lowest; 0 for 0.
MOTE_INLINE int32_t bit_width(uint32_t x) {
#if defined(__GNUC__) || defined(__clang__)
  return x == 0 ? 0 : 32 - __builtin_clz(x);
#else
  int32_t width = 0;
  for (; x != 0; x >>= 1) ++width;
  return width;
#endif
}

/// sum + a * b with the lowest 16 bits of b, without a product of 64 bits on cores that have none.
MOTE_INLINE uint64_t add_product_16(uint64_t sum, uint32_t a, uint32_t b) {
#if MOTE_NO_LONG_PRODUCT
  return sum + (static_cast<uint64_t>((a >> 16) * b) << 16) + (a & 0xFFFFU) * b;
#else
  return sum + static_cast<uint64_t>(a) * b;
#endif
}

}  // namespace mote
