#pragma once

#include "mote/packed_matrix.hpp"

namespace mote {

/// Copies a window's row of kBytes that lacks its first bytes or those from `last` on, filled up with bytes of `fill`, a row of
/// zero points. Writes up to kBytes before and behind the copy, so that both parts have a fixed size. Only for images at least as
/// wide as the window, and windows that touch them.
template <int32_t kBytes>
MOTE_INLINE void copy_clipped_row(int8_t* copy, const int8_t* row, int32_t first, int32_t last, const int8_t* fill) {
  const int32_t at = first > 0 ? first : last - kBytes;
  memcpy(copy + (first > 0 ? 0 : last), fill, kBytes);
  memcpy(copy + at, row + at, kBytes);
}

/// The window of one output as a column. `border` starts with a row of zero points; behind it is room for the rows of a window
/// that reaches over the left or right border.
template <typename L, int32_t kSpacing>
MOTE_INLINE void gather_window(const int8_t* image, int32_t y, int32_t x, uint32_t* column, int8_t* border) {
  constexpr int32_t kRowBytes = L::k_w * L::in_c;
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  const int32_t top = y * L::stride_h - L::pad_top;
  const int32_t left = x * L::stride_w - L::pad_left;
  const int8_t* window = image + top * kImageRow + left * L::in_c;
  if constexpr (L::pads) {
    const bool over_side = left < 0 || left + L::k_w > L::in_w;
    if (over_side || top < 0 || top + (L::k_h - 1) * L::dilation_h >= L::in_h) {
      const int32_t first = larger<int32_t>(0, -left * L::in_c);
      const int32_t last = smaller<int32_t>(kRowBytes, (L::in_w - left) * L::in_c);
      const int8_t* rows[L::k_h];
      constexpr bool kTouchesImage = L::pad_left < L::k_w && (L::out_w - 1) * L::stride_w - L::pad_left < L::in_w;
      constexpr bool kFixedCopy = kRowBytes <= 32 && L::in_w >= L::k_w && kTouchesImage;
      constexpr int32_t kPitch = kFixedCopy ? 2 * kRowBytes : kRowBytes;
      int8_t* copy = border + larger<int32_t>(kPitch, (L::stride_w + L::k_w) * L::in_c);
      for (int32_t ky = 0; ky < L::k_h; ++ky, window += L::dilation_h * kImageRow) {
        const int32_t iy = top + ky * L::dilation_h;
        rows[ky] = iy < 0 || iy >= L::in_h ? border : window;
        if (!over_side || rows[ky] == border) continue;
        rows[ky] = copy;
        if constexpr (kFixedCopy) {
          copy_clipped_row<kRowBytes>(copy, window, first, last, border);
        } else {
          memcpy(copy, border, static_cast<size_t>(kRowBytes));
          if (first < last) memcpy(copy + first, window + first, static_cast<size_t>(last - first));
        }
        copy += kPitch;
      }
      return widen_window<L::k_h, kRowBytes, kSpacing>([&](int32_t ky) { return rows[ky]; }, column);
    }
  }
  (void)border;
  widen_window<L::k_h, kRowBytes, kSpacing>([&](int32_t ky) { return window + ky * (L::dilation_h * kImageRow); }, column);
}

/// Writes two runs of kBytes values as parts of two columns that alternate; returns where they go on. What is left of a run after
/// its last four values fills up pairs of its own.
template <int32_t kBytes>
MOTE_INLINE uint32_t* widen_two_runs(const int8_t* a, const int8_t* b, uint32_t* columns) {
  constexpr int32_t kWhole = kBytes / 4 * 4;
#pragma GCC unroll 4
  for (int32_t i = 0; i < kWhole; i += 4, columns += 4) {
    const uint32_t of_a = load_4(a + i);
    const uint32_t of_b = load_4(b + i);
    columns[0] = widen_even(of_a);
    columns[1] = widen_even(of_b);
    columns[2] = widen_odd(of_a);
    columns[3] = widen_odd(of_b);
  }
  for (int32_t i = kWhole; i < kBytes; i += 2, columns += 2) {
    columns[0] = pair_of(a[i], i + 1 < kBytes ? a[i + 1] : 0);
    columns[1] = pair_of(b[i], i + 1 < kBytes ? b[i + 1] : 0);
  }
  return columns;
}

/// Whether `gather_two_windows` knows the windows' form.
template <typename L>
constexpr bool gathers_two_windows() {
  return L::k_w * L::in_c % 4 == 0;
}

/// The windows of outputs x and x + 1 of a row as two columns, when neither reaches over a side. `border` starts with zero points
/// for the bytes that both see of a row.
template <typename L>
MOTE_INLINE void gather_two_windows(const int8_t* image, int32_t y, int32_t x, uint32_t* columns, const int8_t* border) {
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  int32_t iy = y * L::stride_h - L::pad_top;
  const int8_t* row = image + iy * kImageRow + (x * L::stride_w - L::pad_left) * L::in_c;
  for (int32_t ky = 0; ky < L::k_h; ++ky, iy += L::dilation_h, row += L::dilation_h * kImageRow) {
    const int8_t* from = L::pads && (iy < 0 || iy >= L::in_h) ? border : row;
    columns = widen_two_runs<L::k_w * L::in_c>(from, from + L::stride_w * L::in_c, columns);
  }
}

/// The windows of output x of row y and, if there are two, of the next output as columns; moves on behind them.
template <typename L>
MOTE_INLINE void gather_next_windows(const int8_t*& image, int32_t& y, int32_t& x, bool two, uint32_t* columns, int8_t* border) {
  // Outputs of a row from which on, and up to which, windows reach over no side.
  constexpr int32_t kFirstInside = (L::pad_left + L::stride_w - 1) / L::stride_w;
  constexpr int32_t kLastInside =
      smaller(L::out_w - 1, L::in_w + L::pad_left >= L::k_w ? (L::in_w + L::pad_left - L::k_w) / L::stride_w : -1);
  const auto advance = [&](int32_t by) {
    x += by;
    if (x < L::out_w) return;
    x = 0;
    if (++y < L::out_h) return;
    y = 0;
    image += L::in_h * L::in_w * L::in_c;
  };
  if constexpr (gathers_two_windows<L>()) {
    if (x >= kFirstInside && x < kLastInside) {
      gather_two_windows<L>(image, y, x, columns, border);
      return advance(2);
    }
  }
  for (int32_t i = 0; i < 2; ++i) {
    gather_window<L, 2>(image, y, x, columns + i, border);
    if (two) advance(1);
  }
}

template <typename L>
constexpr bool is_pointwise() {
  return L::k_h == 1 && L::k_w == 1 && L::stride_h == 1 && L::stride_w == 1 && !L::pads;
}

/// Whether L says that the matrix starts with the number of its words.
template <typename L>
constexpr auto is_sized(int) -> decltype(L::sized || true) {
  return L::sized;
}
template <typename L>
constexpr bool is_sized(long) {
  return false;
}

/// conv_2d_packed on the matrix's blocks that are full, as `two` and `one` pixel walk over them, and the one that is not.
template <typename L>
MOTE_INLINE void convolve_packed(const int8_t* in, const int32_t* matrix, int8_t* out, uint8_t* scratch,
                                 const PackedMatrix* two_pixels, const PackedMatrix* one_pixel) {
  constexpr int32_t kSteps = window_steps(L::k_h, L::k_w * L::in_c);
  constexpr int32_t kWholeBlocks = L::out_c / 4;
  constexpr int32_t kRest = L::out_c % 4;
  constexpr int32_t kPixels = L::batch * L::out_h * L::out_w;
  constexpr int32_t kPitch = out_pitch<L>();
  uint32_t* columns = reinterpret_cast<uint32_t*>(scratch);
  int8_t* border = reinterpret_cast<int8_t*>(columns + 2 * kSteps);
  if constexpr (L::pads) memset(border, L::input_zero_point, (L::stride_w + L::k_w) * L::in_c);
  int8_t* to = out;
  const int8_t* image = in;
  int32_t y = 0;
  int32_t x = 0;
  for (int32_t pixel = 0; pixel < kPixels; pixel += 2, to += 2 * kPitch) {
    const bool two = kPixels % 2 == 0 || pixel + 1 < kPixels;
    if constexpr (is_pointwise<L>()) {
      const int8_t* first = in + pixel * L::in_c;
      widen_two_runs<L::in_c>(first, two ? first + L::in_c : first, columns);
    } else {
      gather_next_windows<L>(image, y, x, two, columns, border);
    }
    if constexpr (kWholeBlocks > 0) multiply_two_columns(columns, matrix, to, two ? two_pixels : one_pixel);
    if constexpr (kRest > 0) {
      static constexpr PackedMatrix kLastBlock{kSteps, L::last_words * 4, 4};
      int8_t last[8];
      multiply_two_columns(columns, matrix + L::whole_words, last, &kLastBlock);
      for (int32_t i = 0; i < kRest; ++i) to[kWholeBlocks * 4 + i] = last[i];
      for (int32_t i = 0; two && i < kRest; ++i) to[kPitch + kWholeBlocks * 4 + i] = last[4 + i];
    }
  }
  clamp_outputs<L>(out, kPixels);
}

/// CONV_2D, int8, without dilation along rows: two output pixels and four channels at a time (see packed_matrix.hpp; `matrix` has
/// the weights in the order of widen_window: `whole_words` words of blocks that are full, then `last_words` of one that is not;
/// if `sized`, the number of words, then full blocks). Scratch: two columns; if windows reach over the border, room for their
/// bytes, twice if rows are at most 32 bytes, and before them for one row more, at least the one that two windows see.
template <typename L>
MOTE_KERNEL void conv_2d_packed(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, int8_t* out,
                                uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kSteps = window_steps(L::k_h, L::k_w * L::in_c);
  if constexpr (is_sized<L>(0)) {
    static_assert(L::out_c % 4 == 0, "blocks are full");
    const int32_t bytes = *matrix++ * 4;
    const PackedMatrix two = {kSteps, bytes, out_pitch<L>()};
    const PackedMatrix one = {kSteps, bytes, 0};
    convolve_packed<L>(in, matrix, out, scratch, &two, &one);
  } else {
    static constexpr PackedMatrix kTwo{kSteps, L::whole_words * 4, out_pitch<L>()};
    static constexpr PackedMatrix kOne{kSteps, L::whole_words * 4, 0};
    convolve_packed<L>(in, matrix, out, scratch, &kTwo, &kOne);
  }
}

/// The same for any weights, by a matrix of bytes and one pixel at a time. Scratch: a column of an even number of steps, and for
/// borders as above.
template <typename L>
MOTE_KERNEL void conv_2d_by_bytes(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, int8_t* out,
                                  uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kFilled = window_steps(L::k_h, L::k_w * L::in_c);
  constexpr int32_t kSteps = kFilled + kFilled % 2;
  constexpr int32_t kBlock = byte_block_words(kSteps);
  constexpr int32_t kWholeBlocks = L::out_c / 4;
  constexpr int32_t kRest = L::out_c % 4;
  static constexpr PackedMatrix kWhole{kSteps, kWholeBlocks * kBlock * 4, 0};
  static constexpr PackedMatrix kLastBlock{kSteps, kBlock * 4, 0};
  uint32_t* column = reinterpret_cast<uint32_t*>(scratch);
  int8_t* border = reinterpret_cast<int8_t*>(column + kSteps);
  if constexpr (L::pads) memset(border, L::input_zero_point, L::k_w * L::in_c);
  if constexpr (kFilled % 2 == 1) column[kFilled] = 0;
  int8_t* to = out;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x, to += out_pitch<L>()) {
        gather_window<L, 1>(in, y, x, column, border);
        if constexpr (kWholeBlocks > 0) multiply_column_by_bytes(column, matrix, to, &kWhole);
        if constexpr (kRest > 0) {
          int8_t last[4];
          multiply_column_by_bytes(column, matrix + kWholeBlocks * kBlock, last, &kLastBlock);
          for (int32_t i = 0; i < kRest; ++i) to[kWholeBlocks * 4 + i] = last[i];
        }
      }
    }
  }
  clamp_outputs<L>(out, L::batch * L::out_h * L::out_w);
}

}  // namespace mote
