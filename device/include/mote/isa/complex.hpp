#pragma once

#include "mote/isa/halfwords.hpp"

namespace mote {

// Complex numbers as pairs of int16, the real part in the low half. Sums and differences wrap.

#if MOTE_DSP

MOTE_INLINE uint32_t subtract_pairs(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("ssub16 %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}

/// a - i * b.
MOTE_INLINE uint32_t add_turned(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("ssax %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}

/// a + i * b.
MOTE_INLINE uint32_t subtract_turned(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("sasx %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}

/// (a + b) / 2, rounded down, as if the sum had 17 bits.
MOTE_INLINE uint32_t half_sum(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("shadd16 %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}

/// (a - b) / 2, rounded down, as if the difference had 17 bits.
MOTE_INLINE uint32_t half_difference(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("shsub16 %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}

/// Each half times factor / 2^16, rounded half up; factor is in the low half and positive.
MOTE_INLINE uint32_t scale_pair(uint32_t a, uint32_t factor) {
  int32_t low;
  int32_t high;
  __asm__("smlabb %0, %1, %2, %3" : "=r"(low) : "r"(a), "r"(factor), "r"(0x8000));
  __asm__("smlatb %0, %1, %2, %3" : "=r"(high) : "r"(a), "r"(factor), "r"(0x8000));
  return join_high(static_cast<uint32_t>(low), static_cast<uint32_t>(high));
}

/// a * b / 2^15, rounded half up.
MOTE_INLINE uint32_t multiply_complex(uint32_t a, uint32_t b) {
  int32_t real;
  int32_t imaginary;
  uint32_t pair;
  __asm__("smlsd %0, %1, %2, %3" : "=r"(real) : "r"(a), "r"(b), "r"(0x4000));
  __asm__("smladx %0, %1, %2, %3" : "=r"(imaginary) : "r"(a), "r"(b), "r"(0x4000));
  __asm__("pkhbt %0, %1, %2, lsl #1" : "=r"(pair) : "r"(real >> 15), "r"(imaginary));
  return pair;
}

/// The real part of a * b, wrapping.
MOTE_INLINE int32_t multiply_real(uint32_t a, uint32_t b) {
  int32_t real;
  __asm__("smusd %0, %1, %2" : "=r"(real) : "r"(a), "r"(b));
  return real;
}

/// The imaginary part of a * b, wrapping.
MOTE_INLINE int32_t multiply_imaginary(uint32_t a, uint32_t b) {
  int32_t imaginary;
  __asm__("smuadx %0, %1, %2" : "=r"(imaginary) : "r"(a), "r"(b));
  return imaginary;
}

/// sum + a.low * b.low.
MOTE_INLINE int32_t multiply_low_halves(uint32_t a, uint32_t b, int32_t sum) {
  int32_t result;
  __asm__("smlabb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/// sum + a.high * b.low.
MOTE_INLINE int32_t multiply_high_half(uint32_t a, uint32_t b, int32_t sum) {
  int32_t result;
  __asm__("smlatb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

#else

MOTE_INLINE int32_t multiply_real(uint32_t a, uint32_t b) {
  return wrap_subtract(low_of(a) * low_of(b), high_of(a) * high_of(b));
}
MOTE_INLINE int32_t multiply_imaginary(uint32_t a, uint32_t b) {
  return wrap_add(low_of(a) * high_of(b), high_of(a) * low_of(b));
}
MOTE_INLINE int32_t multiply_low_halves(uint32_t a, uint32_t b, int32_t sum) { return sum + low_of(a) * low_of(b); }
MOTE_INLINE int32_t multiply_high_half(uint32_t a, uint32_t b, int32_t sum) { return sum + high_of(a) * low_of(b); }
MOTE_INLINE uint32_t subtract_pairs(uint32_t a, uint32_t b) { return pair_of(low_of(a) - low_of(b), high_of(a) - high_of(b)); }
MOTE_INLINE uint32_t add_turned(uint32_t a, uint32_t b) { return pair_of(low_of(a) + high_of(b), high_of(a) - low_of(b)); }
MOTE_INLINE uint32_t subtract_turned(uint32_t a, uint32_t b) { return pair_of(low_of(a) - high_of(b), high_of(a) + low_of(b)); }
MOTE_INLINE uint32_t half_sum(uint32_t a, uint32_t b) {
  return pair_of((low_of(a) + low_of(b)) >> 1, (high_of(a) + high_of(b)) >> 1);
}
MOTE_INLINE uint32_t half_difference(uint32_t a, uint32_t b) {
  return pair_of((low_of(a) - low_of(b)) >> 1, (high_of(a) - high_of(b)) >> 1);
}
MOTE_INLINE uint32_t scale_pair(uint32_t a, uint32_t factor) {
  return pair_of((low_of(a) * low_of(factor) + 0x8000) >> 16, (high_of(a) * low_of(factor) + 0x8000) >> 16);
}
MOTE_INLINE uint32_t multiply_complex(uint32_t a, uint32_t b) {
  return pair_of((low_of(a) * low_of(b) - high_of(a) * high_of(b) + 0x4000) >> 15,
                 (low_of(a) * high_of(b) + high_of(a) * low_of(b) + 0x4000) >> 15);
}

#endif

/// The conjugate.
MOTE_INLINE uint32_t mirrored(uint32_t a) { return (a & 0xFFFFU) | (subtract_pairs(0, a) & 0xFFFF0000U); }

}  // namespace mote
