#pragma once

// Instructions of the DSP extension of Armv7E-M and Armv8-M (Cortex-M4, M7, M33) that kernels are written on: two int16 products
// at once, widening of int8 values, the rounding high product. Compilers without GNU assembly reach them by the Arm C Language
// Extensions (arm_acle.h); MOTE_NO_ASSEMBLY asks for that form. Elsewhere the same functions in plain C++, so that kernels and
// the layouts of their tables can be tested on any machine. Source: Armv7-M Architecture Reference Manual, chapter A7.

#include "mote/fixed_point.hpp"

#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_BIG_ENDIAN)
#if defined(__thumb2__) && defined(__GNUC__) && !defined(MOTE_NO_ASSEMBLY)
#define MOTE_DSP 1
#define MOTE_ACLE 0
#else
#define MOTE_DSP 0
#define MOTE_ACLE 1
#include <arm_acle.h>
#endif
#else
#define MOTE_DSP 0
#define MOTE_ACLE 0
#endif

// Whether there are floating-point registers to keep words in.
#if defined(__ARM_FP)
#define MOTE_FPU 1
#else
#define MOTE_FPU 0
#endif

// A function whose body is one assembly statement. GCC must not conclude from a body it cannot read which registers survive a
// call.
#if MOTE_DSP && defined(__clang__)
#define MOTE_ASSEMBLY __attribute__((naked, noinline))
#elif MOTE_DSP
#define MOTE_ASSEMBLY __attribute__((naked, noinline, noipa))
#endif

namespace mote {

/// Four bytes at any address, the first one lowest.
MOTE_INLINE uint32_t load_4(const int8_t* from) {
  uint32_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

MOTE_INLINE void store_4(int8_t* to, uint32_t word) { memcpy(to, &word, sizeof word); }

/// Two int16 values in a word, `low` in the lower half.
MOTE_INLINE uint32_t pair_of(int32_t low, int32_t high) {
  return (static_cast<uint32_t>(low) & 0xFFFFU) | (static_cast<uint32_t>(high) << 16);
}

#if MOTE_DSP

/// Bytes 0 and 2 of a word as a pair of int16.
MOTE_INLINE uint32_t widen_even(uint32_t bytes) {
  uint32_t pair;
  __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(bytes));
  return pair;
}

/// Bytes 1 and 3 of a word as a pair of int16.
MOTE_INLINE uint32_t widen_odd(uint32_t bytes) {
  uint32_t pair;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(bytes));
  return pair;
}

