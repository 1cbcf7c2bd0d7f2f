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

/// What pair_channels turns into pairs: `width` pairs of pixels, `step` bytes apart. Channel i's pairs, plus `minus_zero`, begin
/// i * `pitch` bytes after those of channel 0.
struct PairShape {
  int32_t step;
  uint32_t minus_zero;
  int32_t width;
  int32_t row_bytes;  ///< from the end of the high pixels to the next ones; the low ones begin where the high ones have ended
  int32_t pitch;
};

#if MOTE_DSP

/// Which pixels of a pair there are; for the others `low` or `high` is the address 0 plus four zero points, and count is 1.
enum class PairRows : int32_t { kBoth, kLow, kHigh };

/// `count` rows of pairs, one after the other in `to`.
///
/// r0 low, r1 high, r2-r5 to, r6 step, r7 minus zero, r8 columns left.
template <PairRows kRows>
MOTE_ASSEMBLY void pair_channels(const int8_t* /*low*/, const int8_t* /*high*/, uint32_t* /*to*/, const PairShape*,
                                 int32_t /*count*/) {
  __asm__ volatile(
      R"(
  .macro load%=
    .if %c[rows] == 0
      ldr r9, [r0]
      ldr r10, [r1]
      ldr r12, [r0, r6]
      ldr lr, [r1, r6]
      add r0, r0, r6, lsl #1
      add r1, r1, r6, lsl #1
    .elseif %c[rows] == 1
      ldr r9, [r0]
      ldr r12, [r0, r6]
      add r0, r0, r6, lsl #1
    .else
      ldr r10, [r1]
      ldr lr, [r1, r6]
      add r1, r1, r6, lsl #1
    .endif
  .endm
  .macro pair%= low, high
    pkhbt r11, \low, \high, lsl #16
    pkhtb r9, \high, \low, asr #16
    sxtab16 r10, r7, r11
    str r10, [r2], #4
    sxtab16 r11, r7, r11, ror #8
    str r11, [r3], #4
    sxtab16 r10, r7, r9
    str r10, [r4], #4
    sxtab16 r9, r7, r9, ror #8
    str r9, [r5], #4
  .endm
  .macro first%=
    .if %c[rows] == 0
      pair%= r9, r10
    .elseif %c[rows] == 1
      pair%= r9, r1
    .else
      pair%= r0, r10
    .endif
  .endm
  .macro two%=
    load%=
    first%=
    .if %c[rows] == 0
      pair%= r12, lr
    .elseif %c[rows] == 1
      pair%= r12, r1
    .else
      pair%= r0, lr
    .endif
  .endm

  push {r4-r11, lr}
  ldr r11, [sp, #36]
  ldm r3, {r6-r10}
  push {r8-r11}
  add r3, r2, r10
  add r4, r3, r10
  add r5, r4, r10
1:
  ldr r8, [sp]
  .if %c[rows] == 0
    subs r8, r8, #4
    blt 3f
2:
    two%=
    two%=
    subs r8, r8, #4
    bge 2b
3:
    adds r8, r8, #2
    blt 4f
    two%=
    sub r8, r8, #2
4:
    adds r8, r8, #1
    blt 5f
  .else
    subs r8, r8, #2
    blt 3f
2:
    two%=
    subs r8, r8, #2
    bge 2b
3:
    adds r8, r8, #1
    bne 5f
  .endif
  .if %c[rows] != 2
    ldr r9, [r0]
  .endif
  .if %c[rows] != 1
    ldr r10, [r1]
    add r1, r1, r6
  .endif
  first%=
5:
  .if %c[rows] == 0
    add r9, sp, #4
    ldm r9, {r9, r10, r11}
    mov r0, r1
    add r1, r1, r9
    mov r2, r5
    add r3, r2, r10
    add r4, r3, r10
    add r5, r4, r10
    subs r11, r11, #1
    str r11, [sp, #12]
    bne 1b
  .endif
  add sp, sp, #16
  pop {r4-r11, pc}
  .purgem load%=
  .purgem pair%=
  .purgem first%=
  .purgem two%=
)" ::[rows] "i"(static_cast<int32_t>(kRows)));
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

#if MOTE_DSP

/// `count` pairs of rows from `row` on. `shape`: of a row of pairs.
template <int32_t kRead>
MOTE_FUNCTION void pair_rows(const RowSource& from, const PairShape& shape, int32_t row, int32_t count, uint32_t* pairs) {
  const int8_t* const zeros = reinterpret_cast<const int8_t*>((static_cast<uintptr_t>(from.zero_point) & 0xFFU) * 0x01010101U);
  for (int32_t done = 1; count > 0; count -= done, row += 2 * done, pairs += shape.pitch * done) {
    const int8_t* const low = from.at + row * shape.row_bytes;
    done = 1;
    if (row < -1 || row >= from.height) {
      memset(pairs, 0, static_cast<size_t>(shape.pitch) * 4);
    } else if (kRead < 4) {
      pair_any_rows<kRead>(from, row, pairs);
    } else if (row < 0) {
      pair_channels<PairRows::kHigh>(zeros, low + shape.row_bytes, pairs, &shape, 1);
    } else if (row + 1 == from.height) {
      pair_channels<PairRows::kLow>(low, zeros, pairs, &shape, 1);
    } else {
      done = smaller(count, (from.height - row) / 2);
      pair_channels<PairRows::kBoth>(low, low + shape.row_bytes, pairs, &shape, done);
    }
  }
}

#else

template <int32_t kRead>
MOTE_FUNCTION void pair_rows(const RowSource& from, const PairShape&, int32_t row, int32_t count, uint32_t* pairs) {
  for (; count > 0; --count, row += 2, pairs += 4 * from.width) pair_any_rows<kRead>(from, row, pairs);
}

#endif

}  // namespace mote
