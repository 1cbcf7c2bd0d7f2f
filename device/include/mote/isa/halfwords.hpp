#pragma once

#include "mote/isa/dsp.hpp"

namespace mote {

// Rearranging and adding int16 pairs: what kernels need that turn two rows of int8 into one row of pairs.

#if MOTE_DSP

/// The low halves of `a` and `b`, a's in the low half.
MOTE_INLINE uint32_t join_low(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}

/// The high halves of `a` and `b`, a's in the low half.
MOTE_INLINE uint32_t join_high(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(pair) : "r"(b), "r"(a));
  return pair;
}

/// Bytes 0 and 2 as int16, each plus one of `addend`.
MOTE_INLINE uint32_t widen_even_add(uint32_t bytes, uint32_t addend) {
  uint32_t pair;
  __asm__("sxtab16 %0, %1, %2" : "=r"(pair) : "r"(addend), "r"(bytes));
  return pair;
}

/// Bytes 1 and 3 as int16, each plus one of `addend`.
MOTE_INLINE uint32_t widen_odd_add(uint32_t bytes, uint32_t addend) {
  uint32_t pair;
  __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(pair) : "r"(addend), "r"(bytes));
  return pair;
}

/// sum + (a * b.low >> 16), wrapping.
MOTE_INLINE int32_t multiply_low_add(int32_t a, uint32_t b, int32_t sum) {
  int32_t result;
  __asm__("smlawb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/// sum + (a * b.high >> 16), wrapping.
MOTE_INLINE int32_t multiply_high_half_add(int32_t a, uint32_t b, int32_t sum) {
  int32_t result;
  __asm__("smlawt %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/// x >> kShift, saturated; kShift 1..31.
template <int32_t kShift>
MOTE_INLINE int8_t shift_to_int8(int32_t x) {
  int32_t result;
  __asm__("ssat %0, #8, %1, asr %2" : "=r"(result) : "r"(x), "I"(kShift) : "cc");
  return static_cast<int8_t>(result);
}

/// Sums of int16 pairs.
MOTE_INLINE uint32_t add_pairs(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("sadd16 %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}

#else

MOTE_INLINE int32_t multiply_low_add(int32_t a, uint32_t b, int32_t sum) {
  return wrap_add(sum, static_cast<int32_t>((static_cast<int64_t>(a) * low_of(b)) >> 16));
}
MOTE_INLINE int32_t multiply_high_half_add(int32_t a, uint32_t b, int32_t sum) {
  return wrap_add(sum, static_cast<int32_t>((static_cast<int64_t>(a) * high_of(b)) >> 16));
}
template <int32_t kShift>
MOTE_INLINE int8_t shift_to_int8(int32_t x) {
  return static_cast<int8_t>(clamp<int32_t>(x >> kShift, -128, 127));
}
MOTE_INLINE uint32_t join_low(uint32_t a, uint32_t b) { return (a & 0xFFFFU) | (b << 16); }
MOTE_INLINE uint32_t join_high(uint32_t a, uint32_t b) { return (a >> 16) | (b & 0xFFFF0000U); }
MOTE_INLINE uint32_t add_pairs(uint32_t a, uint32_t b) { return pair_of(low_of(a) + low_of(b), high_of(a) + high_of(b)); }
MOTE_INLINE uint32_t widen_even_add(uint32_t bytes, uint32_t addend) { return add_pairs(widen_even(bytes), addend); }
MOTE_INLINE uint32_t widen_odd_add(uint32_t bytes, uint32_t addend) { return add_pairs(widen_odd(bytes), addend); }

#endif

}  // namespace mote
