#pragma once

#include "mote/exact_float.hpp"
#include "mote/isa/complex.hpp"
#include "mote/signal/square_root.hpp"

namespace mote {

/// Squared magnitudes, or magnitudes if L::magnitude, of L::elements pairs (real, imaginary).
template <typename L>
MOTE_KERNEL void signal_power(const float* MOTE_RESTRICT pairs, float* MOTE_RESTRICT out) {
  for (int32_t i = 0; i < L::elements; ++i, pairs += 2) {
    const float power = exact_product(pairs[0], pairs[0]) + exact_product(pairs[1], pairs[1]);
    out[i] = L::magnitude ? sqrtf(power) : power;
  }
}

/// The root of x, rounded to the nearest.
MOTE_FUNCTION uint32_t nearest_root(uint32_t x) {
#if MOTE_FPU
  // What the root of the nearest float gives is one off at most.
  auto root = static_cast<uint32_t>(sqrtf(static_cast<float>(x)));
  if (root > 0xFFFFU) root = 0xFFFFU;
  if (root * root > x) --root;
  if (x - root * root > 2 * root) ++root;
#else
  uint32_t root = root_of_32(x);
#endif
  return x - root * root > root ? root + 1 : root;
}

/// The same of L::frames frames of L::bins pairs of int16 in block floating point: out is exact for powers and rounded for
/// magnitudes.
template <typename L>
MOTE_KERNEL void signal_block_power(const int16_t* MOTE_RESTRICT pairs, const int32_t* exponents, uint32_t* MOTE_RESTRICT out,
                                    int32_t* out_exponents) {
  for (int32_t frame = 0; frame < L::frames; ++frame) {
    for (int32_t i = 0; i < L::bins; ++i, pairs += 2) {
      const uint32_t pair = pair_of(pairs[0], pairs[1]);
      const auto power = static_cast<uint32_t>(multiply_add_pairs(pair, pair, 0));
      *out++ = L::magnitude ? nearest_root(power) : power;
    }
    out_exponents[frame] = L::magnitude ? exponents[frame] : 2 * exponents[frame];
  }
}

}  // namespace mote
