#pragma once

#include "mote/isa/dsp.hpp"

namespace mote {

/// GAUSSIAN_SCORES: offset[c] - sum over the features of (s x - t)^2, where a table holds -t and s of eight features side by side for each
/// class: L::blocks blocks of eight of either, the last block filled up with zeros. `scratch`: the inputs of a row as floats, filled up
/// likewise.
template <typename L>
MOTE_KERNEL void gaussian_scores(const typename L::Value* MOTE_RESTRICT in, const float* MOTE_RESTRICT table,
                                 const float* MOTE_RESTRICT offsets, uint8_t* MOTE_RESTRICT scratch, float* MOTE_RESTRICT out) {
  float* x = reinterpret_cast<float*>(scratch);
  for (int32_t row = 0; row < L::rows; ++row, in += L::features) {
    constexpr int32_t kWhole = L::features / 8 * 8;
    for (int32_t block = 0; block < kWhole; block += 8) {
#if defined(__GNUC__)
#pragma GCC unroll 8
#endif
      for (int32_t i = block; i < block + 8; ++i) x[i] = static_cast<float>(in[i]);
    }
    for (int32_t i = kWhole; i < L::features; ++i) x[i] = static_cast<float>(in[i]);
    for (int32_t i = L::features; i < 8 * L::blocks; ++i) x[i] = 0.0F;
    const float* parameters = table;
    for (int32_t c = 0; c < L::classes; ++c) {
      float sum;
#if MOTE_DSP && defined(__ARM_FEATURE_FMA)
      const float* inputs = x;
      int32_t left = L::blocks;
      __asm__(
          "vmov.f32 s24, #1.0\n\t"
          "vsub.f32 s24, s24, s24\n\t"
          "vmov.f32 s25, s24\n"
          "1:\n\t"
          "vldmia %[x]!, {s0-s7}\n\t"
          "vldmia %[t]!, {s8-s23}\n\t"
          "vfma.f32 s8, s0, s16\n\t"
          "vfma.f32 s9, s1, s17\n\t"
          "vfma.f32 s10, s2, s18\n\t"
          "vfma.f32 s11, s3, s19\n\t"
          "vfma.f32 s12, s4, s20\n\t"
          "vfma.f32 s13, s5, s21\n\t"
          "vfma.f32 s14, s6, s22\n\t"
          "vfma.f32 s15, s7, s23\n\t"
          "vfma.f32 s24, s8, s8\n\t"
          "vfma.f32 s25, s9, s9\n\t"
          "vfma.f32 s24, s10, s10\n\t"
          "vfma.f32 s25, s11, s11\n\t"
          "vfma.f32 s24, s12, s12\n\t"
          "vfma.f32 s25, s13, s13\n\t"
          "vfma.f32 s24, s14, s14\n\t"
          "subs %[n], #1\n\t"
          "vfma.f32 s25, s15, s15\n\t"
          "bne 1b\n\t"
          "vadd.f32 %[sum], s24, s25"
          : [sum] "=t"(sum), [x] "+r"(inputs), [t] "+r"(parameters), [n] "+r"(left)
          :
          : "cc", "memory", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15",
            "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25");
#else
      sum = 0.0F;
      for (int32_t b = 0; b < L::blocks; ++b, parameters += 16) {
        for (int32_t i = 0; i < 8; ++i) {
          const float distance = parameters[i] + parameters[8 + i] * x[8 * b + i];
          sum += distance * distance;
        }
      }
#endif
      *out++ = offsets[c] - sum;
    }
  }
}

}  // namespace mote
