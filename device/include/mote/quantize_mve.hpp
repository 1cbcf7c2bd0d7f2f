#pragma once

#include "mote/isa/mve.hpp"
#include "mote/quantize.hpp"

namespace mote {

/// The last values of a layer, less than four.
template <typename L>
struct LastValues {
  using Output = typename L::Output;
  static constexpr int32_t elements = L::elements % 4, zero_point = L::zero_point, clamp_min = L::clamp_min,
                           clamp_max = L::clamp_max;
  static constexpr float scale = L::scale;
};

/// As `quantize`, to 8-bit integers. The output may be the input.
template <typename L>
MOTE_KERNEL void quantize_mve(const float* in, typename L::Output* out) {
  static_assert(sizeof(typename L::Output) == 1, "to 8-bit integers");
#if MOTE_MVE && (__ARM_FEATURE_MVE & 2)
  if constexpr (L::elements >= 4) {
    const float32x4_t low = vdupq_n_f32(static_cast<float>(L::clamp_min - L::zero_point));
    const float32x4_t high = vdupq_n_f32(static_cast<float>(L::clamp_max - L::zero_point));
    const float scale = L::scale;
    // VMAXNM takes the number where one operand is none; VCVTA rounds halves away from zero.
    __asm__ volatile(
        R"(
  dls lr, %[count]
1:
  vldrw.u32 q0, [%[in]], #16
  vdiv.f32 s0, s0, %[scale]
  vdiv.f32 s1, s1, %[scale]
  vdiv.f32 s2, s2, %[scale]
  vdiv.f32 s3, s3, %[scale]
  vmaxnm.f32 q0, q0, %q[low]
  vminnm.f32 q0, q0, %q[high]
  vcvta.s32.f32 q0, q0
  vadd.i32 q0, q0, %[zero]
  vstrb.32 q0, [%[out]], #4
  le lr, 1b
)"
        : [in] "+r"(in), [out] "+l"(out)
        : [count] "r"(L::elements / 4), [scale] "t"(scale), [low] "w"(low), [high] "w"(high), [zero] "r"(L::zero_point)
        : "lr", "d0", "d1", "cc", "memory");
  }
  if constexpr (L::elements % 4 != 0) quantize<LastValues<L>>(in, out);
#else
  quantize<L>(in, out);
#endif
}

}  // namespace mote
