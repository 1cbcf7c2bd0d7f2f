#pragma once

#include "mote/isa/mve.hpp"

namespace mote {

/// ADD or SUB of two int8 tensors of one shape. Of the two inputs, the one with the larger scale needs no rounding: it is
/// multiplied by +-2^19. All constants as in `scaled_sum`, shifts to the right.
struct MveSum {
  const int8_t* exact;
  const int8_t* rounded;
  int8_t* out;
  int32_t exact_addend;    ///< less its zero point times its factor
  int32_t rounded_addend;  ///< less its zero point times 2^20
  int32_t rounded_multiplier, rounded_shift;
  int32_t multiplier, shift;  ///< of the sum
  int32_t zero_point;
  int32_t count;         ///< of whole groups of 16
  int32_t exact_factor;  ///< 2^19, or less for what is subtracted
  int32_t low, high;
};

#if MOTE_MVE

/// kRest values behind the groups of 16. kRounds: whether rounded_shift is not 0; kSigned: whether halves below zero matter.
template <int32_t kRest, bool kRounds, bool kSubtracts, bool kSigned>
MOTE_MVE_ASSEMBLY void mve_sum(const MveSum*) {
  __asm__ volatile(R"(
  .ifndef mote_mve_sum_macros
  .set mote_mve_sum_macros, 1
  .macro mote_sum_4 rounds, subtracts, signed, some
  .if \some
  vpstt
  vldrbt.s32 q0, [r1], #4
  vldrbt.s32 q2, [r0], #4
  .else
  vldrb.s32 q0, [r1], #4
  vldrb.s32 q2, [r0], #4
  .endif
  vmlas.s32 q0, q7, r4
  vmlas.s32 q2, q6, r3
  vqrdmulh.s32 q1, q0, r5
  .if \rounds
  vqdmlah.s32 q1, q0, r10
  vrshl.s32 q1, r6
  .endif
  .if \subtracts
  vsub.i32 q2, q2, q1
  .else
  vadd.i32 q2, q2, q1
  .endif
  vqrdmulh.s32 q3, q2, r7
  .if \signed
  vqdmlah.s32 q3, q2, r10
  .endif
  vrshl.s32 q3, r8
  vadd.i32 q3, q3, r9
  vmax.s32 q3, q3, q4
  vmin.s32 q3, q3, q5
  .if \some
  vpst
  vstrbt.32 q3, [r2], #4
  .else
  vstrb.32 q3, [r2], #4
  .endif
  .endm
  .endif
  push {r4-r10, lr}
  vpush {d8-d15}
  ldrd r12, lr, [r0, #48]
  vdup.32 q4, r12
  vdup.32 q5, lr
  ldrd lr, r12, [r0, #40]
  vdup.32 q6, r12
  mov r12, #1048576
  vdup.32 q7, r12
  mov r10, #1
  ldm r0, {r0-r9}
  wls lr, lr, 2f
1:
  .rept 4
  mote_sum_4 %c1, %c2, %c3, 0
  .endr
  le lr, 1b
2:
  .rept %c0 / 4
  mote_sum_4 %c1, %c2, %c3, 0
  .endr
  .if %c0 %% 4
  mov r12, #%c0 %% 4
  vctp.32 r12
  mote_sum_4 %c1, %c2, %c3, 1
  .endif
  vpop {d8-d15}
  pop {r4-r10, pc}
)" ::"i"(kRest),
                   "i"(kRounds ? 1 : 0), "i"(kSubtracts ? 1 : 0), "i"(kSigned ? 1 : 0));
}

#else

template <int32_t kRest, bool kRounds, bool kSubtracts, bool kSigned>
void mve_sum(const MveSum* sum) {
  const auto scale = [](int32_t x, int32_t multiplier, int32_t shift, bool is_signed) {
    const int32_t high = doubling_high_multiply(x, multiplier) - (is_signed && x < 0 ? 1 : 0);
    return shift == 0 ? high : (high + (1 << (-shift - 1))) >> -shift;
  };
  for (int32_t i = 0; i < 16 * sum->count + kRest; ++i) {
    const int32_t rounded =
        scale(sum->rounded[i] * (1 << 20) + sum->rounded_addend, sum->rounded_multiplier, sum->rounded_shift, kRounds);
    const int32_t exact = sum->exact[i] * sum->exact_factor + sum->exact_addend;
    const int32_t both = kSubtracts ? exact - rounded : exact + rounded;
    const int32_t value = scale(both, sum->multiplier, sum->shift, kSigned) + sum->zero_point;
    sum->out[i] = static_cast<int8_t>(clamp(value, sum->low, sum->high));
  }
}

#endif

/// ADD and SUB of L::elements values. `out` may be an input.
template <typename L>
MOTE_KERNEL void scaled_sum_mve(const int8_t* exact, const int8_t* rounded, int8_t* out) {
  const MveSum sum = {exact,
                      rounded,
                      out,
                      -L::exact_zero_point * L::exact_factor,
                      -L::rounded_zero_point * (1 << 20),
                      L::rounded_multiplier,
                      L::rounded_shift,
                      L::multiplier,
                      L::shift,
                      L::output_zero_point,
                      L::elements / 16,
                      L::exact_factor,
                      L::clamp_min,
                      L::clamp_max};
  mve_sum<L::elements % 16, (L::rounded_shift != 0), L::subtracts, (L::clamp_min < L::output_zero_point)>(&sum);
}

}  // namespace mote
