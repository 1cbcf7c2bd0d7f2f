#pragma once

#include "mote/isa/halfwords.hpp"

// Armv6-M and Armv8-M Baseline: 16-bit instructions, eight registers for most of them, no long product.
#if defined(__GNUC__) && (defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)) && !defined(__ARM_BIG_ENDIAN)
#define MOTE_THUMB_1 1
#else
#define MOTE_THUMB_1 0
#endif

namespace mote {

// Exact integer Winograd for 3x3 windows: a tile of outputs comes from sums of products in a transformed space, fewer products
// than outputs times taps. All arithmetic wraps in int32 and every factor is undone exactly; mote proves from the weights that
// what is left fits. Source: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
//
// A word holds two channels: (0, 2) or (1, 3) of four, as the integer 65536 * high + low, so that one addition transforms both.
// Bytes enter as x + 128. Before words are used as pairs of int16 each half is lifted to be positive; the lift's share of an
// output is a constant of the output channel.

/// A form's geometry and transforms. Outputs of a tile are kOutputs x kOutputs, its patch of the image kPatch x kPatch every
/// kStride rows; transforms give kPlaces words per pair of channels, and products of places are summed to kSums words per output
/// channel.
struct Winograd4 {
  static constexpr int32_t kOutputs = 4, kPatch = 6, kStride = 4, kPlaces = 36, kSums = 36;

  static MOTE_INLINE void transform(const uint32_t* d, uint32_t* t) {
    const uint32_t c = d[4] - d[2];
    const uint32_t f = d[3] - d[1];
    const uint32_t a = d[4] - (d[2] << 2);
    const uint32_t b = d[3] - (d[1] << 2);
    const uint32_t g = d[0] - d[2];
    const uint32_t h = d[5] - d[3];
    t[0] = c + (g << 2);
    t[1] = a + b;
    t[2] = a - b;
    t[3] = c + (f << 1);
    t[4] = c - (f << 1);
    t[5] = h - (f << 2);
  }
  static MOTE_INLINE void transform_down(const uint32_t* d, uint32_t* t) { transform(d, t); }
  static MOTE_INLINE void transform_across(uint32_t* d, uint32_t* t) {
    constexpr uint32_t kLift = 12800U * 0x10001U;
    d[4] += kLift;
    d[5] += kLift;
    transform(d, t);
  }
  /// Where the sums of places (i, 0..5) lie: as they come.
  static constexpr int32_t place(int32_t i, int32_t j) { return 6 * i + j; }
};

struct Winograd2 {
  static constexpr int32_t kOutputs = 2, kPatch = 4, kStride = 2, kPlaces = 16, kSums = 16;

  static MOTE_INLINE void transform_down(const uint32_t* d, uint32_t* t) {
    t[0] = d[2] - d[0];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[3] - d[1];
  }
  static MOTE_INLINE void transform_across(uint32_t* d, uint32_t* t) {
    constexpr uint32_t kLift = 1024U * 0x10001U;
    d[2] += kLift;
    d[3] += kLift;
    transform_down(d, t);
  }
  static constexpr int32_t place(int32_t i, int32_t j) { return 4 * i + j; }
};

/// Windows two apart: outputs y0 = A + B, y1 = B + C with A = (d0 - d2) g0 + d1 g1, B = d2 (g0 + g2), C = (d4 - d2) g2 + d3 g1.
/// In two dimensions nine sums AA, AC, CA, CC, AB, BA, BC, CB, BB of 4, 4, 4, 4, 2, 2, 2, 2, 1 places.
struct WinogradStride2 {
  static constexpr int32_t kOutputs = 2, kPatch = 5, kStride = 4, kPlaces = 25, kSums = 9;

