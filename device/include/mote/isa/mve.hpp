#pragma once

// The M-profile vector extension of Armv8.1-M (Helium: Cortex-M55, M85) for kernels on int8. The assembler of GCC 12 encodes
// VQSHRN and VQSHRUN as their rounding forms: only the rounding ones are used.
// Source: Armv8-M Architecture Reference Manual, chapter C2.

#include "mote/fixed_point.hpp"

#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__) && !defined(__ARM_BIG_ENDIAN)
#define MOTE_MVE 1
#include <arm_mve.h>
#else
#define MOTE_MVE 0
#endif

// A function whose body is one assembly statement, see dsp.hpp.
#if MOTE_MVE && defined(__clang__)
#define MOTE_MVE_ASSEMBLY __attribute__((naked, noinline))
#elif MOTE_MVE
#define MOTE_MVE_ASSEMBLY __attribute__((naked, noinline, noipa))
#endif

namespace mote {

#if MOTE_MVE

// GCC 12 takes a predicated store for one of the whole vector and removes stores before it as dead: predicated stores are written
// in assembly.

/// Copies 0 or more bytes, 16 at a time; `to` may lie below `from` and overlap it.
MOTE_INLINE void copy_vectors(int8_t* to, const int8_t* from, int32_t bytes) {
  __asm__ volatile(R"(
  wlstp.8 lr, %2, 2f
1:
  vldrb.8 q0, [%1], #16
  vstrb.8 q0, [%0], #16
  letp lr, 1b
2:
)"
                   : "+r"(to), "+r"(from)
                   : "r"(bytes)
                   : "lr", "d0", "d1", "cc", "memory");
}

/// Fills 0 or more bytes.
MOTE_INLINE void fill_vectors(int8_t* to, int32_t value, int32_t bytes) {
  __asm__ volatile(R"(
  vdup.8 q0, %1
  wlstp.8 lr, %2, 2f
1:
  vstrb.8 q0, [%0], #16
  letp lr, 1b
2:
)"
                   : "+r"(to)
                   : "r"(value), "r"(bytes)
                   : "lr", "d0", "d1", "cc", "memory");
}

/// Copies a fixed number of bytes, a multiple of 4, between addresses that are multiples of 4.
template <int32_t kBytes>
MOTE_INLINE void copy_words(int8_t* to, const int8_t* from) {
  static_assert(kBytes % 4 == 0, "whole words");
#pragma GCC unroll 16
  for (int32_t i = 0; i < kBytes / 64; ++i) {
    __asm__ volatile("vldmia %0!, {d0-d7}\n\tvstmia %1!, {d0-d7}"
                     : "+r"(from), "+r"(to)::"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "memory");
  }
  constexpr int32_t kRest = kBytes % 64;
  if constexpr (kRest >= 48) {
    __asm__ volatile("vldmia %0!, {d0-d5}\n\tvstmia %1!, {d0-d5}"
                     : "+r"(from), "+r"(to)::"d0", "d1", "d2", "d3", "d4", "d5", "memory");
  } else if constexpr (kRest >= 32) {
    __asm__ volatile("vldmia %0!, {d0-d3}\n\tvstmia %1!, {d0-d3}" : "+r"(from), "+r"(to)::"d0", "d1", "d2", "d3", "memory");
  } else if constexpr (kRest >= 16) {
    __asm__ volatile("vldmia %0!, {d0-d1}\n\tvstmia %1!, {d0-d1}" : "+r"(from), "+r"(to)::"d0", "d1", "memory");
  }
  if constexpr (kRest % 16 != 0) memcpy(to, from, kRest % 16);
}

/// Fills a fixed number of bytes, a multiple of 4 at an address that is one.
template <int32_t kBytes>
MOTE_INLINE void fill_words(int8_t* to, int32_t value) {
  const int8x16_t all = vdupq_n_s8(static_cast<int8_t>(value));
#pragma GCC unroll 36
  for (int32_t i = 0; i + 16 <= kBytes; i += 16) vstrbq_s8(to + i, all);
  if constexpr (kBytes % 16 != 0) memset(to + kBytes / 16 * 16, value, kBytes % 16);
}

/// Copies a run of a fixed length. Writes up to the next multiple of 16 bytes when the run is shorter than 16.
template <int32_t kBytes>
MOTE_INLINE void copy_run(int8_t* to, const int8_t* from) {
  if constexpr (kBytes == 4 || kBytes == 8) {
    memcpy(to, from, static_cast<size_t>(kBytes));
  } else if constexpr (kBytes < 16) {
    vstrbq_s8(to, vldrbq_z_s8(from, vctp8q(static_cast<uint32_t>(kBytes))));
  } else if constexpr (kBytes <= 128) {
#pragma GCC unroll 8
    for (int32_t i = 0; i + 16 <= kBytes; i += 16) vstrbq_s8(to + i, vldrbq_s8(from + i));
    if constexpr (kBytes % 16 != 0) vstrbq_s8(to + kBytes - 16, vldrbq_s8(from + kBytes - 16));
  } else {
    copy_vectors(to, from, kBytes);
  }
}

#else

template <int32_t kBytes>
MOTE_INLINE void copy_words(int8_t* to, const int8_t* from) {
  memcpy(to, from, static_cast<size_t>(kBytes));
}

template <int32_t kBytes>
MOTE_INLINE void fill_words(int8_t* to, int32_t value) {
  memset(to, value, static_cast<size_t>(kBytes));
}

MOTE_INLINE void copy_vectors(int8_t* to, const int8_t* from, int32_t bytes) {
  memmove(to, from, static_cast<size_t>(larger<int32_t>(bytes, 0)));
}

MOTE_INLINE void fill_vectors(int8_t* to, int32_t value, int32_t bytes) {
  memset(to, value, static_cast<size_t>(larger<int32_t>(bytes, 0)));
}

template <int32_t kBytes>
MOTE_INLINE void copy_run(int8_t* to, const int8_t* from) {
  memcpy(to, from, static_cast<size_t>(kBytes));
}

#endif

}  // namespace mote
