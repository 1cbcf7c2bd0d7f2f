#pragma once

#include "mote/signal/bits.hpp"

namespace mote {

/// The root of x, rounded down.
MOTE_FUNCTION uint32_t root_of_32(uint32_t x) {
  uint32_t root = 0;
  for (uint32_t bit = x == 0 ? 0 : uint32_t{1} << ((bit_width(x) - 1) & ~1); bit != 0; bit >>= 2) {
    const uint32_t least = root + bit;
    root >>= 1;
    if (x >= least) {
      x -= least;
      root += bit;
    }
  }
  return root;
}

/// The root of x, rounded down: its upper half from the upper word, its lower half by one division.
/// Source: P. Zimmermann, Karatsuba Square Root (INRIA RR-3805, 1999).
MOTE_FUNCTION uint32_t root_of_64(uint64_t x) {
  if (x >> 32 == 0) return root_of_32(static_cast<uint32_t>(x));
  const int32_t left = (32 - bit_width(static_cast<uint32_t>(x >> 32))) & ~1;
  const uint64_t aligned = x << left;  // at least 2^62
  const auto upper = static_cast<uint32_t>(aligned >> 32);
  const uint32_t high = root_of_32(upper);                                                  // 2^15 to 2^16 - 1
  const uint32_t rest = upper - high * high;                                                // at most 2 * high
  const uint32_t middle = (rest << 15) | static_cast<uint32_t>((aligned >> 17) & 0x7FFFU);  // the next 15 bits of the 16
  uint32_t low = middle / high;
  if (low > 0xFFFFU) low = 0xFFFFU;
  uint32_t root = (high << 16) + low;
  if (static_cast<uint64_t>(root) * root > aligned) --root;
  return root >> (left / 2);
}

/// Roots to the nearest, shifted right by *shift; below 2^32 a root has 16 bits and does not round up to 65536.
template <typename L>
MOTE_KERNEL void signal_filter_bank_square_root(const uint64_t* MOTE_RESTRICT values, const int32_t* MOTE_RESTRICT shift,
                                                uint32_t* MOTE_RESTRICT out) {
  const auto by = static_cast<uint32_t>(*shift);
  for (int32_t i = 0; i < L::elements; ++i) {
    const uint64_t value = values[i];
    uint32_t root = root_of_64(value);
    const uint32_t largest = value >> 32 == 0 ? 0xFFFFU : 0xFFFFFFFFU;
    if (value - static_cast<uint64_t>(root) * root > root && root != largest) ++root;
    out[i] = by > 31 ? 0 : root >> by;
  }
}

}  // namespace mote