  template <uint32_t kLift>
  static MOTE_INLINE void transform(const uint32_t* d, uint32_t* t) {
    t[0] = d[0] - d[2] + kLift * 0x10001U;
    t[1] = d[1];
    t[2] = d[2];
    t[3] = d[3];
    t[4] = d[4] - d[2] + kLift * 0x10001U;
  }
  static MOTE_INLINE void transform_down(const uint32_t* d, uint32_t* t) { transform<255>(d, t); }
  static MOTE_INLINE void transform_across(uint32_t* d, uint32_t* t) { transform<510>(d, t); }
  static constexpr int32_t place(int32_t i, int32_t j) {
    // A has entries 0 and 1, B has 2, C has 3 and 4.
    constexpr int32_t kPart[5] = {0, 0, 1, 2, 2};
    constexpr int32_t kEntry[5] = {0, 1, 0, 0, 1};
    constexpr int32_t kFirst[3][3] = {{0, 16, 4}, {18, 24, 20}, {8, 22, 12}};
    const int32_t width = kPart[j] == 1 ? 1 : 2;
    return kFirst[kPart[i]][kPart[j]] + kEntry[i] * width + kEntry[j];
  }
};

constexpr int32_t largest_divisor(int32_t n, int32_t most) {
  int32_t best = 1;
  for (int32_t i = 2; i <= most; ++i) {
    if (n % i == 0) best = i;
  }
  return best;
}

// multiply_places: for each of kPlaces places, sums of products over kSteps pairs of channels, of two tiles with four output
// channels: sums[(4 * tile + channel) * kSumSpacing + place]. `data` is [place][step][tile], `weights` [place][step][channel].

#if MOTE_DSP

template <int32_t kSteps, int32_t kPlaces, int32_t kSumSpacing, int32_t kUnroll = largest_divisor(kSteps, 16),
          int32_t kAtOnce = largest_divisor(kPlaces, larger<int32_t>(16 / kSteps, 1))>
MOTE_ASSEMBLY void multiply_places(const uint32_t*, const uint32_t*, uint32_t*) {
  // r4-r7 sums of tile 0, r8-r11 of tile 1. Up to 16 steps are unrolled, of several places if they are short.
  __asm__ volatile(
      "  .syntax unified\n"
      "  push {r4-r11,lr}\n"
      "  sub sp,sp,#12\n"  // 0 sums, 4 their end, 8 end of the place's data
      "  add r3,r2,#%c[places]*4\n"
      "  str r2,[sp]\n"
      "  str r3,[sp,#4]\n"
      "1:\n"
      "  .set mote_place,0\n"
      "  .rept %c[at_once]\n"
      "  .if %c[unroll] != %c[steps]\n"
      "  add r3,r0,#%c[steps]*8\n"
      "  str r3,[sp,#8]\n"
      "  .irp r,r4,r5,r6,r7,r8,r9,r10,r11\n"
      "  mov \\r,#0\n"
      "  .endr\n"
      "  .endif\n"
      "2:\n"
      "  .set mote_step,0\n"
      "  .rept %c[unroll]\n"
      "  ldr.w r2,[r0,#mote_step*8]\n"
      "  ldr.w r3,[r0,#mote_step*8+4]\n"
      "  ldr.w r12,[r1,#mote_step*16]\n"
      "  ldr.w lr,[r1,#mote_step*16+4]\n"
      "  .if %c[unroll] == %c[steps] && mote_step == 0\n"
      "  smuad r4,r2,r12\n"
      "  smuad r5,r2,lr\n"
      "  smuad r8,r3,r12\n"
      "  smuad r9,r3,lr\n"
      "  .else\n"
      "  smlad r4,r2,r12,r4\n"
      "  smlad r5,r2,lr,r5\n"
      "  smlad r8,r3,r12,r8\n"
      "  smlad r9,r3,lr,r9\n"
      "  .endif\n"
      "  ldr.w r12,[r1,#mote_step*16+8]\n"
      "  ldr.w lr,[r1,#mote_step*16+12]\n"
      "  .if %c[unroll] == %c[steps] && mote_step == 0\n"
      "  smuad r6,r2,r12\n"
      "  smuad r7,r2,lr\n"
      "  smuad r10,r3,r12\n"
      "  smuad r11,r3,lr\n"
      "  .else\n"
      "  smlad r6,r2,r12,r6\n"
      "  smlad r7,r2,lr,r7\n"
      "  smlad r10,r3,r12,r10\n"
      "  smlad r11,r3,lr,r11\n"
      "  .endif\n"
      "  .set mote_step,mote_step+1\n"
      "  .endr\n"
      "  add r0,r0,#%c[unroll]*8\n"
      "  add r1,r1,#%c[unroll]*16\n"
      "  .if %c[unroll] != %c[steps]\n"
      "  ldr r2,[sp,#8]\n"
      "  cmp r0,r2\n"
      "  bne 2b\n"
      "  .endif\n"
      "  ldr r2,[sp]\n"
      "  .if mote_place == %c[at_once]-1\n"
      "  ldr r3,[sp,#4]\n"
      "  .endif\n"
      "  str r4,[r2,#mote_place*4]\n"
      "  str r5,[r2,#mote_place*4+%c[spacing]]\n"
      "  str r6,[r2,#mote_place*4+2*%c[spacing]]\n"
      "  str r7,[r2,#mote_place*4+3*%c[spacing]]\n"
      "  str r8,[r2,#mote_place*4+4*%c[spacing]]\n"
      "  str r9,[r2,#mote_place*4+5*%c[spacing]]\n"
      "  str r10,[r2,#mote_place*4+6*%c[spacing]]\n"
      "  str r11,[r2,#mote_place*4+7*%c[spacing]]\n"
      "  .set mote_place,mote_place+1\n"
      "  .endr\n"
      "  adds r2,r2,#4*%c[at_once]\n"
      "  str r2,[sp]\n"
      "  cmp r2,r3\n"
      "  bne 1b\n"
      "  add sp,sp,#12\n"
      "  pop {r4-r11,pc}\n"
      :
      :
      [steps] "i"(kSteps), [unroll] "i"(kUnroll), [places] "i"(kPlaces), [at_once] "i"(kAtOnce), [spacing] "i"(4 * kSumSpacing));
}

#elif MOTE_THUMB_1

/// Bytes: of the sums of a channel, of a place's data, from a channel's sums to the next one's.
struct WinogradRun {
  int32_t sums, data, spacing;
};

__attribute__((naked, noinline)) inline void multiply_run(const uint32_t*, const uint32_t*, uint32_t*, const WinogradRun*) {
  // r6-r9 sums of tile 0, r10-r12 and lr of tile 1. Halves of data are not negative, those of weights are signed. The number of
  // steps is even; two are unrolled.
  __asm__ volatile(
      "  .syntax unified\n"
      "  push {r4-r7,lr}\n"
      "  mov r4,r8\n"
      "  mov r5,r9\n"
      "  mov r6,r10\n"
      "  mov r7,r11\n"
      "  push {r4-r7}\n"
      "  sub sp,sp,#20\n"  // 0 sums, 4 their end, 8 end of the place's data, 12 bytes of it, 16 bytes from sum to sum
      "  ldr r4,[r3]\n"
      "  ldr r5,[r3,#4]\n"
      "  ldr r6,[r3,#8]\n"
      "  adds r4,r4,r2\n"
      "  str r2,[sp]\n"
      "  str r4,[sp,#4]\n"
      "  str r5,[sp,#12]\n"
      "  str r6,[sp,#16]\n"
      "1:\n"
      "  ldr r3,[sp,#12]\n"
      "  adds r3,r3,r0\n"
      "  str r3,[sp,#8]\n"
      "  movs r6,#0\n"
      "  movs r7,#0\n"
      "  .irp r,r8,r9,r10,r11,r12,lr\n"
      "  mov \\r,r6\n"
      "  .endr\n"
      "2:\n"
      "  .macro mote_multiply at,first,second\n"
      "  ldrh r4,[r1,#\\at]\n"
      "  sxth r5,r4\n"
      "  sxth r4,r4\n"
      "  muls r5,r2,r5\n"
      "  muls r4,r3,r4\n"
      "  add \\first,\\first,r5\n"
      "  add \\second,\\second,r4\n"
      "  .endm\n"
      "  .irp half,0,2,8,10\n"
      "  ldrh r2,[r0,#\\half]\n"
      "  ldrh r3,[r0,#\\half+4]\n"
      "  .set mote_at,\\half\n"
      "  .if mote_at >= 8\n"
      "  .set mote_at,mote_at+8\n"
      "  .endif\n"
      "  mote_multiply mote_at,r6,r10\n"
      "  mote_multiply mote_at+4,r7,r11\n"
      "  mote_multiply mote_at+8,r8,r12\n"
      "  mote_multiply mote_at+12,r9,lr\n"
      "  .endr\n"
      "  .purgem mote_multiply\n"
      "  adds r0,r0,#16\n"
      "  adds r1,r1,#32\n"
      "  ldr r2,[sp,#8]\n"
      "  cmp r0,r2\n"
      "  beq 3f\n"
      "  b 2b\n"
      "3:\n"
      "  ldr r2,[sp]\n"
      "  mov r3,r2\n"
      "  ldr r5,[sp,#16]\n"
      "  str r6,[r2]\n"
      "  .irp r,r7,r8,r9,r10,r11,r12,lr\n"
      "  adds r3,r3,r5\n"
      "  mov r4,\\r\n"
      "  str r4,[r3]\n"
      "  .endr\n"
      "  adds r2,r2,#4\n"
      "  str r2,[sp]\n"
      "  ldr r3,[sp,#4]\n"
      "  cmp r2,r3\n"
      "  beq 4f\n"
      "  b 1b\n"
      "4:\n"
      "  add sp,sp,#20\n"
      "  pop {r4-r7}\n"
      "  mov r8,r4\n"
      "  mov r9,r5\n"
      "  mov r10,r6\n"
      "  mov r11,r7\n"
      "  pop {r4-r7,pc}\n");
}

template <int32_t kSteps, int32_t kPlaces, int32_t kSumSpacing>
MOTE_INLINE void multiply_places(const uint32_t* data, const uint32_t* weights, uint32_t* sums) {
  static constexpr WinogradRun kRun{4 * kPlaces, 8 * kSteps, 4 * kSumSpacing};
  multiply_run(data, weights, sums, &kRun);
}

#else

template <int32_t kSteps, int32_t kPlaces, int32_t kSumSpacing>
MOTE_FUNCTION void multiply_places(const uint32_t* data, const uint32_t* weights, uint32_t* sums) {
  for (int32_t place = 0; place < kPlaces; ++place, ++sums) {
    uint32_t sum[8] = {};
    const uint32_t* end = data + 2 * kSteps;
    for (; data != end; data += 2, weights += 4) {
#pragma GCC unroll 2
      for (int32_t half = 0; half < 2; ++half) {
        const auto value = [&](uint32_t word) { return static_cast<uint32_t>(half == 0 ? low_of(word) : high_of(word)); };
        const uint32_t first = value(data[0]);
        const uint32_t second = value(data[1]);
#pragma GCC unroll 4
        for (int32_t c = 0; c < 4; ++c) {
          const uint32_t weight = value(weights[c]);
          sum[c] += first * weight;
          sum[4 + c] += second * weight;
        }
      }
    }
#pragma GCC unroll 8
    for (int32_t i = 0; i < 8; ++i) sums[i * kSumSpacing] = sum[i];
  }
}

#endif

// Arithmetic on pairs of int16: on linear words where no instruction does it, which are settled at the end.

#if MOTE_DSP
MOTE_INLINE uint32_t sum_of_pairs(uint32_t a, uint32_t b) { return add_pairs(a, b); }
MOTE_INLINE uint32_t difference_of_pairs(uint32_t a, uint32_t b) {
  uint32_t pair;
  __asm__("ssub16 %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
  return pair;
}
MOTE_INLINE uint32_t settled_pair(uint32_t pair) { return pair; }
template <bool kOdd>
MOTE_INLINE uint32_t widen_weights(uint32_t bytes) {
  return kOdd ? widen_odd(bytes) : widen_even(bytes);
}
#else
MOTE_INLINE uint32_t sum_of_pairs(uint32_t a, uint32_t b) { return a + b; }
MOTE_INLINE uint32_t difference_of_pairs(uint32_t a, uint32_t b) { return a - b; }
MOTE_INLINE uint32_t settled_pair(uint32_t linear) { return linear + ((linear & 0x8000U) << 1); }
/// Bytes 0 and 2 (kOdd: 1 and 3) as the integer 65536 * high + low.
template <bool kOdd>
MOTE_INLINE uint32_t widen_weights(uint32_t bytes) {
  return (((kOdd ? bytes >> 8 : bytes) & 0x00FF00FFU) ^ 0x00800080U) - 0x00800080U;
}
#endif

/// All sums of two tiles and four output channels.
template <typename Form, int32_t kSteps>
MOTE_INLINE void multiply_tiles(const uint32_t* data, const uint32_t* weights, uint32_t* sums) {
  if constexpr (Form::kSums == 9) {
    multiply_places<4 * kSteps, 4, 9>(data, weights, sums);
    multiply_places<2 * kSteps, 4, 9>(data + 32 * kSteps, weights + 64 * kSteps, sums + 4);
    multiply_places<kSteps, 1, 9>(data + 48 * kSteps, weights + 96 * kSteps, sums + 8);
  } else {
    multiply_places<kSteps, Form::kPlaces, Form::kPlaces>(data, weights, sums);
  }
}

}  // namespace mote
