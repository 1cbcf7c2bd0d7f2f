#pragma once

#include "mote/scalar_matrix.hpp"

namespace mote {

// DEPTHWISE_CONV_2D 3x3 of int8, depth multiplier 1, on cores without SIMD: all channels of one output pixel at a time. A
// channel's table is 13 words: bias with the input's zero point folded in, nine weights, multiplier, offset (that of
// scalar_matrix.hpp, plus 2^15), shift.

constexpr int32_t kScalarTapWords = 13;

/// Where a pixel's inputs are, and its outputs.
struct ScalarTaps {
  const int8_t* at;  ///< channel 0 of the first tap
  int8_t* out;
  int32_t channels;
  int32_t tap_bytes, row_bytes;  ///< from a tap to the next in its row, and to that in the next row
};

#if MOTE_THUMB

/// r0 channel, r6 table, r4 sum; r8 first tap, r9 tap bytes, r10 row bytes, r11 2^14 - 2^30, r12 output, lr channels.
/// The doubling high product of sum and multiplier is built from halves a1, a0, M1, M0: as the sum is below 2^30 in size and M
/// not negative, a1 * M0 + a0 * M1 + (a0 * M0 >> 16) + 2^14 - 2^30 does not overflow.
MOTE_THUMB_ASSEMBLY inline void depthwise_pixel(const ScalarTaps*, const int32_t*) {
  __asm__ volatile(
      "  .syntax unified\n"
      "  push {r4-r7,lr}\n"
      "  mov r4,r8\n"
      "  mov r5,r9\n"
      "  mov r6,r10\n"
      "  mov r7,r11\n"
      "  push {r4-r7}\n"
      "  movs r6,r1\n"
      "  ldm r0!,{r1-r5}\n"
      "  mov r8,r1\n"
      "  mov r12,r2\n"
      "  mov lr,r3\n"
      "  mov r9,r4\n"
      "  mov r10,r5\n"
      "  ldr r1,6f\n"
      "  mov r11,r1\n"
      "  movs r0,#0\n"
      "  b 2f\n"
      "  .p2align 2\n"
      "6:\n"
      "  .word 0xC0004000\n"
      "2:\n"
      "  ldm r6!,{r4}\n"
      "  mov r1,r0\n"
      "  add r1,r9\n"
      "  mov r2,r1\n"
      "  add r2,r9\n"
      "  mov r3,r8\n"
      "  .rept 3\n"
      "  ldrsb r5,[r3,r0]\n"
      "  ldm r6!,{r7}\n"
      "  muls r5,r7\n"
      "  adds r4,r4,r5\n"
      "  ldrsb r5,[r3,r1]\n"
      "  ldm r6!,{r7}\n"
      "  muls r5,r7\n"
      "  adds r4,r4,r5\n"
      "  ldrsb r5,[r3,r2]\n"
      "  ldm r6!,{r7}\n"
      "  muls r5,r7\n"
      "  adds r4,r4,r5\n"
      "  add r3,r10\n"
      "  .endr\n"
      "  ldm r6!,{r5}\n"
      "  asrs r3,r4,#16\n"
      "  uxth r4,r4\n"
      "  lsrs r2,r5,#16\n"
      "  uxth r5,r5\n"
      "  movs r7,r4\n"
      "  muls r7,r5\n"
      "  lsrs r7,r7,#16\n"
      "  muls r4,r2\n"
      "  adds r4,r4,r7\n"
      "  muls r5,r3\n"
      "  add r4,r11\n"
      "  adds r4,r4,r5\n"
      "  asrs r4,r4,#15\n"
      "  muls r2,r3\n"
      "  lsls r2,r2,#1\n"
      "  adds r4,r4,r2\n"
      "  asrs r3,r3,#31\n"
      "  adds r4,r4,r3\n"
      "  ldm r6!,{r2,r3}\n"
      "  adds r4,r4,r2\n"
      "  asrs r4,r3\n"
      "  sxtb r2,r4\n"
      "  cmp r2,r4\n"
      "  beq 3f\n"
      "  asrs r4,r4,#31\n"
      "  movs r2,#127\n"
      "  eors r4,r2\n"
      "3:\n"
      "  mov r2,r12\n"
      "  strb r4,[r2,r0]\n"
      "  adds r0,#1\n"
      "  cmp r0,lr\n"
      "  bne 2b\n"
      "  pop {r4-r7}\n"
      "  mov r8,r4\n"
      "  mov r9,r5\n"
      "  mov r10,r6\n"
      "  mov r11,r7\n"
      "  pop {r4-r7,pc}\n");
}

#else

inline void depthwise_pixel(const ScalarTaps* taps, const int32_t* table) {
  const int8_t* top = taps->at;
  const int32_t tap = taps->tap_bytes;
  for (int32_t c = 0; c < taps->channels; ++c, ++top, table += kScalarTapWords) {
    const int8_t* middle = top + taps->row_bytes;
    const int8_t* bottom = middle + taps->row_bytes;
    const int32_t sum = table[0] + top[0] * table[1] + top[tap] * table[2] + top[2 * tap] * table[3] + middle[0] * table[4] +
                        middle[tap] * table[5] + middle[2 * tap] * table[6] + bottom[0] * table[7] + bottom[tap] * table[8] +
                        bottom[2 * tap] * table[9];
    const int32_t scaled = doubling_high_multiply(sum, table[10]) + (table[11] - 0x8000) + (sum >> 31);
    taps->out[c] = static_cast<int8_t>(clamp<int32_t>(scaled >> table[12], -128, 127));
  }
}

#endif

/// Any stride and padding, no dilation. Scratch: a window of all channels if windows reach over the border.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_scalar(const int8_t* MOTE_RESTRICT in, const int32_t* MOTE_RESTRICT table,
                                          int8_t* MOTE_RESTRICT out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  auto* window = reinterpret_cast<int8_t*>(scratch);
  int8_t* to = out;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * kImageRow) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x, to += L::in_c) {
        const int32_t top = y * L::stride_h - L::pad_top;
        const int32_t left = x * L::stride_w - L::pad_left;
        const int8_t* at = in + top * kImageRow + left * L::in_c;
        ScalarTaps taps = {at, to, L::in_c, L::in_c, kImageRow};
        if (L::pads && (top < 0 || left < 0 || top + 3 > L::in_h || left + 3 > L::in_w)) {
          const int32_t first = larger<int32_t>(0, -left) * L::in_c;
          const int32_t last = smaller<int32_t>(3, L::in_w - left) * L::in_c;
          int8_t* row = window;
          for (int32_t ky = 0; ky < 3; ++ky, row += 3 * L::in_c, at += kImageRow) {
            const bool inside = top + ky >= 0 && top + ky < L::in_h && first < last;
            if (!inside || last - first < 3 * L::in_c) memset(row, L::input_zero_point, 3 * L::in_c);
            if (inside) memcpy(row + first, at + first, static_cast<size_t>(last - first));
          }
          taps.at = window;
          taps.row_bytes = 3 * L::in_c;
        }
        depthwise_pixel(&taps, table);
      }
    }
  }
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) {
    for (int32_t i = 0; i < L::batch * L::out_h * L::out_w * L::in_c; ++i) {
      out[i] = static_cast<int8_t>(clamp<int32_t>(out[i], L::clamp_min, L::clamp_max));
    }
  }
}

}  // namespace mote
