#pragma once

#include "mote/isa/dsp.hpp"

namespace mote {

// Matrices of int8 weights at one byte per weight and two products per instruction. Two rows share a halfword 256 * a + b: SMLAD
// with the halfwords sums 256 * A + B, SMLAD with their sign-extended low bytes sums B, and the difference is 256 * A, exactly,
// as long as A stays below 2^23 in size. mote proves that from the weights before it chooses these kernels.
//
// The matrix is cut into blocks of four rows; each is a run of words:
//   2                  start sums of rows 1 and 3, times 256; the others are 0 (bias with the input's zero point folded in)
//   2 * steps          weights of two columns: rows 0 and 1 (row 1 in the high bytes), rows 2 and 3
//   6                  fitted: multiplier and start sum of row 0, multiplier of row 1, start sum of row 2, multipliers of 2 and 3
//   14                 else row after row: multiplier, double start sum (rows 0 and 2 only), offset, shift
// A sum a becomes (high(2 * a * multiplier) + offset + (a < 0 ? -1 : 0)) >> shift, saturated to int8, where offset is half of
// 2^shift and the output's zero point times 2^shift: gemmlowp's two roundings. high rounds here.
// Fitted, start sums are times 256 and hold an offset, by which a sum becomes high(256 * a * multiplier) >> 12, saturated. mote
// takes it where it has fitted the numbers so that they give the same outputs. The other ending is marked by the sign bit of its
// first multiplier.
//
// Where the proof fails, a matrix of bytes does:
//   4                  start sums, the biases
//   2 * steps          of two steps a word of each row: the first step's pair in bytes 0 and 2, the second's in 1 and 3
//   4 * 3              per row: multiplier, offset, shift
//
// Inputs are columns of int16 pairs, one pair per step.

/// How a call walks over a matrix.
struct PackedMatrix {
  int32_t steps;         ///< pairs in a column, at least 1
  int32_t matrix_bytes;  ///< of the blocks to run over
  int32_t out_stride;    ///< bytes from the first column's outputs to the second's
};

/// Limits the outputs of `pixels` pixels, L::out_c of each, to L's clamp.
template <typename L>
MOTE_INLINE void clamp_outputs(int8_t* out, int32_t pixels) {
  if constexpr (L::clamp_min == -128 && L::clamp_max == 127) {
    (void)out, (void)pixels;
  } else if constexpr (out_pitch<L>() == L::out_c) {
    clamp_bytes(out, pixels * L::out_c, L::clamp_min, L::clamp_max);
  } else {
    for (; pixels > 0; --pixels, out += out_pitch<L>()) clamp_bytes(out, L::out_c, L::clamp_min, L::clamp_max);
  }
}

/// Words of a block of a matrix of bytes.
constexpr int32_t byte_block_words(int32_t steps) { return 4 + 2 * steps + 12; }

/// Pairs in the column of a window of `rows` runs of `row_bytes` values: see widen_window.
constexpr int32_t window_steps(int32_t rows, int32_t row_bytes) {
  return rows * (row_bytes / 4) * 2 + (rows * (row_bytes % 4) + 1) / 2;
}

/// Writes a window as a column: of each row, four values at a time, pairs (0, 2) and (1, 3); then what is left of all rows, in
/// order, filled up with 0. `row(y)` points to a row, pairs are written `kSpacing` words apart.
template <int32_t kRows, int32_t kRowBytes, int32_t kSpacing, typename Row>
MOTE_INLINE void widen_window(const Row& row, uint32_t* column) {
  constexpr int32_t kQuads = kRowBytes / 4;
  constexpr int32_t kRest = kRowBytes % 4;
  const auto widen_4 = [&](const int8_t* values) {
    const uint32_t four = load_4(values);
    column[0] = widen_even(four);
    column[kSpacing] = widen_odd(four);
    column += 2 * kSpacing;
  };
  if constexpr (kQuads > 0 && kRows * kQuads <= 16) {
#pragma GCC unroll 16
    for (int32_t i = 0; i < kRows * kQuads; ++i) widen_4(row(i / kQuads) + 4 * (i % kQuads));
  } else if constexpr (kQuads > 0) {
    for (int32_t y = 0; y < kRows; ++y) {
      const int8_t* values = row(y);
#pragma GCC unroll 8
      for (int32_t i = 0; i < kQuads; ++i) widen_4(values + 4 * i);
    }
  }
  if constexpr (kRest > 0) {
    constexpr int32_t kCount = kRows * kRest;
    const auto rest = [&](int32_t i) -> int32_t { return i < kCount ? row(i / kRest)[4 * kQuads + i % kRest] : 0; };
#pragma GCC unroll 16
    for (int32_t i = 0; i < kCount; i += 2, column += kSpacing) *column = pair_of(rest(i), rest(i + 1));
  }
}

#if MOTE_DSP

/// Multiplies by two columns at once, whose pairs alternate in memory.
MOTE_ASSEMBLY inline void multiply_two_columns(const uint32_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  // r4-r7 sums of column 0, r8-r11 of column 1, lr the matrix, r12 the columns. A run of 32 steps is unrolled; the first run of
  // a block is entered in the middle, pointers set back by the steps left out. A step is 14 instructions of 4 bytes. On the
  // stack: 0 out, 4 stride, 8 end of matrix, 12 end of columns, 16 columns set back, 20 bytes set back, 24 entry.
  __asm__ volatile(
      R"(
  .syntax unified
  push {r4-r11,lr}
  sub sp,sp,#28
  ldr r4,[r3]
  ldr r5,[r3,#4]
  ldr r6,[r3,#8]
  str r2,[sp]
  str r6,[sp,#4]
  add r5,r5,r1
  str r5,[sp,#8]
  add r5,r0,r4,lsl #3
  str r5,[sp,#12]
  rsb r5,r4,#0
  and r5,r5,#31
  sub r0,r0,r5,lsl #3
  str r0,[sp,#16]
  lsl r6,r5,#3
  str r6,[sp,#20]
  adr r7,3f
  movs r6,#56
  mla r7,r5,r6,r7
  orr r7,r7,#1
  str r7,[sp,#24]
  mov lr,r1
2:
  ldr r5,[lr]
  ldr r7,[lr,#4]
  ldr r12,[sp,#16]
  ldr r0,[sp,#20]
  ldr r1,[sp,#24]
  mov r4,#0
  mov r6,#0
  mov r8,#0
  mov r10,#0
  sub lr,lr,r0
  mov r9,r5
  mov r11,r7
  bx r1
  .p2align 2
3:
  .irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ldr.w r0,[lr,#8+8*\i]
  ldr.w r1,[lr,#12+8*\i]
  ldr.w r2,[r12,#8*\i]
  ldr.w r3,[r12,#4+8*\i]
  smlad r5,r0,r2,r5
  smlad r9,r0,r3,r9
  smlad r7,r1,r2,r7
  smlad r11,r1,r3,r11
  sxtb16 r0,r0
  sxtb16 r1,r1
  smlad r4,r0,r2,r4
  smlad r8,r0,r3,r8
  smlad r6,r1,r2,r6
  smlad r10,r1,r3,r10
  .endr
  ldr r0,[sp,#12]
  add r12,r12,#256
  add lr,lr,#256
  cmp r12,r0
  bne 3b
  ldr r0,[lr,#8]
  ldr r1,[lr,#12]
  ldr r2,[lr,#16]
  ldr r3,[lr,#20]
  sub r5,r5,r4
  sub r9,r9,r8
  sub r7,r7,r6
  sub r11,r11,r10
  cmp r0,#0
  blt 4f
  add r4,r1,r4,lsl #8
  add r8,r1,r8,lsl #8
  add r6,r3,r6,lsl #8
  add r10,r3,r10,lsl #8
  smmul r4,r4,r0
  smmul r8,r8,r0
  smmul r5,r5,r2
  smmul r9,r9,r2
  ldr r0,[lr,#24]
  ldr r1,[lr,#28]
  ldr r2,[sp,#4]
  ldr r3,[sp,#8]
  ldr r12,[sp]
  smmul r6,r6,r0
  smmul r10,r10,r0
  smmul r7,r7,r1
  smmul r11,r11,r1
  .irp r,r4,r5,r6,r7,r8,r9,r10,r11
  ssat \r,#8,\r,asr #12
  .endr
  add lr,lr,#32
5:
  add r2,r2,r12
  strb r5,[r12,#1]
  strb r6,[r12,#2]
  strb r7,[r12,#3]
  strb r8,[r2]
  strb r9,[r2,#1]
  strb r10,[r2,#2]
  strb r11,[r2,#3]
  strb r4,[r12],#4
  cmp lr,r3
  str r12,[sp]
  bne 2b
  add sp,sp,#28
  pop {r4-r11,pc}
4:
  .macro mote_scale first,second
  smmlar r1,\first,r0,r2
  smmlar r12,\second,r0,r2
  add r1,r1,\first,asr #31
  add r12,r12,\second,asr #31
  asr r1,r1,r3
  asr r12,r12,r3
  ssat \first,#8,r1
  ssat \second,#8,r12
  .endm
  bic r0,r0,#0x80000000
  add r4,r1,r4,lsl #1
  add r8,r1,r8,lsl #1
  mote_scale r4,r8
  ldr r0,[lr,#24]
  ldr r2,[lr,#28]
  ldr r3,[lr,#32]
  asr r5,r5,#7
  asr r9,r9,#7
  mote_scale r5,r9
  ldr r0,[lr,#36]
  ldr r1,[lr,#40]
  ldr r2,[lr,#44]
  ldr r3,[lr,#48]
  add r6,r1,r6,lsl #1
  add r10,r1,r10,lsl #1
  mote_scale r6,r10
  ldr r0,[lr,#52]
  ldr r2,[lr,#56]
  ldr r3,[lr,#60]
  asr r7,r7,#7
  asr r11,r11,#7
  mote_scale r7,r11
  .purgem mote_scale
  ldr r2,[sp,#4]
  ldr r3,[sp,#8]
  ldr r12,[sp]
  add lr,lr,#64
  b 5b
)");
}

// Multiplying by one column: r4-r7 sums, lr the matrix, r12 the column, r10 its end. Runs of two steps are unrolled and entered
// as above: LAST_RUN + 1 of them, RUN_BYTES of code each; two steps are 2^LOG_RUN bytes of the column. On the stack: 0 end of
// matrix, 4 column set back, 8 bytes set back, 12 entry, 16 out.
#define MOTE_COLUMN_BEGIN(LAST_RUN, RUN_BYTES, LOG_RUN) \
  "  .syntax unified\n"                                 \
  "  push {r4-r11,lr}\n"                                \
  "  sub sp,sp,#20\n"                                   \
  "  ldr r4,[r3]\n"                                     \
  "  ldr r5,[r3,#4]\n"                                  \
  "  str r2,[sp,#16]\n"                                 \
  "  add r5,r5,r1\n"                                    \
  "  str r5,[sp]\n"                                     \
  "  lsr r4,r4,#1\n"                                    \
  "  add r10,r0,r4,lsl #" #LOG_RUN                      \
  "\n"                                                  \
  "  rsb r5,r4,#0\n"                                    \
  "  and r5,r5,#" #LAST_RUN                             \
  "\n"                                                  \
  "  sub r0,r0,r5,lsl #" #LOG_RUN                       \
  "\n"                                                  \
  "  str r0,[sp,#4]\n"                                  \
  "  lsl r6,r5,#4\n"                                    \
  "  str r6,[sp,#8]\n"                                  \
  "  adr r7,3f\n"                                       \
  "  movs r6,#" #RUN_BYTES                              \
  "\n"                                                  \
  "  mla r7,r5,r6,r7\n"                                 \
  "  orr r7,r7,#1\n"                                    \
  "  str r7,[sp,#12]\n"                                 \
  "  mov lr,r1\n"                                       \
  "2:\n"

#define MOTE_COLUMN_PAIRS     \
  "  ldr.w r8,[r12,#8*\\i]\n" \
  "  ldr.w r9,[r12,#4+8*\\i]\n"

#define MOTE_COLUMN_WIDEN     \
  "  ldr.w r8,[r12,#4*\\i]\n" \
  "  sxtb16 r9,r8,ror #8\n"   \
  "  sxtb16 r8,r8\n"

// Ends the loop over a column; bytes of all runs in the column and in the matrix.
#define MOTE_COLUMN_NEXT(ALL_RUNS, WEIGHTS) \
  "  .endr\n"                               \
  "  add r12,r12,#" #ALL_RUNS               \
  "\n"                                      \
  "  add lr,lr,#" #WEIGHTS                  \
  "\n"                                      \
  "  cmp r12,r10\n"                         \
  "  bne 3b\n"

// The products of a matrix of pairs; INPUTS puts the pairs of two steps into r8 and r9.
#define MOTE_COLUMN_PRODUCTS_OF_PAIRS(INPUTS)        \
  "  ldr r5,[lr]\n"                                  \
  "  ldr r7,[lr,#4]\n"                               \
  "  ldr r12,[sp,#4]\n"                              \
  "  ldr r0,[sp,#8]\n"                               \
  "  ldr r1,[sp,#12]\n"                              \
  "  mov r4,#0\n"                                    \
  "  mov r6,#0\n"                                    \
  "  sub lr,lr,r0\n"                                 \
  "  bx r1\n"                                        \
  "  .p2align 2\n"                                   \
  "3:\n"                                             \
  "  .irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n" \
  "  ldr.w r0,[lr,#8+16*\\i]\n"                      \
  "  ldr.w r1,[lr,#12+16*\\i]\n"                     \
  "  ldr.w r2,[lr,#16+16*\\i]\n"                     \
  "  ldr.w r3,[lr,#20+16*\\i]\n" INPUTS              \
  "  smlad r5,r0,r8,r5\n"                            \
  "  smlad r7,r1,r8,r7\n"                            \
  "  sxtb16 r0,r0\n"                                 \
  "  sxtb16 r1,r1\n"                                 \
  "  smlad r4,r0,r8,r4\n"                            \
  "  smlad r6,r1,r8,r6\n"                            \
  "  smlad r5,r2,r9,r5\n"                            \
  "  smlad r7,r3,r9,r7\n"                            \
  "  sxtb16 r2,r2\n"                                 \
  "  sxtb16 r3,r3\n"                                 \
  "  smlad r4,r2,r9,r4\n"                            \
  "  smlad r6,r3,r9,r6\n"

#define MOTE_COLUMN_END_OF_PAIRS  \
  "  ldr r0,[lr,#8]\n"            \
  "  ldr r1,[lr,#12]\n"           \
  "  ldr r2,[lr,#16]\n"           \
  "  ldr r3,[lr,#20]\n"           \
  "  sub r5,r5,r4\n"              \
  "  sub r7,r7,r6\n"              \
  "  cmp r0,#0\n"                 \
  "  blt 4f\n"                    \
  "  add r4,r1,r4,lsl #8\n"       \
  "  add r6,r3,r6,lsl #8\n"       \
  "  ldr r1,[lr,#24]\n"           \
  "  ldr r3,[lr,#28]\n"           \
  "  ldr r8,[sp]\n"               \
  "  ldr r11,[sp,#16]\n"          \
  "  smmul r4,r4,r0\n"            \
  "  smmul r5,r5,r2\n"            \
  "  smmul r6,r6,r1\n"            \
  "  smmul r7,r7,r3\n"            \
  "  ssat r4,#8,r4,asr #12\n"     \
  "  ssat r5,#8,r5,asr #12\n"     \
  "  ssat r6,#8,r6,asr #12\n"     \
  "  ssat r7,#8,r7,asr #12\n"     \
  "  add lr,lr,#32\n"             \
  "5:\n"                          \
  "  strb r5,[r11,#1]\n"          \
  "  strb r6,[r11,#2]\n"          \
  "  strb r7,[r11,#3]\n"          \
  "  strb r4,[r11],#4\n"          \
  "  cmp lr,r8\n"                 \
  "  str r11,[sp,#16]\n"          \
  "  bne 2b\n"                    \
  "  add sp,sp,#20\n"             \
  "  pop {r4-r11,pc}\n"           \
  "4:\n"                          \
  "  .macro mote_scale_one sum\n" \
  "  smmlar r1,\\sum,r0,r2\n"     \
  "  add r1,r1,\\sum,asr #31\n"   \
  "  asr r1,r1,r3\n"              \
  "  ssat \\sum,#8,r1\n"          \
  "  .endm\n"                     \
  "  bic r0,r0,#0x80000000\n"     \
  "  add r4,r1,r4,lsl #1\n"       \
  "  mote_scale_one r4\n"         \
  "  ldr r0,[lr,#24]\n"           \
  "  ldr r2,[lr,#28]\n"           \
  "  ldr r3,[lr,#32]\n"           \
  "  asr r5,r5,#7\n"              \
  "  mote_scale_one r5\n"         \
  "  ldr r0,[lr,#36]\n"           \
  "  ldr r1,[lr,#40]\n"           \
  "  ldr r2,[lr,#44]\n"           \
  "  ldr r3,[lr,#48]\n"           \
  "  add r6,r1,r6,lsl #1\n"       \
  "  mote_scale_one r6\n"         \
  "  ldr r0,[lr,#52]\n"           \
  "  ldr r2,[lr,#56]\n"           \
  "  ldr r3,[lr,#60]\n"           \
  "  ldr r8,[sp]\n"               \
  "  ldr r11,[sp,#16]\n"          \
  "  asr r7,r7,#7\n"              \
  "  mote_scale_one r7\n"         \
  "  .purgem mote_scale_one\n"    \
  "  add lr,lr,#64\n"             \
  "  b 5b\n"

/// Multiplies a matrix of pairs by one column; the number of steps is even.
MOTE_ASSEMBLY inline void multiply_column(const uint32_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(15, 72, 3) MOTE_COLUMN_PRODUCTS_OF_PAIRS(MOTE_COLUMN_PAIRS) MOTE_COLUMN_NEXT(128, 256)
                       MOTE_COLUMN_END_OF_PAIRS);
}

/// The same for a column of bytes, widened four at a time as they pass by; the number of steps is even.
MOTE_ASSEMBLY inline void multiply_bytes(const int8_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(15, 76, 2) MOTE_COLUMN_PRODUCTS_OF_PAIRS(MOTE_COLUMN_WIDEN) MOTE_COLUMN_NEXT(64, 256)
                       MOTE_COLUMN_END_OF_PAIRS);
}

// The products of a matrix of bytes.
#define MOTE_COLUMN_PRODUCTS_OF_BYTES(INPUTS) \
  "  ldr r4,[lr]\n"                           \
  "  ldr r5,[lr,#4]\n"                        \
  "  ldr r6,[lr,#8]\n"                        \
  "  ldr r7,[lr,#12]\n"                       \
  "  ldr r12,[sp,#4]\n"                       \
  "  ldr r0,[sp,#8]\n"                        \
  "  ldr r1,[sp,#12]\n"                       \
  "  sub lr,lr,r0\n"                          \
  "  bx r1\n"                                 \
  "  .p2align 2\n"                            \
  "3:\n"                                      \
  "  .irp i,0,1,2,3,4,5,6,7\n"                \
  "  ldr.w r0,[lr,#16+16*\\i]\n"              \
  "  ldr.w r1,[lr,#20+16*\\i]\n"              \
  "  ldr.w r2,[lr,#24+16*\\i]\n"              \
  "  ldr.w r3,[lr,#28+16*\\i]\n" INPUTS       \
  "  sxtb16 r11,r0\n"                         \
  "  sxtb16 r0,r0,ror #8\n"                   \
  "  smlad r4,r11,r8,r4\n"                    \
  "  smlad r4,r0,r9,r4\n"                     \
  "  sxtb16 r11,r1\n"                         \
  "  sxtb16 r1,r1,ror #8\n"                   \
  "  smlad r5,r11,r8,r5\n"                    \
  "  smlad r5,r1,r9,r5\n"                     \
  "  sxtb16 r11,r2\n"                         \
  "  sxtb16 r2,r2,ror #8\n"                   \
  "  smlad r6,r11,r8,r6\n"                    \
  "  smlad r6,r2,r9,r6\n"                     \
  "  sxtb16 r11,r3\n"                         \
  "  sxtb16 r3,r3,ror #8\n"                   \
  "  smlad r7,r11,r8,r7\n"                    \
  "  smlad r7,r3,r9,r7\n"

#define MOTE_COLUMN_END_OF_BYTES  \
  "  ldr r11,[sp,#16]\n"          \
  "  .macro mote_finish sum,at\n" \
  "  ldr r0,[lr,#16+12*\\at]\n"   \
  "  ldr r1,[lr,#20+12*\\at]\n"   \
  "  ldr r2,[lr,#24+12*\\at]\n"   \
  "  lsl \\sum,\\sum,#1\n"        \
  "  smmlar r3,\\sum,r0,r1\n"     \
  "  add r3,r3,\\sum,asr #31\n"   \
  "  asr r3,r3,r2\n"              \
  "  ssat r3,#8,r3\n"             \
  "  strb r3,[r11,#\\at]\n"       \
  "  .endm\n"                     \
  "  mote_finish r4,0\n"          \
  "  mote_finish r5,1\n"          \
  "  mote_finish r6,2\n"          \
  "  mote_finish r7,3\n"          \
  "  .purgem mote_finish\n"       \
  "  ldr r2,[sp]\n"               \
  "  add r11,r11,#4\n"            \
  "  str r11,[sp,#16]\n"          \
  "  add lr,lr,#64\n"             \
  "  cmp lr,r2\n"                 \
  "  bne 2b\n"                    \
  "  add sp,sp,#20\n"             \
  "  pop {r4-r11,pc}\n"

/// Multiplies a matrix of bytes by one column; the number of steps is even.
MOTE_ASSEMBLY inline void multiply_column_by_bytes(const uint32_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(7, 88, 3) MOTE_COLUMN_PRODUCTS_OF_BYTES(MOTE_COLUMN_PAIRS) MOTE_COLUMN_NEXT(64, 128)
                       MOTE_COLUMN_END_OF_BYTES);
}

/// The same for a column of bytes.
MOTE_ASSEMBLY inline void multiply_bytes_by_bytes(const int8_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(7, 92, 2) MOTE_COLUMN_PRODUCTS_OF_BYTES(MOTE_COLUMN_WIDEN) MOTE_COLUMN_NEXT(32, 128)
                       MOTE_COLUMN_END_OF_BYTES);
}

#undef MOTE_COLUMN_BEGIN
#undef MOTE_COLUMN_PAIRS
#undef MOTE_COLUMN_WIDEN
#undef MOTE_COLUMN_NEXT
#undef MOTE_COLUMN_PRODUCTS_OF_PAIRS
#undef MOTE_COLUMN_END_OF_PAIRS
#undef MOTE_COLUMN_PRODUCTS_OF_BYTES
#undef MOTE_COLUMN_END_OF_BYTES

#else

/// The four outputs of a block from its sums, doubled.
MOTE_INLINE void finish_block(const int32_t* doubled, const int32_t* scaling, int8_t* out) {
  for (int i = 0; i < 4; ++i, scaling += 3) {
    const int32_t scaled = wrap_add(multiply_high_add(doubled[i], scaling[0], scaling[1]), doubled[i] >> 31) >> scaling[2];
    out[i] = static_cast<int8_t>(clamp<int32_t>(scaled, -128, 127));
  }
}

/// Adds the products of some steps of a block of pairs to its sums.
MOTE_INLINE void add_products(const uint32_t* column, const int32_t* pairs, int32_t steps, int32_t* sums) {
#pragma GCC unroll 2
  for (int32_t i = 0; i < steps; ++i, ++column) {
#pragma GCC unroll 2
    for (int pair = 0; pair < 4; pair += 2) {
      const uint32_t weights = static_cast<uint32_t>(*pairs++);
      sums[pair + 1] = multiply_add_pairs(weights, *column, sums[pair + 1]);
      sums[pair] = multiply_add_pairs(widen_even(weights), *column, sums[pair]);
    }
  }
}

MOTE_INLINE void split_sums(int32_t* sums) {
  for (int pair = 0; pair < 4; pair += 2) sums[pair + 1] = wrap_subtract(sums[pair + 1], sums[pair]);
}

MOTE_INLINE void double_sums(int32_t* sums) {
  for (int row = 0; row < 4; ++row) sums[row] = row % 2 == 0 ? shift_left(sums[row], 1) : sums[row] >> 7;
}

/// The sums of a block of pairs for two columns, row by row.
MOTE_INLINE void sum_two_columns(const uint32_t* columns, const int32_t* block, int32_t steps, int32_t (*sums)[4]) {
  int32_t a0 = 0, a1 = block[0], a2 = 0, a3 = block[1];
  int32_t b0 = 0, b1 = block[0], b2 = 0, b3 = block[1];
  block += 2;
  for (int32_t i = 0; i < steps; ++i, block += 2, columns += 2) {
    const uint32_t first = static_cast<uint32_t>(block[0]);
    const uint32_t second = static_cast<uint32_t>(block[1]);
    const uint32_t low_first = widen_even(first);
    const uint32_t low_second = widen_even(second);
    a1 = multiply_add_pairs(first, columns[0], a1);
    b1 = multiply_add_pairs(first, columns[1], b1);
    a3 = multiply_add_pairs(second, columns[0], a3);
    b3 = multiply_add_pairs(second, columns[1], b3);
    a0 = multiply_add_pairs(low_first, columns[0], a0);
    b0 = multiply_add_pairs(low_first, columns[1], b0);
    a2 = multiply_add_pairs(low_second, columns[0], a2);
    b2 = multiply_add_pairs(low_second, columns[1], b2);
  }
  const int32_t of_columns[2][4] = {{a0, wrap_subtract(a1, a0), a2, wrap_subtract(a3, a2)},
                                    {b0, wrap_subtract(b1, b0), b2, wrap_subtract(b3, b2)}};
  memcpy(sums, of_columns, sizeof of_columns);
}

/// The outputs of a block of pairs from its split sums and the words behind its weights; returns the words' end.
MOTE_INLINE const int32_t* finish_pairs(int32_t* sums, const int32_t* words, int8_t* out) {
  if (words[0] >= 0) {
    const int32_t multipliers[4] = {words[0], words[2], words[4], words[5]};
    sums[0] = wrap_add(shift_left(sums[0], 8), words[1]);
    sums[2] = wrap_add(shift_left(sums[2], 8), words[3]);
    for (int row = 0; row < 4; ++row) {
      const int32_t high = static_cast<int32_t>((static_cast<int64_t>(sums[row]) * multipliers[row]) >> 32);
      out[row] = static_cast<int8_t>(clamp<int32_t>(high >> 12, -128, 127));
    }
    return words + 6;
  }
  const int32_t scaling[12] = {words[0] & INT32_MAX,
                               words[2],
                               words[3],
                               words[4],
                               words[5],
                               words[6],
                               words[7],
                               words[9],
                               words[10],
                               words[11],
                               words[12],
                               words[13]};
  double_sums(sums);
  sums[0] = wrap_add(sums[0], words[1]);
  sums[2] = wrap_add(sums[2], words[8]);
  finish_block(sums, scaling, out);
  return words + 14;
}

inline void multiply_two_columns(const uint32_t* columns, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  const int32_t* end = matrix + shape->matrix_bytes / 4;
  for (; matrix != end; out += 4) {
    int32_t sums[2][4];
    sum_two_columns(columns, matrix, shape->steps, sums);
    const int32_t* words = matrix + 2 + 2 * shape->steps;
    finish_pairs(sums[0], words, out);
    matrix = finish_pairs(sums[1], words, out + shape->out_stride);
  }
}

/// The pairs of two steps.
struct TwoSteps {
  uint32_t pair[2];
};

MOTE_INLINE TwoSteps widen_4(const int8_t* values) {
  const uint32_t four = load_4(values);
  return {{widen_even(four), widen_odd(four)}};
}

/// Adds the products of two steps of a block of bytes to its sums.
MOTE_INLINE void add_products_by_bytes(uint32_t first, uint32_t second, const int32_t* bytes, int32_t* sums) {
#pragma GCC unroll 4
  for (int row = 0; row < 4; ++row) {
    const uint32_t weights = static_cast<uint32_t>(bytes[row]);
    sums[row] = multiply_add_pairs(widen_even(weights), first, sums[row]);
    sums[row] = multiply_add_pairs(widen_odd(weights), second, sums[row]);
  }
}

/// `inputs(i)` gives the pairs of steps i and i + 1 as pair[0] and pair[1].
template <typename Inputs>
MOTE_INLINE void multiply_one_by_pairs(const int32_t* matrix, int8_t* out, const PackedMatrix* shape, Inputs inputs) {
  const int32_t* end = matrix + shape->matrix_bytes / 4;
  for (; matrix != end; out += 4) {
    int32_t sums[4] = {0, matrix[0], 0, matrix[1]};
    matrix += 2;
    for (int32_t i = 0; i < shape->steps; i += 2, matrix += 4) add_products(inputs(i).pair, matrix, 2, sums);
    split_sums(sums);
    matrix = finish_pairs(sums, matrix, out);
  }
}

template <typename Inputs>
MOTE_INLINE void multiply_one_by_bytes(const int32_t* matrix, int8_t* out, const PackedMatrix* shape, Inputs inputs) {
  const int32_t* end = matrix + shape->matrix_bytes / 4;
  for (; matrix != end; matrix += 12, out += 4) {
    int32_t sums[4] = {matrix[0], matrix[1], matrix[2], matrix[3]};
    matrix += 4;
    for (int32_t i = 0; i < shape->steps; i += 2, matrix += 4) {
      const TwoSteps two = inputs(i);
      add_products_by_bytes(two.pair[0], two.pair[1], matrix, sums);
    }
    for (int row = 0; row < 4; ++row) sums[row] = shift_left(sums[row], 1);
    finish_block(sums, matrix, out);
  }
}

inline void multiply_column(const uint32_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  multiply_one_by_pairs(matrix, out, shape, [&](int32_t i) { return TwoSteps{{column[i], column[i + 1]}}; });
}

inline void multiply_bytes(const int8_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  multiply_one_by_pairs(matrix, out, shape, [&](int32_t i) { return widen_4(column + 2 * i); });
}

inline void multiply_column_by_bytes(const uint32_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  multiply_one_by_bytes(matrix, out, shape, [&](int32_t i) { return TwoSteps{{column[i], column[i + 1]}}; });
}

inline void multiply_bytes_by_bytes(const int8_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  multiply_one_by_bytes(matrix, out, shape, [&](int32_t i) { return widen_4(column + 2 * i); });
}

#endif

}  // namespace mote
