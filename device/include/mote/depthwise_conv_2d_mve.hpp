#pragma once

#include "mote/mve_scaling.hpp"

namespace mote {

// DEPTHWISE_CONV_2D of int8 with any kernel, depth multiplier 1. Up to eight channels at a time are turned into planes of
// their own, borders included. A gather reads up to sixteen taps of a plane, which serve several neighbouring outputs with their
// weights moved; VMLADAVA sums each output into one of eight general registers.

/// A strip of planes, and what becomes of it. All outputs of a plane stand in a row, `L::pitch` to a line of the image.
struct MvePlanes {
  const int8_t* planes;  ///< tap 0 of output 0 of the first channel
  int8_t* out;           ///< 16 * blocks bytes for each channel
  int32_t* sums;         ///< 16 * blocks
  int32_t channels, plane_step, out_step;
  int32_t periods, blocks;  ///< times the unrolled outputs; groups of 16 outputs
  int32_t zero_point, low, high;
  const int32_t* stream;  ///< per channel: bias, multiplier, shift to the left, 0, then weights
  const uint8_t* offsets;
};

#if MOTE_MVE

/// kGathers of 16 taps, which begin kApart bytes after each other, serve kShared outputs, kStep bytes apart. A line has kPitch
/// outputs and ends kJump bytes before the next. kGroups groups of eight outputs are unrolled. Rectified shifts are at most 20.
/// Stack: 200 bytes.
template <int32_t kGathers, int32_t kApart, int32_t kShared, int32_t kStep, int32_t kPitch, int32_t kJump, int32_t kGroups,
          MveScaling kScaling, bool kClamps>
MOTE_MVE_ASSEMBLY void mve_planes(const MvePlanes*) {
  __asm__ volatile(R"(
  .ifndef mote_mve_planes_macros
  .set mote_mve_planes_macros, 1
  .altmacro
  .macro mote_pmul sum, xreg, wreg
  .if \sum == 0
  vmlava.s8 r0, q\xreg, q\wreg
  .elseif \sum == 1
  vmlava.s8 r8, q\xreg, q\wreg
  .elseif \sum == 2
  vmlava.s8 r2, q\xreg, q\wreg
  .elseif \sum == 3
  vmlava.s8 r10, q\xreg, q\wreg
  .elseif \sum == 4
  vmlava.s8 r4, q\xreg, q\wreg
  .elseif \sum == 5
  vmlava.s8 r12, q\xreg, q\wreg
  .elseif \sum == 6
  vmlava.s8 r6, q\xreg, q\wreg
  .else
  vmlava.s8 lr, q\xreg, q\wreg
  .endif
  .endm
  .macro mote_pgather xreg, oreg
  vldrb.u8 q\xreg, [r1, q\oreg]
  .endm
  .macro mote_padd amount
  .if (\amount) > 4095
  add r1, r1, #4080
  mote_padd %%(\amount-4080)
  .elseif (\amount) < -4095
  sub r1, r1, #4080
  mote_padd %%(\amount+4080)
  .elseif (\amount) < 0
  subw r1, r1, #-(\amount)
  .elseif (\amount) > 0
  addw r1, r1, #(\amount)
  .endif
  .endm
  .macro mote_pnext outputs, step, pitch, jump
  .set mote_px, mote_px+\outputs
  .set mote_padded, \outputs*\step
  .if mote_px == \pitch
  .set mote_px, 0
  .set mote_padded, mote_padded+\jump
  .endif
  mote_padd %%mote_padded
  .endm
  .macro mote_pgroup gathers, shared, step, pitch, jump
  ldm sp, {r0,r2,r4,r6,r8,r10,r12,lr}
  .set mote_po, 0
  .rept 8
  .if mote_po < 8
  .set mote_pn, \shared
  .if mote_pn > 8-mote_po
  .set mote_pn, 8-mote_po
  .endif
  .if mote_pn > \pitch-mote_px
  .set mote_pn, \pitch-mote_px
  .endif
  .set mote_pg, 0
  .rept \gathers
  .set mote_pt, 13-mote_pt
  mote_pgather %%mote_pt, %%mote_pg
  .set mote_pj, 0
  .rept mote_pn
  mote_pmul %%(mote_po+mote_pj), %%mote_pt, %%(\gathers+mote_pj*\gathers+mote_pg)
  .set mote_pj, mote_pj+1
  .endr
  .set mote_pg, mote_pg+1
  .endr
  mote_pnext %%mote_pn, \step, \pitch, \jump
  .set mote_po, mote_po+mote_pn
  .endif
  .endr
  stmia r5!, {r0,r2,r4,r6,r8,r10,r12,lr}
  .endm
  .macro mote_pload at
  vldrw.u32 q0, [r9, #\at]
  vldrw.u32 q1, [r11, #\at+16]
  .endm
  .macro mote_pmany gathers, step, pitch, jump, apart
  ldm sp, {r0,r2,r4,r6,r8,r10,r12,lr}
  mov r3, r1
  .set mote_pg, 0
  .set mote_pstart, mote_px
  .rept \gathers
  mote_pload %%(16*mote_pg)
  .if mote_pg
  mov r1, r3
  mote_padd %%(mote_pg*\apart)
  .endif
  .set mote_px, mote_pstart
  .set mote_po, 0
  .rept 8
  .set mote_pt, 13-mote_pt
  mote_pgather %%mote_pt, 0
  mote_pmul %%mote_po, %%mote_pt, 1
  mote_pnext 1, \step, \pitch, \jump
  .set mote_po, mote_po+1
  .endr
  .set mote_pg, mote_pg+1
  .endr
  mote_padd %%((1-\gathers)*\apart)
  stmia r5!, {r0,r2,r4,r6,r8,r10,r12,lr}
  .endm
  .macro mote_poffset oreg, at
  vldrw.u32 q\oreg, [r9, #\at]
  .endm
  .macro mote_pweight wreg, at
  vldrb.u8 q\wreg, [r11, #\at]
  .endm
  .noaltmacro
  .endif
  .altmacro
  push {r4-r11, lr}
  vpush {d8-d15}
  sub sp, sp, #80
  vldrw.u32 q0, [r0]
  vldrw.u32 q1, [r0, #16]
  vldrw.u32 q2, [r0, #32]
  vstrw.32 q0, [sp, #32]
  vstrw.32 q1, [sp, #48]
  vstrw.32 q2, [sp, #64]
  ldrd r11, r9, [r0, #44]
  .if %c0 <= 3 && %c8 == 0
  .set mote_pg, 0
  .rept %c0
  mote_poffset %%mote_pg, %%(16*mote_pg)
  .set mote_pg, mote_pg+1
  .endr
  .endif
1:
  ldr r0, [r11]
  vdup.32 q7, r0
  vstrw.32 q7, [sp]
  vstrw.32 q7, [sp, #16]
  .if %c0 <= 3 && %c8 == 0
  .set mote_pj, 0
  .rept %c1
  .set mote_pg, 0
  .rept %c0
  mote_pweight %%(%c0+mote_pj*%c0+mote_pg), %%(16+16*mote_pg-mote_pj*%c2)
  .set mote_pg, mote_pg+1
  .endr
  .set mote_pj, mote_pj+1
  .endr
  .endif
  ldr r1, [sp, #32]
  ldr r5, [sp, #40]
  ldr r7, [sp, #56]
  .set mote_pt, 7
  .set mote_px, 0
2:
  .rept %c5
  .if %c0 <= 3 && %c8 == 0
  mote_pgroup %c0, %c1, %c2, %c3, %c4
  .else
  mote_pmany %c0, %c2, %c3, %c4, %c8
  .endif
  .endr
  subs r7, r7, #1
  bne 2b
  ldrd r2, r4, [r11, #4]
  ldrd r1, r5, [sp, #36]
  ldrd lr, r6, [sp, #60]
  .if %c6 == 2
  mov r3, r4
  cmp r4, #0
  ite lt
  movlt r8, #1
  movge r8, #0
  ite lt
  movlt r3, #0
  movge r4, #0
  .elseif %c6
  movs r8, #1
  .else
  vdup.32 q3, r2
  rsbs r8, r4, #0
  lsl r6, r6, r8
  .endif
  .if %c7
  ldrd r10, r12, [sp, #68]
  .endif
  dls lr, lr
3:
  vldmia r5!, {d8-d15}
  .if %c6 == 2
  vshl.s32 q4, r3
  vshl.s32 q5, r3
  vshl.s32 q6, r3
  vshl.s32 q7, r3
  .endif
  .if %c6
  vqrdmulh.s32 q3, q4, r2
  vqdmlah.s32 q3, q4, r8
  vqrdmulh.s32 q4, q5, r2
  vqdmlah.s32 q4, q5, r8
  vqrdmulh.s32 q5, q6, r2
  vqdmlah.s32 q5, q6, r8
  vqrdmulh.s32 q6, q7, r2
  vqdmlah.s32 q6, q7, r8
  vrshl.s32 q3, r4
  vrshl.s32 q4, r4
  vrshl.s32 q5, r4
  vrshl.s32 q6, r4
  vqmovnb.s32 q3, q3
  vqmovnb.s32 q5, q5
  vqmovnt.s32 q3, q4
  vqmovnt.s32 q5, q6
  vqadd.s16 q4, q3, r6
  vqadd.s16 q5, q5, r6
  .else
  vqrdmlash.s32 q4, q3, r6
  vqrdmlash.s32 q5, q3, r6
  vqrdmlash.s32 q6, q3, r6
  vqrdmlash.s32 q7, q3, r6
  vrshl.s32 q4, r4
  vrshl.s32 q5, r4
  vrshl.s32 q6, r4
  vrshl.s32 q7, r4
  vqmovnb.s32 q4, q4
  vqmovnt.s32 q4, q5
  vqmovnb.s32 q5, q6
  vqmovnt.s32 q5, q7
  .endif
  .if %c7
  vdup.16 q6, r10
  vmax.s16 q4, q4, q6
  vmax.s16 q5, q5, q6
  vdup.16 q6, r12
  vmin.s16 q4, q4, q6
  vmin.s16 q5, q5, q6
  .else
  vqmovnb.s16 q4, q4
  vqmovnb.s16 q5, q5
  .endif
  vstrb.16 q4, [r1], #8
  vstrb.16 q5, [r1], #8
  le lr, 3b
  ldrd r0, r1, [sp, #32]
  ldrd r2, r3, [sp, #44]
  ldr r4, [sp, #52]
  add r0, r0, r3
  add r1, r1, r4
  strd r0, r1, [sp, #32]
  add r11, r11, #16+16*%c0
  subs r2, r2, #1
  str r2, [sp, #44]
  bne 1b
  add sp, sp, #80
  vpop {d8-d15}
  pop {r4-r11, pc}
  .noaltmacro
)" ::"i"(kGathers),
                   "i"(kShared), "i"(kStep), "i"(kPitch), "i"(kJump), "i"(kGroups), "i"(static_cast<int32_t>(kScaling)),
                   "i"(kClamps ? 1 : 0), "i"(kApart));
}

#else

template <int32_t kGathers, int32_t kApart, int32_t kShared, int32_t kStep, int32_t kPitch, int32_t kJump, int32_t kGroups,
          MveScaling kScaling, bool kClamps>
void mve_planes(const MvePlanes* work) {
  const int32_t* stream = work->stream;
  for (int32_t c = 0; c < work->channels; ++c, stream += 4 + 4 * kGathers) {
    const int8_t* weights = reinterpret_cast<const int8_t*>(stream + 4);
    for (int32_t i = 0; i < work->periods * kGroups * 8; ++i) {
      const int8_t* at = work->planes + c * work->plane_step + i / kPitch * (kPitch * kStep + kJump) + i % kPitch * kStep;
      int32_t sum = stream[0];
      for (int32_t tap = 0; tap < 16 * kGathers; ++tap)
        sum = wrap_add(sum, at[tap / 16 * kApart + work->offsets[tap]] * weights[tap]);
      const int32_t left = larger<int32_t>(stream[2], 0);
      const int32_t right = larger<int32_t>(-stream[2], 0);
      int64_t scaled = doubling_high_multiply(shift_left(sum, left), stream[1]);
      if (kScaling != MveScaling::kRectified && right > 0 && sum < 0) --scaled;
      if (right > 0) scaled = (scaled + (int64_t{1} << (right - 1))) >> right;
      work->out[c * work->out_step + i] = static_cast<int8_t>(
          clamp<int64_t>(clamp<int64_t>(scaled, INT16_MIN, INT16_MAX) + work->zero_point, work->low, work->high));
    }
  }
}

#endif

/// One row of up to eight channels becomes a row of as many planes, `step` bytes apart.
MOTE_INLINE void spread_row(const int8_t* from, int32_t width, int32_t pixel, int32_t channels, int32_t step, int8_t* to) {
#if MOTE_MVE
  const uint16x8_t places = vmulq_n_u16(vidupq_n_u16(0, 1), static_cast<uint16_t>(step));
  if (channels == 8) {
#pragma GCC unroll 4
    for (int32_t x = 0; x < width; ++x, from += pixel, ++to) vstrbq_scatter_offset_s16(to, places, vldrbq_s16(from));
    return;
  }
  uint32_t before = 0;  // GCC does not know that a statement may change VPR
  __asm__ volatile(R"(
  vmrs %[before], p0
  vctp.16 %[channels]
  dls lr, %[width]
1:
  vpstt
  vldrbt.s16 q0, [%[from]]
  vstrbt.16 q0, [%[to], %q[places]]
  add %[from], %[from], %[pixel]
  add %[to], %[to], #1
  le lr, 1b
  vmsr p0, %[before]
)"
                   : [from] "+l"(from), [to] "+r"(to), [before] "=&r"(before)
                   : [channels] "r"(channels), [width] "r"(width), [pixel] "r"(pixel), [places] "w"(places)
                   : "lr", "d0", "d1", "cc", "memory");
#else
  for (int32_t x = 0; x < width; ++x, from += pixel, ++to) {
    for (int32_t c = 0; c < channels; ++c) to[c * step] = from[c];
  }
#endif
}

/// The way back: `width` values of up to eight planes become pixels.
MOTE_INLINE void join_row(const int8_t* from, int32_t width, int32_t pixel, int32_t channels, int32_t step, int8_t* to) {
#if MOTE_MVE
  const uint16x8_t places = vmulq_n_u16(vidupq_n_u16(0, 1), static_cast<uint16_t>(step));
  if (channels == 8) {
#pragma GCC unroll 4
    for (int32_t x = 0; x < width; ++x, ++from, to += pixel) vstrbq_s16(to, vldrbq_gather_offset_s16(from, places));
    return;
  }
  uint32_t before = 0;  // GCC does not know that a statement may change VPR
  __asm__ volatile(R"(
  vmrs %[before], p0
  vctp.16 %[channels]
  dls lr, %[width]
1:
  vpstt
  vldrbt.u16 q0, [%[from], %q[places]]
  vstrbt.16 q0, [%[to]]
  add %[from], %[from], #1
  add %[to], %[to], %[pixel]
  le lr, 1b
  vmsr p0, %[before]
)"
                   : [from] "+r"(from), [to] "+l"(to), [before] "=&r"(before)
                   : [channels] "r"(channels), [width] "r"(width), [pixel] "r"(pixel), [places] "w"(places)
                   : "lr", "d0", "d1", "cc", "memory");
#else
  for (int32_t x = 0; x < width; ++x, ++from, to += pixel) {
    for (int32_t c = 0; c < channels; ++c) to[c] = from[c * step];
  }
#endif
}

/// L::planes channels (at most 8) and L::chunk lines of outputs are made at a time. Scratch: sums and outputs of a chunk, then
/// planes of L::line bytes to a row with L::plane_bytes in all. `out` may be `in` where no line of outputs reaches beyond the
/// rows read for it.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_mve(const int8_t* in, const int32_t* stream, const uint8_t* offsets, int8_t* out,
                                       uint8_t* scratch) {
  constexpr int32_t kPlanes = smaller<int32_t>(L::in_c, L::planes);
  constexpr int32_t kHeld = (L::chunk - 1) * L::stride_h + L::reach;
  constexpr int32_t kPlane = L::plane;
  constexpr int32_t kOutputs = 16 * L::blocks;
  constexpr int32_t kJump = L::stride_h * L::line - L::pitch * L::stride_w;
  constexpr bool kOnce = L::chunk == L::out_h;
  constexpr bool kClamps = L::clamp_min > -128 || L::clamp_max < 127;
  static_assert(kHeld * L::line <= kPlane, "a plane has room for the rows of a chunk");
  int32_t* const sums = reinterpret_cast<int32_t*>(scratch);
  int8_t* const results = reinterpret_cast<int8_t*>(sums + kOutputs);
  int8_t* const planes = results + kPlanes * kOutputs;
  fill_vectors(planes, L::input_zero_point, L::plane_bytes);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c, out += L::out_h * L::out_w * L::in_c) {
    for (int32_t c = 0; c < L::in_c; c += L::planes) {
      const int32_t channels = smaller<int32_t>(L::in_c - c, L::planes);
      const MvePlanes work = {planes,       results,      sums,
                              channels,     kPlane,       kOutputs,
                              L::periods,   L::blocks,    L::output_zero_point,
                              L::clamp_min, L::clamp_max, stream + c * (4 + 4 * L::gathers),
                              offsets};
      int32_t have = 0;
      for (int32_t y = 0; y < L::out_h; y += L::chunk) {
        const int32_t lines = kOnce ? L::out_h : smaller<int32_t>(L::chunk, L::out_h - y);
        const int32_t first = y * L::stride_h - L::pad_top;
        const int32_t need = (lines - 1) * L::stride_h + L::reach;
        for (; have < need; ++have) {
          int8_t* const to = planes + L::pad_left + have * L::line;
          const int32_t row = first + have;
          if (row >= 0 && row < L::in_h) {
            spread_row(in + row * L::in_w * L::in_c + c, L::in_w, L::in_c, channels, kPlane, to);
          } else if (!kOnce) {
            for (int32_t i = 0; i < kPlanes; ++i) fill_vectors(to + i * kPlane, L::input_zero_point, L::in_w);
          }
        }
        mve_planes<L::gathers, L::apart, L::shared, L::stride_w, L::pitch, kJump, L::groups, static_cast<MveScaling>(L::scaling),
                   kClamps>(&work);
        int8_t* to = out + y * L::out_w * L::in_c + c;
        if constexpr (L::pitch == L::out_w) {
          join_row(results, lines * L::out_w, L::in_c, channels, kOutputs, to);
        } else {
          for (int32_t i = 0; i < lines; ++i, to += L::out_w * L::in_c) {
            join_row(results + i * L::pitch, L::out_w, L::in_c, channels, kOutputs, to);
          }
        }
        if constexpr (!kOnce) {
          constexpr int32_t kUsed = L::chunk * L::stride_h;
          have = larger<int32_t>(have - kUsed, 0);
          for (int32_t i = 0; have > 0 && i < kPlanes; ++i) {
            copy_vectors(planes + i * kPlane, planes + i * kPlane + kUsed * L::line, have * L::line);
          }
        }
      }
    }
  }
}

}  // namespace mote
