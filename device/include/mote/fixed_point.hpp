#pragma once

#include "mote/kernel.hpp"

namespace mote {

// The fixed-point arithmetic of TensorFlow Lite's integer kernels (gemmlowp), bit-exact. All 32-bit sums and shifts wrap.

MOTE_INLINE int32_t wrap_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

MOTE_INLINE int32_t wrap_subtract(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}

MOTE_INLINE int32_t wrap_multiply(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
}

MOTE_INLINE int64_t wrap_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

MOTE_INLINE int64_t wrap_subtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

MOTE_INLINE int64_t wrap_multiply(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

MOTE_INLINE int32_t shift_left(int32_t x, int by) { return static_cast<int32_t>(static_cast<uint32_t>(x) << by); }

// Cores that multiply 32 bits to 32 bits only build products from halves.
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
#define MOTE_NO_LONG_PRODUCT 1
#else
#define MOTE_NO_LONG_PRODUCT 0
#endif

/// a * b = high * 2^32 + (first + second) * 2^16 + low.
struct ProductParts {
  int32_t high, first, second;
  uint32_t low;
};

MOTE_INLINE ProductParts product_parts(int32_t a, int32_t b) {
  const int32_t a1 = a >> 16;
  const int32_t b1 = b >> 16;
  const auto a0 = static_cast<int32_t>(static_cast<uint32_t>(a) & 0xFFFFU);
  const auto b0 = static_cast<int32_t>(static_cast<uint32_t>(b) & 0xFFFFU);
  return {a1 * b1, a1 * b0, a0 * b1, static_cast<uint32_t>(a0) * static_cast<uint32_t>(b0)};
}

/// round(a * b / 2^31), half up; b is a multiplier, never INT32_MIN.
#if MOTE_NO_LONG_PRODUCT
MOTE_INLINE int32_t doubling_high_multiply(int32_t a, int32_t b) {
  // What is above and what is below bit 15 of the middle parts is summed apart, so that nothing overflows.
  const ProductParts parts = product_parts(a, b);
  const uint32_t rest = (static_cast<uint32_t>(parts.first) & 0x7FFFU) + (static_cast<uint32_t>(parts.second) & 0x7FFFU) +
                        (parts.low >> 16) + 0x4000U;
  const int32_t middle = wrap_add(parts.first >> 15, parts.second >> 15);
  return wrap_add(wrap_add(shift_left(parts.high, 1), middle), static_cast<int32_t>(rest >> 15));
}
#else
MOTE_INLINE int32_t doubling_high_multiply(int32_t a, int32_t b) {
  return static_cast<int32_t>((static_cast<int64_t>(a) * b + (int64_t{1} << 30)) >> 31);
}
#endif

/// As above for any a and b: INT32_MIN * INT32_MIN saturates.
MOTE_INLINE int32_t saturating_doubling_high_multiply(int32_t a, int32_t b) {
  return a == INT32_MIN && b == INT32_MIN ? INT32_MAX : doubling_high_multiply(a, b);
}

/// x / 2^exponent, half away from zero; exponent 0..31.
MOTE_INLINE int32_t rounding_shift_right(int32_t x, int exponent) {
  const int32_t mask = static_cast<int32_t>((uint32_t{1} << exponent) - 1U);
  const int32_t remainder = x & mask;
  const int32_t threshold = static_cast<int32_t>(static_cast<uint32_t>(mask) >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x * multiplier / 2^31 * 2^shift with gemmlowp's two roundings.
MOTE_INLINE int32_t requantize(int32_t x, int32_t multiplier, int shift) {
  const int left = shift > 0 ? shift : 0;
  const int right = shift > 0 ? 0 : -shift;
  return rounding_shift_right(doubling_high_multiply(shift_left(x, left), multiplier), right);
}

/// The form for int16 activations with 64-bit sums: a 16-bit multiplier and one rounding, half up.
MOTE_INLINE int32_t requantize(int64_t x, int32_t multiplier, int shift) {
  const int32_t reduced = multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
  const int total_shift = 15 - shift;
  return static_cast<int32_t>((x * reduced + (int64_t{1} << (total_shift - 1))) >> total_shift);
}

}  // namespace mote