/// SMLAD: sum + a.low * b.low + a.high * b.high, wrapping.
MOTE_INLINE int32_t multiply_add_pairs(uint32_t a, uint32_t b, int32_t sum) {
  int32_t result;
  __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/// SMMLAR: sum + round(a * b / 2^32), half up, wrapping.
MOTE_INLINE int32_t multiply_high_add(int32_t a, int32_t b, int32_t sum) {
  int32_t result;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/// SSAT: x limited to int16.
MOTE_INLINE int32_t saturate_16(int32_t x) {
  int32_t result;
  __asm__("ssat %0, #16, %1" : "=r"(result) : "r"(x));
  return result;
}

/// The larger of each of four int8 values.
MOTE_INLINE uint32_t larger_of_4(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
  return result;
}

/// The smaller of each of four int8 values.
MOTE_INLINE uint32_t smaller_of_4(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(result) : "r"(a), "r"(b) : "cc");
  return result;
}

#else

MOTE_INLINE int32_t low_of(uint32_t pair) { return static_cast<int16_t>(pair & 0xFFFFU); }
MOTE_INLINE int32_t high_of(uint32_t pair) { return static_cast<int16_t>(pair >> 16); }
MOTE_INLINE int32_t byte_of(uint32_t word, int i) { return static_cast<int8_t>((word >> (8 * i)) & 0xFFU); }

#if MOTE_ACLE

MOTE_INLINE uint32_t widen_even(uint32_t bytes) { return static_cast<uint32_t>(__sxtb16(static_cast<int16x2_t>(bytes))); }
MOTE_INLINE uint32_t widen_odd(uint32_t bytes) { return widen_even((bytes >> 8) | (bytes << 24)); }
MOTE_INLINE uint32_t larger_of_4(uint32_t a, uint32_t b) {
  __ssub8(static_cast<int8x4_t>(a), static_cast<int8x4_t>(b));
  return static_cast<uint32_t>(__sel(a, b));
}
MOTE_INLINE uint32_t smaller_of_4(uint32_t a, uint32_t b) {
  __ssub8(static_cast<int8x4_t>(a), static_cast<int8x4_t>(b));
  return static_cast<uint32_t>(__sel(b, a));
}
MOTE_INLINE int32_t multiply_add_pairs(uint32_t a, uint32_t b, int32_t sum) {
  return __smlad(static_cast<int16x2_t>(a), static_cast<int16x2_t>(b), sum);
}

#else

MOTE_INLINE uint32_t widen_even(uint32_t bytes) { return pair_of(byte_of(bytes, 0), byte_of(bytes, 2)); }
MOTE_INLINE uint32_t widen_odd(uint32_t bytes) { return pair_of(byte_of(bytes, 1), byte_of(bytes, 3)); }

MOTE_INLINE uint32_t larger_of_4(uint32_t a, uint32_t b) {
  uint32_t result = 0;
  for (int i = 0; i < 4; ++i) result |= (static_cast<uint32_t>(larger(byte_of(a, i), byte_of(b, i))) & 0xFFU) << (8 * i);
  return result;
}

MOTE_INLINE uint32_t smaller_of_4(uint32_t a, uint32_t b) {
  uint32_t result = 0;
  for (int i = 0; i < 4; ++i) result |= (static_cast<uint32_t>(smaller(byte_of(a, i), byte_of(b, i))) & 0xFFU) << (8 * i);
  return result;
}

MOTE_INLINE int32_t multiply_add_pairs(uint32_t a, uint32_t b, int32_t sum) {
  return wrap_add(wrap_add(sum, low_of(a) * low_of(b)), wrap_multiply(high_of(a), high_of(b)));
}

#endif

MOTE_INLINE int32_t saturate_16(int32_t x) { return clamp<int32_t>(x, INT16_MIN, INT16_MAX); }

MOTE_INLINE int32_t multiply_high_add(int32_t a, int32_t b, int32_t sum) {
#if MOTE_NO_LONG_PRODUCT
  const ProductParts parts = product_parts(a, b);
  const uint32_t rest = (static_cast<uint32_t>(parts.first) & 0xFFFFU) + (static_cast<uint32_t>(parts.second) & 0xFFFFU) +
                        (parts.low >> 16) + 0x8000U;
  const int32_t middle = (parts.first >> 16) + (parts.second >> 16) + static_cast<int32_t>(rest >> 16);
  return wrap_add(wrap_add(sum, parts.high), middle);
#else
  return wrap_add(sum, static_cast<int32_t>((static_cast<int64_t>(a) * b + INT64_C(0x80000000)) >> 32));
#endif
}

#endif

/// Limits bytes to [lowest, highest].
MOTE_FUNCTION void clamp_bytes(int8_t* values, int32_t count, int32_t lowest, int32_t highest) {
  const uint32_t low = (static_cast<uint32_t>(lowest) & 0xFFU) * 0x01010101U;
  const uint32_t high = (static_cast<uint32_t>(highest) & 0xFFU) * 0x01010101U;
  for (; count >= 4; count -= 4, values += 4) store_4(values, smaller_of_4(larger_of_4(load_4(values), low), high));
  for (; count > 0; --count, ++values) *values = static_cast<int8_t>(clamp<int32_t>(*values, lowest, highest));
}

}  // namespace mote
