#pragma once

#include "mote/scalar_finish.hpp"

namespace mote {

/// Writes a row of kBytes values as pairs, kSpacing words apart; a last value alone is paired with 0.
template <int32_t kBytes, int32_t kSpacing>
MOTE_INLINE uint32_t* pair_values(const int8_t* values, uint32_t* column) {
#pragma GCC unroll 4
  for (int32_t i = 0; i + 1 < kBytes; i += 2, column += kSpacing) *column = scalar_pair(values[i], values[i + 1]);
  if constexpr (kBytes % 2 == 1) {
    *column = scalar_pair(values[kBytes - 1], 0);
    column += kSpacing;
  }
  return column;
}

/// The same for one of four columns: the words of a group for columns 0 and 1, alternating, stand before those for 2 and 3.
template <int32_t kBytes, int32_t kSteps>
MOTE_INLINE uint32_t* pair_values_of_four(const int8_t* values, uint32_t* column) {
  constexpr int32_t kWords = (kBytes + 1) / 2;
#pragma GCC unroll 2
  for (int32_t word = 0; word < kWords; word += kSteps, column += 4 * kSteps) {
#pragma GCC unroll 4
    for (int32_t s = 0; s < kSteps; ++s) {
      const int8_t* pair = values + 2 * (word + s);
      if (kWords % kSteps != 0 && word + s >= kWords) break;
      column[2 * s] = scalar_pair(pair[0], kBytes % 2 != 0 && word + s + 1 == kWords ? 0 : pair[1]);
    }
  }
  return column;
}

/// The window of one output as one of L::columns columns, each of its rows paired by itself. `border` has room for a row of the
/// window.
template <typename L>
MOTE_KERNEL void gather_pairs(const int8_t* image, int32_t y, int32_t x, uint32_t* column, int8_t* border) {
  constexpr int32_t kRowBytes = L::k_w * L::in_c;
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  const int32_t top = y * L::stride_h - L::pad_top;
  const int32_t left = x * L::stride_w - L::pad_left;
  const int8_t* row = image + top * kImageRow + left * L::in_c;
  const bool over_side = L::pads && (left < 0 || left + L::k_w > L::in_w);
  for (int32_t ky = 0; ky < L::k_h; ++ky, row += L::dilation_h * kImageRow) {
    const int8_t* from = row;
    if constexpr (L::pads) {
      const int32_t iy = top + ky * L::dilation_h;
      const bool outside = iy < 0 || iy >= L::in_h;
      if (outside || over_side) {
        const int32_t first = outside ? kRowBytes : larger<int32_t>(0, -left * L::in_c);
        const int32_t last = smaller<int32_t>(kRowBytes, (L::in_w - left) * L::in_c);
        memset(border, L::input_zero_point, static_cast<size_t>(kRowBytes));
        if (first < last) memcpy(border + first, row + first, static_cast<size_t>(last - first));
        from = border;
      }
    }
    if constexpr (L::columns == 4) {
      column = pair_values_of_four<kRowBytes, L::steps>(from, column);
    } else {
      column = pair_values<kRowBytes, 2>(from, column);
    }
  }
}

/// Adds what a row's weights lack (see scalar_matrix.hpp) and returns the rest of the list. kGroup: pairs that stand behind a
/// word of their group, 0 for columns without such words.
template <int32_t kColumns, int32_t kGroup = 0>
MOTE_INLINE const int16_t* correct_sums(const uint32_t* columns, const int16_t* corrections, int32_t count, int32_t* sums) {
  for (; count > 0; --count, corrections += 2) {
    const int32_t index = corrections[0];
    int32_t word = index >> 1;
    if constexpr (kGroup > 0) word += word / kGroup + 1;
    for (int32_t c = 0; c < kColumns; ++c) {
      sums[c] += corrections[1] * value_of_pair(columns[word * kColumns + c], index & 1);
    }
  }
  return corrections;
}

/// Limits the outputs of `pixels` pixels, L::out_c of each, to L's clamp.
template <typename L>
MOTE_INLINE void clamp_pixels(int8_t* out, int32_t pixels) {
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) {
    for (; pixels > 0; --pixels, out += out_pitch<L>()) {
      for (int32_t i = 0; i < L::out_c; ++i) out[i] = static_cast<int8_t>(clamp<int32_t>(out[i], L::clamp_min, L::clamp_max));
    }
  } else {
    (void)out, (void)pixels;
  }
}

