#pragma once

#include "mote/wide_matrix.hpp"

namespace mote {

/// Values of a column in their order: int8 become int16, float32 stay.
template <typename Element, typename Input>
MOTE_INLINE void widen_values(Element* MOTE_RESTRICT to, const Input* MOTE_RESTRICT from, int32_t count) {
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// kCount values in vectors, the last of which takes some values once more rather than fewer.
template <int32_t kCount, typename Element, typename Input>
MOTE_INLINE void widen_row(Element* to, const Input* from) {
  constexpr int32_t kUnit = kCount >= 16 ? 16 : kCount >= 8 ? 8 : kCount >= 4 ? 4 : 1;
  for (int32_t i = 0; i + kUnit <= kCount; i += kUnit) widen_values(to + i, from + i, kUnit);
  if (kCount % kUnit != 0) widen_values(to + kCount - kUnit, from + kCount - kUnit, kUnit);
}

/// The window whose first tap is at row `top`, column `left` of the image, as a column; outside the image lies the input's zero
/// point.
template <typename L>
MOTE_INLINE void wide_column(const typename L::Input* image, int32_t top, int32_t left, WideElement<L>* MOTE_RESTRICT column) {
  constexpr int32_t kRow = L::k_w * L::in_c;
  constexpr int32_t kReach_h = (L::k_h - 1) * L::dilation_h + 1;
  constexpr int32_t kReach_w = (L::k_w - 1) * L::dilation_w + 1;
  const bool whole = top >= 0 && top + kReach_h <= L::in_h && left >= 0 && left + kReach_w <= L::in_w;
  if (whole && L::dilation_w == 1) {
    const typename L::Input* from = image + (top * L::in_w + left) * L::in_c;
    for (int32_t ky = 0; ky < L::k_h; ++ky, from += L::dilation_h * L::in_w * L::in_c) widen_row<kRow>(column + ky * kRow, from);
    return;
  }
  for (int32_t i = 0; i < L::k_h * kRow; ++i) column[i] = L::input_zero_point;
  for (int32_t ky = 0; ky < L::k_h; ++ky, column += kRow) {
    const int32_t y = top + ky * L::dilation_h;
    if (y < 0 || y >= L::in_h) continue;
    const typename L::Input* row = image + y * L::in_w * L::in_c;
    if (L::dilation_w == 1) {
      const int32_t first = larger<int32_t>(0, -left);
      const int32_t last = smaller<int32_t>(L::k_w, L::in_w - left);
      widen_values(column + first * L::in_c, row + (left + first) * L::in_c, (last - first) * L::in_c);
    } else {
      for (int32_t kx = 0; kx < L::k_w; ++kx) {
        const int32_t x = left + kx * L::dilation_w;
        if (x >= 0 && x < L::in_w) widen_values(column + kx * L::in_c, row + x * L::in_c, L::in_c);
      }
    }
  }
}

/// CONV_2D over all input channels, of int8 or float32, on the vectors of a workstation; `matrix` and `scaling` as in
/// wide_matrix.hpp. Columns stand on the stack: kColumns of them, a window each.
template <typename L>
MOTE_KERNEL void conv_2d_wide(const typename L::Input* in, const WideElement<L>* MOTE_RESTRICT matrix,
                              const WideWord<L>* MOTE_RESTRICT scaling, typename L::Input* out) {
  constexpr int32_t kPerWord = WideValues<typename L::Input>::kPerWord;
  constexpr int32_t kDepth = L::k_h * L::k_w * L::in_c;
  constexpr int32_t kWords = (kDepth + kPerWord - 1) / kPerWord;
  static_assert(kDepth <= 65536, "sums of products of bytes stay within int32");
  constexpr int32_t kPixels = L::batch * L::out_h * L::out_w;
  constexpr int32_t kMostColumns =
      larger<int32_t>(1, smaller<int32_t>(smaller<int32_t>(12, kSumRegisters / kPanelVectors), 16384 / kWords));
  constexpr int32_t kColumns = smaller<int32_t>(kPixels, kMostColumns);
  alignas(64) WideElement<L> columns[kColumns * kWords * kPerWord];
  if (kDepth % kPerWord != 0) memset(columns, 0, sizeof columns);  // the matrix is zero there
  for (int32_t next = 0; next < kPixels; next += kColumns) {
    const int32_t first = smaller<int32_t>(next, kPixels - kColumns);  // the last ones once more, rather than fewer
    for (int32_t c = 0; c < kColumns; ++c) {
      const int32_t row = (first + c) / L::out_w;
      const int32_t x = (first + c) % L::out_w;
      wide_column<L>(in + row / L::out_h * (L::in_h * L::in_w * L::in_c), row % L::out_h * L::stride_h - L::pad_top,
                     x * L::stride_w - L::pad_left, columns + c * kWords * kPerWord);
    }
    wide_columns<L, kWords, kColumns>(columns, matrix, scaling, out + first * L::out_c);
  }
}

}  // namespace mote
