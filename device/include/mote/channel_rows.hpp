#pragma once

#include "mote/isa/halfwords.hpp"

namespace mote {

// Reading NHWC images of int8 as rows of one channel, four channels at a time, two values in a word.

/// A group of four channels of an image.
struct RowSource {
  const int8_t* at;  ///< its first channel in row 0
  int32_t height, width, channels;
  int32_t zero_point;
};

/// Four values from `at`, of which at most kRead may be read.
template <int32_t kRead>
MOTE_INLINE uint32_t load_channels(const int8_t* at) {
  if constexpr (kRead >= 4) {
    return load_4(at);
  } else {
    uint32_t word = 0;
    for (int32_t i = 0; i < kRead; ++i) word |= static_cast<uint32_t>(static_cast<uint8_t>(at[i])) << (8 * i);
    return word;
  }
}

#if MOTE_DSP

/// `count` times `width` pairs of pixels, `step` bytes apart: channel i's pairs, plus `minus_zero`, go to to[i]. Then the low
/// pixels begin where the high ones have ended, the high ones `row_bytes` further, and `to` advances by `gap` bytes.
struct PairRun {
  const int8_t* low;
  const int8_t* high;
  uint32_t* to[4];
  int32_t step;
  uint32_t minus_zero;
  int32_t width, count, row_bytes, gap;
};

MOTE_ASSEMBLY inline void pair_channels(const PairRun*) {
  __asm__ volatile(R"(
  push {r0, r4-r11, lr}
  ldr r1, [r0, #36]
  push {r1}
  ldm r0, {r0-r7}
1:
  ldr r8, [sp, #4]
  ldr r8, [r8, #32]
  subs r8, r8, #2
  blt 3f
2:
  ldr r9, [r0]
  ldr r10, [r1]
  ldr r12, [r0, r6]
  ldr lr, [r1, r6]
  add r0, r0, r6, lsl #1
  add r1, r1, r6, lsl #1
  pkhbt r11, r9, r10, lsl #16
  pkhtb r9, r10, r9, asr #16
  sxtab16 r10, r7, r11
  str r10, [r2], #4
  sxtab16 r11, r7, r11, ror #8
  str r11, [r3], #4
  sxtab16 r10, r7, r9
  str r10, [r4], #4
  sxtab16 r9, r7, r9, ror #8
  str r9, [r5], #4
  pkhbt r11, r12, lr, lsl #16
  pkhtb r9, lr, r12, asr #16
  sxtab16 r10, r7, r11
  str r10, [r2], #4
  sxtab16 r11, r7, r11, ror #8
  str r11, [r3], #4
  sxtab16 r10, r7, r9
  str r10, [r4], #4
  sxtab16 r9, r7, r9, ror #8
  str r9, [r5], #4
  subs r8, r8, #2
  bge 2b
3:
  adds r8, r8, #1
  bne 4f
  ldr r9, [r0]
  ldr r10, [r1]
  add r1, r1, r6
  pkhbt r11, r9, r10, lsl #16
  pkhtb r9, r10, r9, asr #16
  sxtab16 r10, r7, r11
  str r10, [r2], #4
  sxtab16 r11, r7, r11, ror #8
  str r11, [r3], #4
  sxtab16 r10, r7, r9
  str r10, [r4], #4
  sxtab16 r9, r7, r9, ror #8
  str r9, [r5], #4
4:
  ldr r8, [sp, #4]
  ldr r9, [r8, #40]
  ldr r10, [r8, #44]
  ldr r11, [sp]
  mov r0, r1
  add r1, r1, r9
  add r2, r2, r10
  add r3, r3, r10
  add r4, r4, r10
  add r5, r5, r10
  subs r11, r11, #1
  str r11, [sp]
  bne 1b
  pop {r0, r1, r4-r11, pc}
)");
}

#endif

}  // namespace mote
