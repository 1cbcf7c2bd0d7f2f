#pragma once

#include "mote/scalar_matrix.hpp"

namespace mote {

// From sums to int8 outputs on cores without SIMD, by four words per row. `sum` is without the row's bias.
//
// Fitted: (sum * words[0] + (sum * words[1] >> q) + words[2]) >> s, where every part stays within 32 bits; words[3] is
// s + 256 * q. Rows that no such numbers fit have the words of scalar_matrix.hpp and the sign bit of words[3].
// In both words[3] has 65536 times the number of the row's corrections (at most 32767) added.

MOTE_INLINE int32_t scalar_corrections(const int32_t* words) { return (words[3] >> 16) & 0x7FFF; }

/// The output before the clamp to int8.
MOTE_INLINE int32_t finish_sum(int32_t sum, const int32_t* words) {
  if (words[3] < 0) return scale_sum(sum + words[0], words);
  return (sum * words[0] + ((sum * words[1]) >> ((words[3] >> 8) & 31)) + words[2]) >> (words[3] & 31);
}

#if MOTE_THUMB

// A = (A * r4 + (A * r5 >> r6) + OFFSET) >> r7, saturated; T is lost. A shift by a register takes its lowest byte.
#define MOTE_FINISH_FITTED(A, T, OFFSET) \
  "  movs " T "," A                      \
  "\n"                                   \
  "  muls " T                            \
  ",r5\n"                                \
  "  asrs " T                            \
  ",r6\n"                                \
  "  muls " A                            \
  ",r4\n"                                \
  "  adds " A "," A "," T                \
  "\n"                                   \
  "  add " A "," OFFSET                  \
  "\n"                                   \
  "  asrs " A ",r7\n" MOTE_SATURATE(A, T)

#define MOTE_SATURATE(A, T) \
  "  sxtb " T "," A         \
  "\n"                      \
  "  cmp " T "," A          \
  "\n"                      \
  "  beq 9f\n"              \
  "  asrs " A "," A         \
  ",#31\n"                  \
  "  movs " T               \
  ",#127\n"                 \
  "  eors " A "," T         \
  "\n"                      \
  "9:\n"

// A subroutine of the same from the words of scalar_matrix.hpp at WORDS; T and r4 to r6 are lost. The doubling high product is
// built from halves as in scale_sum.
#define MOTE_FINISH_EXACT(A, T, WORDS) \
  "  ldr " T ",[" WORDS "]\n"             \
  "  ldr r5,[" WORDS ",#4]\n"             \
  "  adds " A "," A "," T "\n"            \
  "  asrs " T "," A ",#16\n"              \
  "  uxth " A "," A "\n"                  \
  "  lsrs r4,r5,#16\n"                    \
  "  uxth r5,r5\n"                        \
  "  movs r6," A "\n"                     \
  "  muls r6,r5\n"                        \
  "  lsrs r6,r6,#16\n"                    \
  "  muls " A ",r4\n"                     \
  "  adds " A "," A ",r6\n"               \
  "  muls r5," T "\n"                     \
  "  ldr r6,8f\n"                         \
  "  adds " A "," A ",r6\n"               \
  "  adds " A "," A ",r5\n"               \
  "  asrs " A "," A ",#15\n"              \
  "  muls r4," T "\n"                     \
  "  lsls r4,r4,#1\n"                     \
  "  adds " A "," A ",r4\n"               \
  "  asrs " T "," T ",#31\n"              \
  "  adds " A "," A "," T "\n"            \
  "  ldr " T ",[" WORDS ",#8]\n"          \
  "  ldr r4,[" WORDS ",#12]\n"            \
  "  adds " A "," A "," T "\n"            \
  "  asrs " A ",r4\n" MOTE_SATURATE(A, T) \
  "  bx lr\n"                             \
  "  .p2align 2\n"                        \
  "8:\n"                                  \
  "  .word 0xC0004000\n"

/// Outputs of rows from their sums with two columns, up to `end`: those of the first column go to `out`, those of the second
/// `out_stride` bytes behind them. Returns the rest of the corrections, which are aligned to 4 bytes.
MOTE_THUMB_ASSEMBLY inline const int16_t* finish_two_columns(const int32_t*, const int32_t*, int8_t*, const int32_t*, int32_t,
                                                             const uint32_t*, const int16_t*) {
  // r0 sums, r1 words, r8 offset, r9 output, r10 end, r11 stride; stack: 40 columns, 44 corrections.
  __asm__ volatile(
      "  .syntax unified\n"
      "  push {r4-r7,lr}\n"
      "  mov r4,r8\n"
      "  mov r5,r9\n"
      "  mov r6,r10\n"
      "  mov r7,r11\n"
      "  push {r4-r7}\n"
      "  mov r9,r2\n"
      "  mov r10,r3\n"
      "  ldr r4,[sp,#36]\n"
      "  mov r11,r4\n"
      "2:\n"
      "  ldm r1!,{r4-r7}\n"
      "  lsrs r3,r7,#16\n"
      "  bne 5f\n"
      "3:\n"
      "  mov r8,r6\n"
      "  lsrs r6,r7,#8\n"
      "  ldm r0!,{r2}\n" MOTE_FINISH_FITTED("r2", "r3", "r8")
      "  mov r3,r9\n"
      "  strb r2,[r3]\n"
      "  ldm r0!,{r2}\n" MOTE_FINISH_FITTED("r2", "r3", "r8")
      "  mov r3,r9\n"
      "  mov r4,r11\n"
      "  strb r2,[r3,r4]\n"
      "4:\n"
      "  adds r3,#1\n"
      "  mov r9,r3\n"
      "  cmp r0,r10\n"
      "  bne 2b\n"
      "  ldr r0,[sp,#44]\n"
      "  pop {r4-r7}\n"
      "  mov r8,r4\n"
      "  mov r9,r5\n"
      "  mov r10,r6\n"
      "  mov r11,r7\n"
      "  pop {r4-r7,pc}\n"
      // r3 corrections left, r4 one's weight, r5 the next one, r6 columns, r8 2^15, r12 and lr sums.
      "5:\n"
      "  lsls r3,r3,#17\n"
      "  beq 1f\n"
      "  lsrs r3,r3,#17\n"
      "  movs r2,#128\n"
      "  lsls r2,r2,#8\n"
      "  mov r8,r2\n"
      "  ldr r2,[r0]\n"
      "  ldr r7,[r0,#4]\n"
      "  mov r12,r2\n"
      "  mov lr,r7\n"
      "  ldr r5,[sp,#44]\n"
      "  ldr r6,[sp,#40]\n"
      "6:\n"
      "  ldm r5!,{r4}\n"
      "  uxth r2,r4\n"
      "  asrs r4,r4,#16\n"
      "  lsrs r2,r2,#1\n"
      "  bcs 7f\n"
      "  lsls r2,r2,#3\n"
      "  adds r2,r2,r6\n"
      "  ldm r2,{r2,r7}\n"
      "  sxth r2,r2\n"
      "  sxth r7,r7\n"
      "  b 8f\n"
      // A negative lower value has taken one from the upper half.
      "7:\n"
      "  lsls r2,r2,#3\n"
      "  adds r2,r2,r6\n"
      "  ldm r2,{r2,r7}\n"
      "  add r2,r8\n"
      "  add r7,r8\n"
      "  asrs r2,r2,#16\n"
      "  asrs r7,r7,#16\n"
      "8:\n"
      "  muls r2,r4\n"
      "  muls r7,r4\n"
      "  add r12,r2\n"
      "  add lr,r7\n"
      "  subs r3,#1\n"
      "  bne 6b\n"
      "  str r5,[sp,#44]\n"
      "  mov r2,r12\n"
      "  str r2,[r0]\n"
      "  mov r2,lr\n"
      "  str r2,[r0,#4]\n"
      "1:\n"
      "  subs r1,#16\n"
      "  ldm r1!,{r4-r7}\n"
      "  cmp r7,#0\n"
      "  bge 3b\n"
      "  subs r1,#16\n"
      "  ldm r0!,{r2}\n"
      "  bl 7f\n"
      "  mov r3,r9\n"
      "  strb r2,[r3]\n"
      "  ldm r0!,{r2}\n"
      "  bl 7f\n"
      "  mov r3,r9\n"
      "  mov r4,r11\n"
      "  strb r2,[r3,r4]\n"
      "  adds r1,#16\n"
      "  b 4b\n"
      "7:\n" MOTE_FINISH_EXACT("r2", "r3", "r1"));
}

#else

inline const int16_t* finish_two_columns(const int32_t* sums, const int32_t* words, int8_t* out, const int32_t* end,
                                         int32_t out_stride, const uint32_t* columns, const int16_t* corrections) {
  for (; sums != end; sums += 2, words += 4, ++out) {
    int32_t first = sums[0];
    int32_t second = sums[1];
    for (int32_t count = scalar_corrections(words); count > 0; --count, corrections += 2) {
      const int32_t index = corrections[0];
      const uint32_t* pair = columns + (index & ~1);
      first += corrections[1] * value_of_pair(pair[0], index & 1);
      second += corrections[1] * value_of_pair(pair[1], index & 1);
    }
    out[0] = static_cast<int8_t>(clamp<int32_t>(finish_sum(first, words), -128, 127));
    out[out_stride] = static_cast<int8_t>(clamp<int32_t>(finish_sum(second, words), -128, 127));
  }
  return corrections;
}

#endif

}  // namespace mote
