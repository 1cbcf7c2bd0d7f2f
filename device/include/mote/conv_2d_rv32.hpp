#pragma once

#include "mote/rv32_matrix.hpp"

namespace mote {

/// CONV_2D, int8, without dilation along rows: two output pixels at a time (see rv32_matrix.hpp). Scratch: two columns, then a
/// row of a window if windows reach over the border.
template <typename L>
MOTE_KERNEL void conv_2d_rv32(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, const int32_t* MOTE_RESTRICT scaling,
                              const int32_t* MOTE_RESTRICT corrections, int8_t* out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kWords = L::steps * L::groups;
  constexpr int32_t kFilled = L::k_h * ((L::k_w * L::in_c + 1) / 2);
  constexpr int32_t kPitch = out_pitch<L>();
  constexpr int32_t kPixels = L::batch * L::out_h * L::out_w;
  constexpr bool kEachPixel = L::k_h == 1 && L::k_w == 1 && L::stride_h == 1 && L::stride_w == 1 && !L::pads &&
                              L::in_h == L::out_h && L::in_w == L::out_w;
  static_assert(kFilled <= kWords, "a row holds a window");
  auto* columns = reinterpret_cast<uint32_t*>(scratch);
  [[maybe_unused]] auto* border = reinterpret_cast<int8_t*>(columns + 2 * kWords);
  for (int32_t i = 2 * kFilled; i < 2 * kWords; ++i) columns[i] = 0;
  const int8_t* image = in;
  [[maybe_unused]] int32_t y = 0;
  [[maybe_unused]] int32_t x = 0;
  for (int32_t pixel = 0; pixel < kPixels; pixel += 2, out += 2 * kPitch) {
    const bool two = kPixels % 2 == 0 || pixel + 1 < kPixels;
    for (int32_t i = 0; i < 2; ++i) {
      if constexpr (kEachPixel) {
        pair_values<L::in_c, 2>(image, columns + i);
        if (two) image += L::in_c;
      } else {
        gather_pairs<L>(image, y, x, columns + i, border);
        if (!two || ++x < L::out_w) continue;
        x = 0;
        if (++y < L::out_h) continue;
        y = 0;
        image += L::in_h * L::in_w * L::in_c;
      }
    }
    const int32_t* row = matrix;
    const int32_t* scale = scaling;
    [[maybe_unused]] const int32_t* correction = corrections;
    for (int32_t first = 0; first < L::out_c; first += kRv32Rows, row += kRv32Rows * kWords) {
      const int32_t rows = smaller<int32_t>(kRv32Rows, L::out_c - first);
      int32_t sums[2 * kRv32Rows];
      sum_blocks<L::steps, 2>(columns, row, sums, (rows + 3) / 4, L::groups);
      if constexpr (L::corrects) correction = correct_pairs(columns, correction, scale, sums, rows);
      // A last pixel alone was summed twice; its second outputs are the same bytes.
      if constexpr (L::fitted) {
        scale_pairs_fitted(sums, scale, out + first, sums + 2 * rows, two ? kPitch : 0, L::scale_shift);
      } else {
        scale_pairs(sums, scale, out + first, sums + 2 * rows, two ? kPitch : 0);
      }
      scale += 4 * rows;
    }
  }
  clamp_pixels<L>(out - (kPixels + 1) / 2 * 2 * kPitch, kPixels);
}

}  // namespace mote