/// CONV_2D, int8, without dilation along rows: two or four output pixels at a time (see scalar_matrix.hpp; rows of `steps *
/// groups` words). `scaling`: four words per channel as in scalar_finish.hpp. `corrections`: pairs of index and weight, aligned
/// to 4 bytes; with four columns the index is twice the word's place for column 0, less its least bit. Four columns need window
/// rows of whole groups, or windows of one row. Scratch: the columns, then a row of a window if windows reach over the border.
template <typename L>
MOTE_KERNEL void conv_2d_scalar(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, const int32_t* MOTE_RESTRICT scaling,
                                const int16_t* MOTE_RESTRICT corrections, int8_t* out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kWords = L::steps * L::groups;
  constexpr int32_t kColumns = L::columns;
  constexpr int32_t kPitch = out_pitch<L>();
  constexpr int32_t kPixels = L::batch * L::out_h * L::out_w;
  static_assert(L::k_h * ((L::k_w * L::in_c + 1) / 2) <= kWords, "a row holds a window");
  auto* columns = reinterpret_cast<uint32_t*>(scratch);
  auto* border = reinterpret_cast<int8_t*>(columns + kColumns * kWords);
  for (int32_t i = 0; i < kColumns * kWords; ++i) columns[i] = 0;
  const int8_t* image = in;
  int32_t y = 0;
  int32_t x = 0;
  for (int32_t pixel = 0; pixel < kPixels; pixel += kColumns, out += kColumns * kPitch) {
    // Columns behind the last pixel repeat it.
    const int32_t pixels = kPixels % kColumns == 0 ? kColumns : smaller<int32_t>(kColumns, kPixels - pixel);
    for (int32_t i = 0; i < kColumns; ++i) {
      gather_pairs<L>(image, y, x, columns + (i & 1) + (i >> 1) * 2 * L::steps, border);
      if (pixel + i + 1 >= kPixels || ++x < L::out_w) continue;
      x = 0;
      if (++y < L::out_h) continue;
      y = 0;
      image += L::in_h * L::in_w * L::in_c;
    }
    const int32_t* row = matrix;
    const int32_t* words = scaling;
    const int16_t* correction = corrections;
    for (int32_t first = 0; first < L::out_c; first += kScalarRows, row += kScalarRows * kWords) {
      const int32_t rows = smaller<int32_t>(kScalarRows, L::out_c - first);
      int32_t sums[kColumns * kScalarRows];
      if constexpr (kColumns == 4) {
        sum_four_columns<L::steps>(columns, row, sums, sums + 2 * rows, L::groups);
      } else {
        sum_two_columns<L::steps>(columns, row, sums, sums + 2 * rows, L::groups);
      }
      const int16_t* rest = correction;
      for (int32_t i = 0; i < kColumns && i < pixels; i += 2) {
        // The second outputs of a pixel alone are the same bytes as its first.
        const int32_t* these = sums + i * kScalarRows;
        rest = finish_two_columns(these, words, out + first + i * kPitch, these + 2 * rows, i + 1 < pixels ? kPitch : 0,
                                  columns + i * L::steps, correction);
      }
      correction = rest;
      words += 4 * rows;
    }
  }
  clamp_pixels<L>(out - (kPixels + kColumns - 1) / kColumns * kColumns * kPitch, kPixels);
}

}  // namespace mote
