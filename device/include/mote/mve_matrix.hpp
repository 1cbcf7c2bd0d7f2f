#pragma once

#include "mote/mve_scaling.hpp"

namespace mote {

// Products of a matrix of int8 with columns of int8, by VMLADAVA: sixteen products into one general register, of which the even
// ones serve as eight sums. Weights, biases and scaling stand in one stream in the order of their use.

/// The matrix and the columns of a call.
struct MveProduct {
  const int8_t* columns;  ///< 4-byte aligned, `step` bytes apart (a multiple of 4), readable in whole vectors of 16
  const int32_t* stream;
  int8_t* out;          ///< column after column
  int32_t count, step;  ///< of columns, more than 0
  int32_t blocks_end;   ///< bytes of the stream's blocks of 16 rows
  int32_t addend;       ///< the output's zero point, shifted left by `shift` if there is one shift for all
  int32_t low, high;    ///< of the output
};

/// Vectors of a column that are used at once.
constexpr int32_t kMveChunk = 3;
constexpr int32_t kMveMostResident = 4;

/// Which of the eight sums of a group are rows of a last block of `rest` rows. `group` 0 takes the sums that come last.
constexpr int32_t mve_group_mask(int32_t rest, int32_t group) {
  int32_t mask = 0;
  for (int32_t sum = 0; sum < 8; ++sum) {
    const int32_t place = rest <= 8 ? sum : 8 * (1 - group) + sum;
    const int32_t row = rest <= 8 ? 2 * (place % 4) + place / 4 : 4 * (place % 4) + place / 4;
    if (row < rest) mask |= 1 << sum;
  }
  return mask;
}

constexpr int32_t mve_count_bits(int32_t mask) { return mask == 0 ? 0 : (mask & 1) + mve_count_bits(mask >> 1); }

#if MOTE_MVE

// mote_group: LDM of eight start sums, products of the rows in `mask` with the column, sums to the stack.
// mote_scale_16: sums from the stack to bytes: byte 4i+j is sum 4j+i. mote_scale_8: to halfwords, 2i+j is sum 4j+i.
/// out[column][row] = scaled(sum of matrix[row][i] * column[i]), see mve_matrix.cpp for the stream. kVectors of 16 values are a
/// column, of kGap bytes behind its outputs nothing is written. Stack: 256 bytes.
template <int32_t kVectors, bool kBlocks, int32_t kRest, MveScaling kScaling, int32_t kShift, bool kClamps, int32_t kGap = 0>
MOTE_MVE_ASSEMBLY void mve_multiply(const MveProduct*) {
  __asm__ volatile(R"(
  .ifndef mote_mve_matrix_macros
  .set mote_mve_matrix_macros, 1
  .altmacro
  .macro mote_vload first, last
  vldmia r3!, {d\first-d\last}
  .endm
  .macro mote_vdot sum, xreg, wreg
  vmlava.s8 \sum, q\xreg, q\wreg
  .endm
  .macro mote_row sum, vecs
  .set mote_i, 0
  .rept \vecs
  .set mote_at, mote_n %% (8-\vecs)
  .if mote_at == 0
  .set mote_get, mote_total-mote_n
  .if mote_get > 8-\vecs
  .set mote_get, 8-\vecs
  .endif
  mote_vload %%(2*\vecs), %%(2*\vecs+2*mote_get-1)
  .endif
  mote_vdot \sum, %%mote_i, %%(\vecs+mote_at)
  .set mote_n, mote_n+1
  .set mote_i, mote_i+1
  .endr
  .endm
  .macro mote_rows vecs, mask, rows
  .set mote_n, 0
  .set mote_total, \vecs*\rows
  .set mote_bits, \mask
  .irp reg,r0,r2,r4,r6,r8,r10,r12,lr
  .if mote_bits %% 2
  mote_row \reg, \vecs
  .endif
  .set mote_bits, mote_bits / 2
  .endr
  .endm
  .macro mote_xload last
  vldmia r1!, {d0-d\last}
  .endm
  .macro mote_group vecs, mask, rows
  ldmia r3!, {r0,r2,r4,r6,r8,r10,r12,lr}
  .if \vecs <= 4
  mote_rows \vecs, \mask, \rows
  .else
  mov r1, r5
  .set mote_whole, \vecs/3
  .set mote_over, \vecs-3*mote_whole
  .if mote_whole <= 3
  .rept mote_whole
  vldmia r1!, {d0-d5}
  mote_rows 3, \mask, \rows
  .endr
  .else
  movw r7, #mote_whole
7:
  vldmia r1!, {d0-d5}
  mote_rows 3, \mask, \rows
  subs r7, r7, #1
  bne 7b
  .endif
  .if mote_over
  mote_xload %%(2*mote_over-1)
  .if mote_over == 1
  mote_rows 1, \mask, \rows
  .else
  mote_rows 2, \mask, \rows
  .endif
  .endif
  .endif
  stmdb sp!, {r0,r2,r4,r6,r8,r10,r12,lr}
  .endm
  .macro mote_general reg
  vldrw.u32 q4, [r3], #16
  vshl.s32 q\reg, q\reg, q4
  vldrw.u32 q4, [r3], #16
  vqrdmulh.s32 q\reg, q\reg, q4
  vldrw.u32 q4, [r3], #16
  vand q5, q\reg, q4
  vshr.s32 q5, q5, #31
  vqadd.s32 q\reg, q\reg, q5
  vrshl.s32 q\reg, q\reg, q4
  .endm
  .macro mote_clamp from, to
  ldr r0, [sp, #\from]
  vdup.8 q1, r0
  vmax.s8 q0, q0, q1
  ldr r0, [sp, #\to]
  vdup.8 q1, r0
  vmin.s8 q0, q0, q1
  .endm
  .macro mote_scale_16 form, shift
  vldmia sp!, {d0-d7}
  .if \form == 2
  .irp reg,0,1,2,3
  mote_general \reg
  .endr
  .elseif \shift
  vldmia r3!, {d8-d15}
  .if \form == 0
  vqrdmlash.s32 q0, q4, r9
  vqrdmlash.s32 q1, q5, r9
  vqrshrnb.s32 q0, q0, #\shift
  vqrdmlash.s32 q2, q6, r9
  vqrshrnb.s32 q1, q1, #\shift
  vqrdmlash.s32 q3, q7, r9
  vqrshrnt.s32 q0, q2, #\shift
  vqrshrnt.s32 q1, q3, #\shift
  .else
  movs r0, #1
  vqrdmlash.s32 q4, q0, r9
  vqrdmlash.s32 q5, q1, r9
  vqdmlah.s32 q4, q0, r0
  vqdmlah.s32 q5, q1, r0
  vqrshrnb.s32 q0, q4, #\shift
  vqrdmlash.s32 q6, q2, r9
  vqrshrnb.s32 q1, q5, #\shift
  vqdmlah.s32 q6, q2, r0
  vqrdmlash.s32 q7, q3, r9
  vqrshrnt.s32 q0, q6, #\shift
  vqdmlah.s32 q7, q3, r0
  vqrshrnt.s32 q1, q7, #\shift
  .endif
  .elseif \form == 0
  vldmia r3!, {d8-d15}
  vqrdmulh.s32 q0, q0, q4
  vqrdmulh.s32 q1, q1, q5
  vqrdmulh.s32 q2, q2, q6
  vqrdmulh.s32 q3, q3, q7
  vldmia r3!, {d8-d15}
  vrshl.s32 q0, q0, q4
  vrshl.s32 q1, q1, q5
  vrshl.s32 q2, q2, q6
  vrshl.s32 q3, q3, q7
  .else
  vldmia r3!, {d8-d15}
  movs r0, #1
  vqrdmulh.s32 q4, q0, q4
  vqrdmulh.s32 q5, q1, q5
  vqrdmulh.s32 q6, q2, q6
  vqrdmulh.s32 q7, q3, q7
  vqdmlah.s32 q4, q0, r0
  vqdmlah.s32 q5, q1, r0
  vqdmlah.s32 q6, q2, r0
  vqdmlah.s32 q7, q3, r0
  vldmia r3!, {d0-d7}
  vrshl.s32 q0, q4, q0
  vrshl.s32 q1, q5, q1
  vrshl.s32 q2, q6, q2
  vrshl.s32 q3, q7, q3
  .endif
  .if \shift == 0
  vqmovnb.s32 q0, q0
  vqmovnb.s32 q1, q1
  vqmovnt.s32 q0, q2
  vqmovnt.s32 q1, q3
  vqadd.s16 q0, q0, r9
  vqadd.s16 q1, q1, r9
  .endif
  vqmovnb.s16 q0, q0
  vqmovnt.s16 q0, q1
  .endm
  .macro mote_scale_8 form, shift
  vldmia sp!, {d0-d3}
  .if \form == 2
  mote_general 0
  mote_general 1
  .else
  vldmia r3!, {d8-d11}
  movs r0, #1
  .if \shift
  vqrdmlash.s32 q4, q0, r9
  vqrdmlash.s32 q5, q1, r9
  .else
  vqrdmulh.s32 q4, q0, q4
  vqrdmulh.s32 q5, q1, q5
  .endif
  .if \form == 1
  vqdmlah.s32 q4, q0, r0
  vqdmlah.s32 q5, q1, r0
  .endif
  .if \shift
  vqrshrnb.s32 q0, q4, #\shift
  vqrshrnt.s32 q0, q5, #\shift
  .else
  vldmia r3!, {d0-d3}
  vrshl.s32 q0, q4, q0
  vrshl.s32 q1, q5, q1
  .endif
  .endif
  .if \shift == 0
  vqmovnb.s32 q0, q0
  vqmovnt.s32 q0, q1
  vqadd.s16 q0, q0, r9
  .endif
  vqmovnb.s16 q0, q0
  .endm
  .noaltmacro
  .endif
  .altmacro
  push {r4-r11, lr}
  vpush {d8-d15}
  sub sp, sp, #28
  ldm r0, {r5, r6, r11}
  ldrd r2, r4, [r0, #12]
  ldr r8, [r0, #20]
  ldr r9, [r0, #24]
  ldrd r10, r12, [r0, #28]
  add r8, r8, r6
  str r2, [sp]
  strd r4, r6, [sp, #4]
  str r8, [sp, #12]
  strd r10, r12, [sp, #16]
1:
  ldr r3, [sp, #8]
  .if %c1
2:
  .if %c0 <= 4
  mov r1, r5
  mote_xload %%(2*%c0-1)
  .endif
  mote_group %c0, 255, 8
  mote_group %c0, 255, 8
  mote_scale_16 %c5, %c6
  .if %c7
  mote_clamp 16, 20
  .endif
  vstrb.8 q0, [r11], #16
  ldr r0, [sp, #12]
  cmp r3, r0
  bne 2b
  .endif
  .if %c2
  .if %c0 <= 4
  mov r1, r5
  mote_xload %%(2*%c0-1)
  .endif
  .if %c2 > 8
  mote_group %c0, %c3, %c8
  mote_group %c0, %c4, %c9
  mote_scale_16 %c5, %c6
  .else
  mote_group %c0, %c3, %c8
  mote_scale_8 %c5, %c6
  vmovlb.s8 q0, q0
  .endif
  .if %c7
  .if %c2 > 8
  mote_clamp 16, 20
  .else
  ldr r0, [sp, #16]
  vdup.16 q1, r0
  vmax.s16 q0, q0, q1
  ldr r0, [sp, #20]
  vdup.16 q1, r0
  vmin.s16 q0, q0, q1
  .endif
  .endif
  movs r0, #%c2
  .if %c2 > 8
  vctp.8 r0
  vpst
  vstrbt.8 q0, [r11]
  .elseif %c2 == 8
  mov r2, r11
  vstrb.16 q0, [r2]
  .else
  mov r2, r11
  vctp.16 r0
  vpst
  vstrbt.16 q0, [r2]
  .endif
  add r11, r11, r0
  .endif
  .if %c10
  addw r11, r11, #%c10
  .endif
  ldrd r0, r2, [sp]
  subs r0, r0, #1
  str r0, [sp]
  add r5, r5, r2
  bne 1b
  add sp, sp, #28
  vpop {d8-d15}
  pop {r4-r11, pc}
  .noaltmacro
)" ::"i"(kVectors),
                   "i"(kBlocks ? 1 : 0), "i"(kRest), "i"(mve_group_mask(kRest, 0)), "i"(mve_group_mask(kRest, 1)),
                   "i"(static_cast<int32_t>(kScaling)), "i"(kShift), "i"(kClamps ? 1 : 0),
                   "i"(mve_count_bits(mve_group_mask(kRest, 0))), "i"(mve_count_bits(mve_group_mask(kRest, 1))), "i"(kGap));
}

#else

/// Sums of the rows in `mask`, into eight places; the stream moves on.
inline void mve_group_sums(const int8_t* column, int32_t vectors, int32_t mask, const int32_t*& stream, int32_t* sums) {
  for (int32_t i = 0; i < 8; ++i) sums[i] = *stream++;
  const int32_t most = vectors <= kMveMostResident ? vectors : kMveChunk;
  const int8_t* weight = reinterpret_cast<const int8_t*>(stream);
  for (int32_t first = 0; first < vectors; first += most) {
    const int32_t bytes = 16 * smaller(most, vectors - first);
    for (int32_t i = 0; i < 8; ++i) {
      if ((mask >> i & 1) == 0) continue;
      for (int32_t k = 0; k < bytes; ++k) sums[i] = wrap_add(sums[i], column[16 * first + k] * *weight++);
    }
  }
  stream = reinterpret_cast<const int32_t*>(weight);
}

/// `count` sums, 8 or 16, to outputs; the stream moves on.
inline void mve_scale(const MveProduct& product, MveScaling scaling, int32_t shift, int32_t* sums, int32_t count,
                      const int32_t*& stream) {
  for (int32_t i = 0; i < count; ++i) {
    int32_t right = shift;
    int32_t x = sums[i];
    int32_t addend = product.addend;
    if (scaling == MveScaling::kGeneral) {
      const int32_t* of = stream + i / 4 * 12 + i % 4;
      right = -of[8];
      x = rounding_shift_right(doubling_high_multiply(shift_left(x, of[0]), of[4]), right);
    } else {
      const int32_t multiplier = stream[i];
      if (shift == 0) right = -stream[count + i];
      const int64_t down = scaling == MveScaling::kSigned && x < 0 ? -1 : 0;
      const int64_t high = doubling_high_multiply(x, multiplier) + down + (shift == 0 ? 0 : addend);
      x = right == 0 ? 0 : static_cast<int32_t>((high + (int64_t{1} << (right - 1))) >> right);  // 0: beyond the last row
      if (shift != 0) addend = 0;
    }
    sums[i] = clamp(clamp<int32_t>(x, INT16_MIN, INT16_MAX) + addend, product.low, product.high);
  }
  stream += scaling == MveScaling::kGeneral ? 3 * count : (shift == 0 ? 2 * count : count);
}

template <int32_t kVectors, bool kBlocks, int32_t kRest, MveScaling kScaling, int32_t kShift, bool kClamps, int32_t kGap = 0>
void mve_multiply(const MveProduct* product) {
  int8_t* out = product->out;
  const int8_t* column = product->columns;
  for (int32_t left = product->count; left > 0; --left, column += product->step, out += kGap) {
    const int32_t* stream = product->stream;
    const int32_t* end = stream + product->blocks_end / 4;
    int32_t sums[16];
    while (stream != end) {
      mve_group_sums(column, kVectors, 255, stream, sums + 8);
      mve_group_sums(column, kVectors, 255, stream, sums);
      mve_scale(*product, kScaling, kShift, sums, 16, stream);
      for (int32_t i = 0; i < 16; ++i) *out++ = static_cast<int8_t>(sums[4 * (i % 4) + i / 4]);
    }
    if (kRest == 0) continue;
    if (kRest > 8) {
      mve_group_sums(column, kVectors, mve_group_mask(kRest, 0), stream, sums + 8);
      mve_group_sums(column, kVectors, mve_group_mask(kRest, 1), stream, sums);
    } else {
      mve_group_sums(column, kVectors, mve_group_mask(kRest, 0), stream, sums);
    }
    mve_scale(*product, kScaling, kShift, sums, kRest > 8 ? 16 : 8, stream);
    for (int32_t i = 0; i < kRest; ++i)
      *out++ = static_cast<int8_t>(kRest > 8 ? sums[4 * (i % 4) + i / 4] : sums[4 * (i % 2) + i / 2]);
  }
}

#endif

}  // namespace mote
