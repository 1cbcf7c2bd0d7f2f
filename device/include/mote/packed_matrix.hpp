#pragma once

#include "mote/isa/dsp.hpp"

namespace mote {

// Matrices of int8 weights at one byte per weight and two products per instruction. Two rows share a halfword 256 * a + b: SMLAD
// with the halfwords sums 256 * A + B, SMLAD with their sign-extended low bytes sums B, and the difference is 256 * A, exactly,
// as long as A stays below 2^23 in size. mote proves that from the weights before it chooses these kernels.
//
// The matrix is cut into blocks of four rows; each is a run of words:
//   4                  start sums: B0, 256 * B1 + B0, B2, 256 * B3 + B2 (B: bias with the input's zero point folded in)
//   2 * steps          weights of two columns: rows 0 and 1 (row 1 in the high bytes), rows 2 and 3
//   4 * 3              per row: multiplier, offset, shift
// A sum a becomes (high(2 * a * multiplier) + offset + (a < 0 ? -1 : 0)) >> shift, saturated to int8, where offset is half of
// 2^shift and the output's zero point times 2^shift: gemmlowp's two roundings. high rounds here.
//
// In a matrix for two columns a block has fewer start sums and ends in one of two ways:
//   2                  start sums of rows 1 and 3, times 256; the others are 0
//   2 * steps          weights as above
//   6                  fitted: multiplier and start sum of row 0, multiplier of row 1, start sum of row 2, multipliers of 2 and 3
//   14                 else row after row: multiplier, double start sum (rows 0 and 2 only), offset, shift
// Fitted, start sums are times 256 and hold an offset, by which a sum becomes high(256 * a * multiplier) >> 12, saturated. mote
// takes it where it has fitted the numbers so that they give the same outputs. The other ending is marked by the sign bit of its
// first multiplier.
//
// Where the proof fails, a matrix of bytes does: its start sums are the biases, and the weights of two steps are four words, one
// per row, with the first step's pair in bytes 0 and 2, the second's in 1 and 3.
//
// Inputs are columns of int16 pairs, one pair per step.

/// How a call walks over a matrix.
struct PackedMatrix {
  int32_t steps;         ///< pairs in a column, at least 1
  int32_t matrix_bytes;  ///< of the blocks to run over
  int32_t out_stride;    ///< bytes from the first column's outputs to the second's
};

constexpr int32_t packed_block_words(int32_t steps) { return 4 + 2 * steps + 12; }

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

// Multiplying by one column: r4-r7 sums, lr the matrix, r12 the column, r10 its end. Eight runs of two steps are unrolled and
// entered as above; RUN_BYTES is the length of a run's code, two steps are 2^LOG_RUN bytes of the column. Results are stored by
// r11.
#define MOTE_COLUMN_BEGIN(RUN_BYTES, LOG_RUN)                                                      \
  "  .syntax unified\n"                                                                            \
  "  push {r4-r11,lr}\n"                                                                           \
  "  sub sp,sp,#20\n" /* 0 end of matrix, 4 column set back, 8 bytes set back, 12 entry, 16 out */ \
  "  ldr r4,[r3]\n"                                                                                \
  "  ldr r5,[r3,#4]\n"                                                                             \
  "  str r2,[sp,#16]\n"                                                                            \
  "  add r5,r5,r1\n"                                                                               \
  "  str r5,[sp]\n"                                                                                \
  "  lsr r4,r4,#1\n"                                                                               \
  "  add r10,r0,r4,lsl #" #LOG_RUN                                                                 \
  "\n"                                                                                             \
  "  rsb r5,r4,#0\n"                                                                               \
  "  and r5,r5,#7\n"                                                                               \
  "  sub r0,r0,r5,lsl #" #LOG_RUN                                                                  \
  "\n"                                                                                             \
  "  str r0,[sp,#4]\n"                                                                             \
  "  lsl r6,r5,#4\n"                                                                               \
  "  str r6,[sp,#8]\n"                                                                             \
  "  adr r7,3f\n"                                                                                  \
  "  movs r6,#" #RUN_BYTES                                                                         \
  "\n"                                                                                             \
  "  mla r7,r5,r6,r7\n"                                                                            \
  "  orr r7,r7,#1\n"                                                                               \
  "  str r7,[sp,#12]\n"                                                                            \
  "  mov lr,r1\n"                                                                                  \
  "2:\n"                                                                                           \
  "  ldr r4,[lr]\n"                                                                                \
  "  ldr r5,[lr,#4]\n"                                                                             \
  "  ldr r6,[lr,#8]\n"                                                                             \
  "  ldr r7,[lr,#12]\n"                                                                            \
  "  ldr r12,[sp,#4]\n"                                                                            \
  "  ldr r0,[sp,#8]\n"                                                                             \
  "  ldr r1,[sp,#12]\n"                                                                            \
  "  sub lr,lr,r0\n"                                                                               \
  "  bx r1\n"                                                                                      \
  "  .p2align 2\n"                                                                                 \
  "3:\n"                                                                                           \
  "  .irp i,0,1,2,3,4,5,6,7\n"                                                                     \
  "  ldr.w r0,[lr,#16+16*\\i]\n"                                                                   \
  "  ldr.w r1,[lr,#20+16*\\i]\n"                                                                   \
  "  ldr.w r2,[lr,#24+16*\\i]\n"                                                                   \
  "  ldr.w r3,[lr,#28+16*\\i]\n"

#define MOTE_COLUMN_PAIRS     \
  "  ldr.w r8,[r12,#8*\\i]\n" \
  "  ldr.w r9,[r12,#4+8*\\i]\n"

#define MOTE_COLUMN_END           \
  "  .macro mote_finish sum,at\n" \
  "  ldr r0,[lr,#16+12*\\at]\n"   \
  "  ldr r1,[lr,#20+12*\\at]\n"   \
  "  ldr r2,[lr,#24+12*\\at]\n"   \
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

#define MOTE_COLUMN_WIDEN     \
  "  ldr.w r8,[r12,#4*\\i]\n" \
  "  sxtb16 r9,r8,ror #8\n"   \
  "  sxtb16 r8,r8\n"

// Ends the loop over a column.
#define MOTE_COLUMN_NEXT(ALL_RUNS) \
  "  .endr\n"                      \
  "  add r12,r12,#" #ALL_RUNS      \
  "\n"                             \
  "  add lr,lr,#128\n"             \
  "  cmp r12,r10\n"                \
  "  bne 3b\n"                     \
  "  ldr r11,[sp,#16]\n"

#define MOTE_COLUMN_SUMS_OF_PAIRS \
  "  smlad r5,r0,r8,r5\n"         \
  "  smlad r7,r1,r8,r7\n"         \
  "  sxtb16 r0,r0\n"              \
  "  sxtb16 r1,r1\n"              \
  "  smlad r4,r0,r8,r4\n"         \
  "  smlad r6,r1,r8,r6\n"         \
  "  smlad r5,r2,r9,r5\n"         \
  "  smlad r7,r3,r9,r7\n"         \
  "  sxtb16 r2,r2\n"              \
  "  sxtb16 r3,r3\n"              \
  "  smlad r4,r2,r9,r4\n"         \
  "  smlad r6,r3,r9,r6\n"

#define MOTE_COLUMN_SPLIT \
  "  sub r5,r5,r4\n"      \
  "  sub r7,r7,r6\n"      \
  "  lsl r4,r4,#1\n"      \
  "  lsl r6,r6,#1\n"      \
  "  asr r5,r5,#7\n"      \
  "  asr r7,r7,#7\n"

/// Multiplies a matrix of pairs by one column; the number of steps is even.
MOTE_ASSEMBLY inline void multiply_column(const uint32_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(72, 3) MOTE_COLUMN_PAIRS MOTE_COLUMN_SUMS_OF_PAIRS MOTE_COLUMN_NEXT(64)
                       MOTE_COLUMN_SPLIT MOTE_COLUMN_END);
}

