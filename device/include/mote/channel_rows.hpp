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

/// Rows `row` and `row + 1` of four channels, less the zero point: the rows of each channel, a column's two values in a word.
/// Rows outside the image are 0.
template <int32_t kRead>
MOTE_FUNCTION void pair_any_rows(const RowSource& from, int32_t row, uint32_t* pairs) {
  const uint32_t zeros = (static_cast<uint32_t>(from.zero_point) & 0xFFU) * 0x01010101U;
  const uint32_t minus_zero = pair_of(-from.zero_point, -from.zero_point);
  const bool has_low = row >= 0 && row < from.height;
  const bool has_high = row + 1 >= 0 && row + 1 < from.height;
  const int32_t low = row * from.width * from.channels;
  const int32_t high = low + from.width * from.channels;
  for (int32_t at = 0; at < high - low; at += from.channels, ++pairs) {
    const uint32_t a = has_low ? load_channels<kRead>(from.at + low + at) : zeros;
    const uint32_t b = has_high ? load_channels<kRead>(from.at + high + at) : zeros;
    const uint32_t first = join_low(a, b);
    const uint32_t second = join_high(a, b);
    pairs[0] = widen_even_add(first, minus_zero);
    pairs[from.width] = widen_odd_add(first, minus_zero);
    pairs[2 * from.width] = widen_even_add(second, minus_zero);
    pairs[3 * from.width] = widen_odd_add(second, minus_zero);
  }
}

/// `count` pairs of rows from `row` on.
template <int32_t kRead>
MOTE_FUNCTION void pair_rows(const RowSource& from, int32_t row, int32_t count, uint32_t* pairs) {
  const int32_t end = row + 2 * count;
  const int32_t width = from.width;
  for (; row < end; row += 2, pairs += 4 * width) {
#if MOTE_DSP
    const int32_t inner = (smaller(end, from.height) - row) / 2;
    if (kRead == 4 && row >= 0 && inner > 0) {
      const int32_t row_bytes = width * from.channels;
      const int8_t* const low = from.at + row * row_bytes;
      const PairRun run = {low,
                           low + row_bytes,
                           {pairs, pairs + width, pairs + 2 * width, pairs + 3 * width},
                           from.channels,
                           pair_of(-from.zero_point, -from.zero_point),
                           width,
                           inner,
                           row_bytes,
                           12 * width};
      pair_channels(&run);
      row += 2 * inner - 2, pairs += 4 * width * (inner - 1);
      continue;
    }
#endif
    pair_any_rows<kRead>(from, row, pairs);
  }
}

}  // namespace mote
