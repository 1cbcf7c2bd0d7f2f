#pragma once

#include "mote/mve_matrix.hpp"

namespace mote {

/// Products of `count` columns with the matrix of a layer.
template <typename L>
MOTE_INLINE void multiply_columns(const int8_t* columns, int32_t count, int32_t step, const int32_t* stream, int8_t* out) {
  constexpr bool kClamps = L::clamp_min > -128 || L::clamp_max < 127;
  const MveProduct product = {columns, stream, out, count, step, L::blocks_end, L::addend, L::clamp_min, L::clamp_max};
  mve_multiply<L::vectors, (L::blocks_end > 0), L::rest, static_cast<MveScaling>(L::scaling), L::shift, kClamps, out_gap<L>(0)>(
      &product);
}

/// CONV_2D 1x1, stride 1, no padding, or rows of FULLY_CONNECTED, int8, of a multiple of 16 input channels: columns are pixels.
/// `in` 4-byte aligned. `stream`: see mve_matrix.hpp.
template <typename L>
MOTE_KERNEL void conv_2d_mve_pointwise(const int8_t* in, const int32_t* MOTE_RESTRICT stream, int8_t* out) {
  static_assert(L::in_c == 16 * L::vectors, "a pixel is a column");
  multiply_columns<L>(in, L::pixels, L::in_c, stream, out);
}

/// Which bytes of a row of a window lie in the image.
struct WindowEdges {
  int32_t first, last;
};

/// `rows` rows of a window without dilation along them, `step` bytes apart; what lies beside the image becomes zero points.
template <int32_t kBytes>
MOTE_INLINE void copy_clipped_rows(int8_t* to, const int8_t* from, int32_t rows, int32_t step, WindowEdges edges,
                                   int32_t zero_point) {
#if MOTE_MVE
  if constexpr (kBytes <= 16) {
    const auto before = static_cast<uint32_t>(vctp8q(static_cast<uint32_t>(edges.first)));
    const auto inside = static_cast<mve_pred16_t>(static_cast<uint32_t>(vctp8q(static_cast<uint32_t>(edges.last))) & ~before);
    const int8x16_t beside = vdupq_n_s8(static_cast<int8_t>(zero_point));
    for (; rows > 0; --rows, from += step, to += kBytes) vstrbq_s8(to, vpselq_s8(vldrbq_z_s8(from, inside), beside, inside));
    return;
  }
#endif
  for (; rows > 0; --rows, from += step, to += kBytes) {
    fill_vectors(to, zero_point, kBytes);
    copy_vectors(to + edges.first, from + edges.first, edges.last - edges.first);
  }
}

/// A row of a window tap by tap, from column `x` of the image on.
template <typename L>
MOTE_INLINE void copy_taps(int8_t* to, const int8_t* from, int32_t x) {
  constexpr bool kWords = L::in_c % 4 == 0;
#pragma GCC unroll 3
  for (int32_t kx = 0; kx < L::k_w; ++kx, to += L::in_c, x += L::dilation_w, from += L::dilation_w * L::in_c) {
    const bool outside = x < 0 || x >= L::in_w;
    if constexpr (kWords) {
      if (outside) {
        fill_words<L::in_c>(to, L::input_zero_point);
      } else {
        copy_words<L::in_c>(to, from);
      }
    } else {
      if (outside) {
        fill_vectors(to, L::input_zero_point, L::in_c);
      } else {
        copy_run<L::in_c>(to, from);
      }
    }
  }
}

/// The same as gather_column for a window that reaches over a border.
template <typename L>
MOTE_INLINE void gather_border_column(const int8_t* window, int32_t top, int32_t left, int8_t* to) {
  constexpr int32_t kStep = L::dilation_h * L::in_w * L::in_c;
  constexpr int32_t kRow = L::k_w * L::in_c;
  constexpr bool kRuns = L::dilation_w == 1 || L::k_w == 1;
  const int32_t above = clamp<int32_t>((-top + L::dilation_h - 1) / L::dilation_h, 0, L::k_h);
  int32_t inside = clamp<int32_t>((L::in_h - top + L::dilation_h - 1) / L::dilation_h, above, L::k_h) - above;
  const WindowEdges edges = {clamp<int32_t>(-left * L::in_c, 0, kRow), clamp<int32_t>((L::in_w - left) * L::in_c, 0, kRow)};
  if (kRuns && edges.first >= edges.last) inside = 0;
  if (above > 0) fill_vectors(to, L::input_zero_point, above * kRow);
  to += above * kRow;
  window += above * kStep;
  if constexpr (kRuns && (L::in_c % 4 != 0 || kRow <= 16)) {
    copy_clipped_rows<kRow>(to, window, inside, kStep, edges, L::input_zero_point);
    to += inside * kRow;
  } else {
    for (int32_t ky = 0; ky < inside; ++ky, window += kStep, to += kRow) copy_taps<L>(to, window, left);
  }
  const int32_t below = L::k_h - above - inside;
  if (below > 0) fill_vectors(to, L::input_zero_point, below * kRow);
}

/// The window of one output as a column of k_h * k_w * in_c values. May write 15 bytes more.
template <typename L>
MOTE_INLINE void gather_column(const int8_t* image, int32_t y, int32_t x, int8_t* to) {
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  constexpr bool kRows = L::dilation_w == 1 || L::k_w == 1;
  constexpr int32_t kRun = kRows ? L::k_w * L::in_c : L::in_c;
  constexpr bool kWords = L::in_c % 4 == 0 && kRun > 4;
  const int32_t top = y * L::stride_h - L::pad_top;
  const int32_t left = x * L::stride_w - L::pad_left;
  const int8_t* window = image + top * kImageRow + left * L::in_c;
  if constexpr (L::pads) {
    if (left < 0 || left + (L::k_w - 1) * L::dilation_w >= L::in_w || top < 0 || top + (L::k_h - 1) * L::dilation_h >= L::in_h) {
      return gather_border_column<L>(window, top, left, to);
    }
  }
#pragma GCC unroll 16
  for (int32_t ky = 0; ky < L::k_h; ++ky) {
    for (int32_t kx = 0; kx < (kRows ? 1 : L::k_w); ++kx, to += kRun) {
      const int8_t* const run = window + ky * L::dilation_h * kImageRow + kx * L::dilation_w * L::in_c;
      if constexpr (kWords) {
        copy_words<kRun>(to, run);
      } else {
        copy_run<kRun>(to, run);
      }
    }
  }
}

/// CONV_2D of any window over all input channels, int8: windows become columns, L::held at a time in `scratch`, which has room
/// for 16 bytes more.
template <typename L>
MOTE_KERNEL void conv_2d_mve(const int8_t* in, const int32_t* MOTE_RESTRICT stream, int8_t* out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kStep = 16 * L::vectors;
  int8_t* const columns = reinterpret_cast<int8_t*>(scratch);
  int8_t* to = columns;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x) {
        gather_column<L>(in, y, x, to);
        to += kStep;
        if (to != columns + L::held * kStep) continue;
        multiply_columns<L>(columns, L::held, kStep, stream, out);
        to = columns;
        out += L::held * out_pitch<L>();
      }
    }
  }
  if (to != columns) multiply_columns<L>(columns, static_cast<int32_t>(to - columns) / kStep, kStep, stream, out);
}

}  // namespace mote