/// The same for a column of bytes, widened four at a time as they pass by; the number of steps is even.
MOTE_ASSEMBLY inline void multiply_bytes(const int8_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(76, 2) MOTE_COLUMN_WIDEN MOTE_COLUMN_SUMS_OF_PAIRS MOTE_COLUMN_NEXT(32)
                       MOTE_COLUMN_SPLIT MOTE_COLUMN_END);
}

#define MOTE_COLUMN_SUMS_OF_BYTES \
  "  sxtb16 r11,r0\n"             \
  "  sxtb16 r0,r0,ror #8\n"       \
  "  smlad r4,r11,r8,r4\n"        \
  "  smlad r4,r0,r9,r4\n"         \
  "  sxtb16 r11,r1\n"             \
  "  sxtb16 r1,r1,ror #8\n"       \
  "  smlad r5,r11,r8,r5\n"        \
  "  smlad r5,r1,r9,r5\n"         \
  "  sxtb16 r11,r2\n"             \
  "  sxtb16 r2,r2,ror #8\n"       \
  "  smlad r6,r11,r8,r6\n"        \
  "  smlad r6,r2,r9,r6\n"         \
  "  sxtb16 r11,r3\n"             \
  "  sxtb16 r3,r3,ror #8\n"       \
  "  smlad r7,r11,r8,r7\n"        \
  "  smlad r7,r3,r9,r7\n"

#define MOTE_COLUMN_DOUBLE \
  "  lsl r4,r4,#1\n"       \
  "  lsl r5,r5,#1\n"       \
  "  lsl r6,r6,#1\n"       \
  "  lsl r7,r7,#1\n"

/// Multiplies a matrix of bytes by one column; the number of steps is even.
MOTE_ASSEMBLY inline void multiply_column_by_bytes(const uint32_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(88, 3) MOTE_COLUMN_PAIRS MOTE_COLUMN_SUMS_OF_BYTES MOTE_COLUMN_NEXT(64)
                       MOTE_COLUMN_DOUBLE MOTE_COLUMN_END);
}

