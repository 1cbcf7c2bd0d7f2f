#pragma once

#include "mote/scalar_finish.hpp"

namespace mote {

// DEPTHWISE_CONV_2D 3x3 of int8, depth multiplier 1, on cores without SIMD: all channels of one output pixel at a time, or of two
// that lie one above the other. A channel's table is 13 words: nine weights column by column, then those of scalar_finish.hpp;
// the input's zero point is folded into bias or offset.

constexpr int32_t kScalarTapWords = 13;

/// Where a pixel's inputs are, and its outputs.
struct ScalarTaps {
  const int8_t* at;   ///< channel 0 of the first tap
  int32_t row_bytes;  ///< from a tap to that in the next row
  int32_t tap_bytes;  ///< from a tap to the next in its row, less two rows
  int8_t* out;
  int32_t out_bytes;  ///< from the upper output pixel to the lower
  int32_t channels;
};

#if MOTE_THUMB

// r0 channel, r1 channel in the next row, r2 tap, r3 table; r8 and r9 sums, r10 two rows, r11 from a column's third tap to the
// next column, r12 output. Stack: 0 first tap, 4 row bytes, 8 lower output, 12 channels.
#define MOTE_TAPS_BEGIN       \
  "  .syntax unified\n"       \
  "  push {r4-r7,lr}\n"       \
  "  mov r4,r8\n"             \
  "  mov r5,r9\n"             \
  "  mov r6,r10\n"            \
  "  mov r7,r11\n"            \
  "  push {r4-r7}\n"          \
  "  sub sp,#16\n"            \
  "  movs r3,r1\n"            \
  "  ldm r0!,{r1,r2,r4-r7}\n" \
  "  mov r11,r4\n"            \
  "  mov r12,r5\n"            \
  "  adds r6,r6,r5\n"         \
  "  lsls r4,r2,#1\n"         \
  "  mov r10,r4\n"            \
  "  str r1,[sp]\n"           \
  "  str r2,[sp,#4]\n"        \
  "  str r6,[sp,#8]\n"        \
  "  str r7,[sp,#12]\n"       \
  "  movs r0,#0\n"            \
  "2:\n"                      \
  "  ldr r2,[sp]\n"           \
  "  ldr r1,[sp,#4]\n"        \
  "  adds r1,r1,r0\n"

#define MOTE_TAPS_END   \
  "3:\n"                \
  "  adds r0,#1\n"      \
  "  ldr r1,[sp,#12]\n" \
  "  cmp r0,r1\n"       \
  "  bne 2b\n"          \
  "  add sp,#16\n"      \
  "  pop {r4-r7}\n"     \
  "  mov r8,r4\n"       \
  "  mov r9,r5\n"       \
  "  mov r10,r6\n"      \
  "  mov r11,r7\n"      \
  "  pop {r4-r7,pc}\n"

// A column's four taps for both pixels: the first products by FIRST into the sums r8 and r9.
#define MOTE_TWO_PIXELS_COLUMN(FIRST) \
  "  ldm r3!,{r5-r7}\n"               \
  "  ldrsb r4,[r2,r0]\n"              \
  "  muls r4,r5\n"                    \
  "  " FIRST                          \
  " r8,r4\n"                          \
  "  ldrsb r4,[r2,r1]\n"              \
  "  muls r5,r4\n"                    \
  "  " FIRST                          \
  " r9,r5\n"                          \
  "  muls r4,r6\n"                    \
  "  add r8,r4\n"                     \
  "  add r2,r10\n"                    \
  "  ldrsb r4,[r2,r0]\n"              \
  "  muls r6,r4\n"                    \
  "  add r9,r6\n"                     \
  "  muls r4,r7\n"                    \
  "  add r8,r4\n"                     \
  "  ldrsb r4,[r2,r1]\n"              \
  "  muls r4,r7\n"                    \
  "  add r9,r4\n"

#define MOTE_PIXEL_COLUMN(FIRST) \
  "  ldm r3!,{r5-r7}\n"          \
  "  ldrsb r4,[r2,r0]\n"         \
  "  muls r5,r4\n"               \
  "  " FIRST                     \
  " r8,r5\n"                     \
  "  ldrsb r4,[r2,r1]\n"         \
  "  muls r6,r4\n"               \
  "  add r8,r6\n"                \
  "  add r2,r10\n"               \
  "  ldrsb r4,[r2,r0]\n"         \
  "  muls r7,r4\n"               \
  "  add r8,r7\n"

MOTE_THUMB_ASSEMBLY inline void depthwise_two_pixels(const ScalarTaps*, const int32_t*) {
  __asm__ volatile(MOTE_TAPS_BEGIN MOTE_TWO_PIXELS_COLUMN("mov") "  add r2,r11\n" MOTE_TWO_PIXELS_COLUMN(
      "add") "  add r2,r11\n" MOTE_TWO_PIXELS_COLUMN("add")
             "  ldm r3!,{r4-r7}\n"
             "  mov lr,r6\n"
             "  lsrs r6,r7,#8\n"
             "  cmp r7,#0\n"
             "  blt 4f\n"
             "  mov r2,r8\n" MOTE_FINISH_FITTED("r2", "r1", "lr")
             "  mov r1,r12\n"
             "  strb r2,[r1,r0]\n"
             "  mov r2,r9\n" MOTE_FINISH_FITTED("r2", "r1", "lr")
             "  ldr r1,[sp,#8]\n"
             "  strb r2,[r1,r0]\n" MOTE_TAPS_END
             "4:\n"
             "  subs r3,#16\n"
             "  mov r2,r8\n"
             "  bl 7f\n"
             "  mov r1,r12\n"
             "  strb r2,[r1,r0]\n"
             "  mov r2,r9\n"
             "  bl 7f\n"
             "  ldr r1,[sp,#8]\n"
             "  strb r2,[r1,r0]\n"
             "  adds r3,#16\n"
             "  b 3b\n"
             "7:\n" MOTE_FINISH_EXACT("r2", "r1", "r3"));
}

MOTE_THUMB_ASSEMBLY inline void depthwise_pixel(const ScalarTaps*, const int32_t*) {
  __asm__ volatile(MOTE_TAPS_BEGIN MOTE_PIXEL_COLUMN("mov") "  add r2,r11\n" MOTE_PIXEL_COLUMN(
      "add") "  add r2,r11\n" MOTE_PIXEL_COLUMN("add")
             "  ldm r3!,{r4-r7}\n"
             "  mov lr,r6\n"
             "  lsrs r6,r7,#8\n"
             "  mov r2,r8\n"
             "  cmp r7,#0\n"
             "  blt 4f\n" MOTE_FINISH_FITTED("r2", "r1", "lr")
             "  mov r1,r12\n"
             "  strb r2,[r1,r0]\n" MOTE_TAPS_END
             "4:\n"
             "  subs r3,#16\n"
             "  bl 7f\n"
             "  mov r1,r12\n"
             "  strb r2,[r1,r0]\n"
             "  adds r3,#16\n"
             "  b 3b\n"
             "7:\n" MOTE_FINISH_EXACT("r2", "r1", "r3"));
}

#undef MOTE_TAPS_BEGIN
#undef MOTE_TAPS_END
#undef MOTE_TWO_PIXELS_COLUMN
#undef MOTE_PIXEL_COLUMN

#else

inline void depthwise_pixel(const ScalarTaps* taps, const int32_t* table) {
  const int8_t* top = taps->at;
  const int32_t tap = taps->tap_bytes + 2 * taps->row_bytes;
  for (int32_t c = 0; c < taps->channels; ++c, ++top, table += kScalarTapWords) {
    const int8_t* middle = top + taps->row_bytes;
    const int8_t* bottom = middle + taps->row_bytes;
    const int32_t sum = top[0] * table[0] + middle[0] * table[1] + bottom[0] * table[2] + top[tap] * table[3] +
                        middle[tap] * table[4] + bottom[tap] * table[5] + top[2 * tap] * table[6] + middle[2 * tap] * table[7] +
                        bottom[2 * tap] * table[8];
    taps->out[c] = static_cast<int8_t>(clamp<int32_t>(finish_sum(sum, table + 9), -128, 127));
  }
}

inline void depthwise_two_pixels(const ScalarTaps* taps, const int32_t* table) {
  ScalarTaps pixel = *taps;
  depthwise_pixel(&pixel, table);
  pixel.at += taps->row_bytes;
  pixel.out += taps->out_bytes;
  depthwise_pixel(&pixel, table);
}

#endif

/// Any stride and padding, no dilation. With stride 1 from row to row two rows of outputs at a time, the last two of an odd
/// number overlapping. Scratch: the window of all channels if it reaches over the border.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_scalar(const int8_t* in, const int32_t* MOTE_RESTRICT table, int8_t* out,
                                          uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  constexpr int32_t kOutRow = L::out_w * L::in_c;
  constexpr bool kTwo = L::stride_h == 1 && L::out_h >= 2;
  constexpr int32_t kRows = kTwo ? 2 : 1;
  constexpr int32_t kWindowRows = kRows + 2;
  auto* window = reinterpret_cast<int8_t*>(scratch);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * kImageRow) {
    for (int32_t first_y = 0; first_y < L::out_h; first_y += kRows) {
      const int32_t y = smaller<int32_t>(first_y, L::out_h - kRows);
      int8_t* to = out + (b * L::out_h + y) * kOutRow;
      for (int32_t x = 0; x < L::out_w; ++x, to += L::in_c) {
        const int32_t top = y * L::stride_h - L::pad_top;
        const int32_t left = x * L::stride_w - L::pad_left;
        const int8_t* at = in + top * kImageRow + left * L::in_c;
        ScalarTaps taps = {at, kImageRow, L::in_c - 2 * kImageRow, to, kOutRow, L::in_c};
        if (L::pads && (top < 0 || left < 0 || top + kWindowRows > L::in_h || left + 3 > L::in_w)) {
          const int32_t first = larger<int32_t>(0, -left) * L::in_c;
          const int32_t last = smaller<int32_t>(3, L::in_w - left) * L::in_c;
          int8_t* row = window;
          for (int32_t ky = 0; ky < kWindowRows; ++ky, row += 3 * L::in_c, at += kImageRow) {
            const bool inside = top + ky >= 0 && top + ky < L::in_h && first < last;
            if (!inside || last - first < 3 * L::in_c) memset(row, L::input_zero_point, 3 * L::in_c);
            if (inside) memcpy(row + first, at + first, static_cast<size_t>(last - first));
          }
          taps.at = window;
          taps.row_bytes = 3 * L::in_c;
          taps.tap_bytes = -5 * L::in_c;
        }
        if constexpr (kTwo) {
          depthwise_two_pixels(&taps, table);
        } else {
          depthwise_pixel(&taps, table);
        }
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