/// The same for a column of bytes.
MOTE_ASSEMBLY inline void multiply_bytes_by_bytes(const int8_t*, const int32_t*, int8_t*, const PackedMatrix*) {
  __asm__ volatile(MOTE_COLUMN_BEGIN(92, 2) MOTE_COLUMN_WIDEN MOTE_COLUMN_SUMS_OF_BYTES MOTE_COLUMN_NEXT(32)
                       MOTE_COLUMN_DOUBLE MOTE_COLUMN_END);
}

#undef MOTE_COLUMN_BEGIN
#undef MOTE_COLUMN_PAIRS
#undef MOTE_COLUMN_WIDEN
#undef MOTE_COLUMN_NEXT
#undef MOTE_COLUMN_SUMS_OF_BYTES
#undef MOTE_COLUMN_DOUBLE
#undef MOTE_COLUMN_SUMS_OF_PAIRS
#undef MOTE_COLUMN_SPLIT
#undef MOTE_COLUMN_END

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

/// The sums of a block of pairs for two columns, row by row; a matrix for two columns.
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

inline void multiply_two_columns(const uint32_t* columns, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  const int32_t* end = matrix + shape->matrix_bytes / 4;
  for (; matrix != end; out += 4) {
    int32_t sums[2][4];
    sum_two_columns(columns, matrix, shape->steps, sums);
    matrix += 2 + 2 * shape->steps;
    const bool fitted = *matrix >= 0;
    for (int32_t c = 0; c < 2; ++c) {
      int32_t* of_column = sums[c];
      int8_t* to = out + c * shape->out_stride;
      if (fitted) {
        const int32_t multipliers[4] = {matrix[0], matrix[2], matrix[4], matrix[5]};
        of_column[0] = wrap_add(shift_left(of_column[0], 8), matrix[1]);
        of_column[2] = wrap_add(shift_left(of_column[2], 8), matrix[3]);
        for (int row = 0; row < 4; ++row) {
          const int32_t high = static_cast<int32_t>((static_cast<int64_t>(of_column[row]) * multipliers[row]) >> 32);
          to[row] = static_cast<int8_t>(clamp<int32_t>(high >> 12, -128, 127));
        }
      } else {
        const int32_t scaling[12] = {matrix[0] & INT32_MAX,
                                     matrix[2],
                                     matrix[3],
                                     matrix[4],
                                     matrix[5],
                                     matrix[6],
                                     matrix[7],
                                     matrix[9],
                                     matrix[10],
                                     matrix[11],
                                     matrix[12],
                                     matrix[13]};
        double_sums(of_column);
        of_column[0] = wrap_add(of_column[0], matrix[1]);
        of_column[2] = wrap_add(of_column[2], matrix[8]);
        finish_block(of_column, scaling, to);
      }
    }
    matrix += fitted ? 6 : 14;
  }
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

/// `add(i, weights, sums)` adds the products of steps i and i + 1, `finish(sums)` turns a block's sums into doubled ones.
template <typename Add, typename Finish>
MOTE_INLINE void multiply_one(const int32_t* matrix, int8_t* out, const PackedMatrix* shape, Add add, Finish finish) {
  const int32_t* end = matrix + shape->matrix_bytes / 4;
  for (; matrix != end; out += 4) {
    int32_t sums[4] = {matrix[0], matrix[1], matrix[2], matrix[3]};
    matrix += 4;
    for (int32_t i = 0; i < shape->steps; i += 2, matrix += 4) add(i, matrix, sums);
    finish(sums);
    finish_block(sums, matrix, out);
    matrix += 12;
  }
}

MOTE_INLINE void finish_pairs(int32_t* sums) {
  split_sums(sums);
  double_sums(sums);
}

MOTE_INLINE void finish_bytes(int32_t* sums) {
  for (int row = 0; row < 4; ++row) sums[row] = shift_left(sums[row], 1);
}

inline void multiply_column(const uint32_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  const auto add = [&](int32_t i, const int32_t* weights, int32_t* sums) { add_products(column + i, weights, 2, sums); };
  multiply_one(matrix, out, shape, add, finish_pairs);
}

inline void multiply_bytes(const int8_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  const auto add = [&](int32_t i, const int32_t* weights, int32_t* sums) {
    const uint32_t four = load_4(column + 2 * i);
    const uint32_t pairs[2] = {widen_even(four), widen_odd(four)};
    add_products(pairs, weights, 2, sums);
  };
  multiply_one(matrix, out, shape, add, finish_pairs);
}

inline void multiply_column_by_bytes(const uint32_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  const auto add = [&](int32_t i, const int32_t* weights, int32_t* sums) {
    add_products_by_bytes(column[i], column[i + 1], weights, sums);
  };
  multiply_one(matrix, out, shape, add, finish_bytes);
}

inline void multiply_bytes_by_bytes(const int8_t* column, const int32_t* matrix, int8_t* out, const PackedMatrix* shape) {
  const auto add = [&](int32_t i, const int32_t* weights, int32_t* sums) {
    const uint32_t four = load_4(column + 2 * i);
    add_products_by_bytes(widen_even(four), widen_odd(four), weights, sums);
  };
  multiply_one(matrix, out, shape, add, finish_bytes);
}

#endif

}  // namespace mote
