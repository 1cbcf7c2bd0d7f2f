#pragma once

#include "mote/isa/dsp.hpp"
#include "mote/scalar_finish.hpp"
#include "mote/weighted.hpp"

namespace mote {

// Convolutions whose weights are mostly zero: only the others are kept and multiplied. Rows of weights [out_c][k_h * k_w * in_c]
// are taken L::block_rows neighbouring ones at a time; an entry of such a block is a column in which any of them is not zero.
// Tables: how many entries each block has; for each entry how many columns it stands behind the one before (behind column 0 for
// the first); its weights, one of each row. An entry may be all zero, where columns are more than 255 apart.

// From the sum of a row to its int8 output, by four words of the row.

/// Those of scalar_finish.hpp.
class FittedRow {
 public:
  explicit FittedRow(const int32_t* words) : words_{words[0], words[1], words[2], words[3]} {}
  MOTE_INLINE int32_t operator()(int32_t sum) const { return finish_sum(sum, words_); }

 private:
  int32_t words_[4];
};

/// Bias, and multiplier, offset and shift as in packed_matrix.hpp.
class RoundedRow {
 public:
  explicit RoundedRow(const int32_t* words) : bias_(words[0]), multiplier_(words[1]), offset_(words[2]), shift_(words[3]) {}
  MOTE_INLINE int32_t operator()(int32_t sum) const {
    const int32_t doubled = shift_left(wrap_add(sum, bias_), 1);
    return wrap_add(multiply_high_add(doubled, multiplier_, offset_), doubled >> 31) >> shift_;
  }

 private:
  int32_t bias_, multiplier_, offset_, shift_;
};

/// What is left of the entries.
struct SparseEntries {
  const uint8_t* skips;
  const int8_t* weights;
};

/// Adds the products of `count` entries with kColumns columns, `kPitch` apart, to sums[column][row].
template <int32_t kColumns, int32_t kRows, int32_t kPitch, typename Input, typename Sum>
MOTE_INLINE void add_entries(const Input* column, int32_t count, SparseEntries& entries, Sum* sums) {
  const uint8_t* skips = entries.skips;
  const int8_t* weights = entries.weights;
  const uint8_t* end = skips + count;
#pragma GCC unroll 2
  while (skips != end) {
    column += *skips++;
    Sum weight[kRows];
#pragma GCC unroll 4
    for (int32_t r = 0; r < kRows; ++r) weight[r] = static_cast<Sum>(*weights++);
    Sum value[kColumns];
#pragma GCC unroll 4
    for (int32_t c = 0; c < kColumns; ++c) value[c] = static_cast<Sum>(column[c * kPitch]);
#if MOTE_DSP
    // Loads behind each other take a cycle less each; GCC would put products between them.
    if constexpr (kColumns == 4 && SameType<Sum, int32_t>::value) {
      __asm__("" : "+r"(value[0]), "+r"(value[1]), "+r"(value[2]), "+r"(value[3]));
    }
#endif
#pragma GCC unroll 4
    for (int32_t c = 0; c < kColumns; ++c) {
#pragma GCC unroll 4
      for (int32_t r = 0; r < kRows; ++r) sums[c * kRows + r] = multiply_add(sums[c * kRows + r], value[c], weight[r]);
    }
  }
  entries.skips = skips;
  entries.weights = weights;
}

/// The window of a pixel as a column; what lies beside the image is `fill`.
template <typename L, typename Input>
MOTE_INLINE void gather_sparse_window(const Input* in, int32_t pixel, Input fill, Input* column) {
  const int32_t x = pixel % L::out_w * L::stride_w - L::pad_left;
  const int32_t y = pixel / L::out_w % L::out_h * L::stride_h - L::pad_top;
  const Input* image = in + pixel / (L::out_w * L::out_h) * (L::in_h * L::in_w * L::in_c);
  for (int32_t ky = 0; ky < L::k_h; ++ky) {
    const int32_t iy = y + ky * L::dilation_h;
    for (int32_t kx = 0; kx < L::k_w; ++kx, column += L::in_c) {
      const int32_t ix = x + kx * L::dilation_w;
      if (iy >= 0 && iy < L::in_h && ix >= 0 && ix < L::in_w) {
        memcpy(column, image + (iy * L::in_w + ix) * L::in_c, L::in_c * sizeof(Input));
      } else {
        for (int32_t i = 0; i < L::in_c; ++i) column[i] = fill;
      }
    }
  }
}

/// Whether pixels are columns as they lie.
template <typename L>
constexpr bool pixels_are_columns() {
  return L::k_h == 1 && L::k_w == 1 && L::stride_h == 1 && L::stride_w == 1 && L::out_h == L::in_h && L::out_w == L::in_w;
}

/// Sums of all pixels, L::columns at a time (at most as many as there are): what `finish(channel)` gives makes an output of each.
template <typename L, typename Input, typename Sum, typename Output, typename Finish>
MOTE_INLINE void convolve_sparse(const Input* in, const int16_t* counts, const uint8_t* skips, const int8_t* weights, Input fill,
                                 Output* out, Input* gathered, const Finish& finish) {
  constexpr int32_t kPixels = L::batch * L::out_h * L::out_w;
  constexpr int32_t kDepth = L::k_h * L::k_w * L::in_c;
  static_assert(L::columns <= kPixels, "a last group of columns ends with the last pixel");
  for (int32_t next = 0; next < kPixels; next += L::columns) {
    const int32_t pixel = smaller(next, kPixels - L::columns);
    const Input* column = gathered;
    if constexpr (pixels_are_columns<L>()) {
      column = in + pixel * L::in_c;
    } else {
      for (int32_t c = 0; c < L::columns; ++c) gather_sparse_window<L>(in, pixel + c, fill, gathered + c * kDepth);
    }
    SparseEntries entries = {skips, weights};
    const int16_t* count = counts;
    Output* to = out + pixel * L::out_c;
    for (int32_t row = 0; row < L::out_c; row += L::block_rows) {
      Sum sums[L::columns * L::block_rows] = {};
      add_entries<L::columns, L::block_rows, kDepth>(column, *count++, entries, sums);
#pragma GCC unroll 4
      for (int32_t r = 0; r < L::block_rows; ++r) {
        if (L::out_c % L::block_rows != 0 && row + r >= L::out_c) break;
        const auto output = finish(row + r);
#pragma GCC unroll 4
        for (int32_t c = 0; c < L::columns; ++c) to[c * L::out_c + row + r] = output(sums[c * L::block_rows + r]);
      }
    }
  }
}

/// CONV_2D over all input channels, or FULLY_CONNECTED (a row of pixels), int8. `scaling`: four words per channel for
/// L::Row. Scratch: L::columns windows, unless pixels are columns.
template <typename L>
MOTE_KERNEL void conv_2d_sparse(const int8_t* in, const int16_t* MOTE_RESTRICT counts, const uint8_t* MOTE_RESTRICT skips,
                                const int8_t* MOTE_RESTRICT weights, const int32_t* MOTE_RESTRICT scaling, int8_t* out,
                                uint8_t* MOTE_RESTRICT scratch) {
  convolve_sparse<L, int8_t, int32_t>(in, counts, skips, weights, static_cast<int8_t>(L::input_zero_point), out,
                                      reinterpret_cast<int8_t*>(scratch), [&](int32_t channel) {
                                        const typename L::Row row(scaling + 4 * channel);
                                        return [row](int32_t sum) {
                                          return static_cast<int8_t>(clamp<int32_t>(row(sum), L::clamp_min, L::clamp_max));
                                        };
                                      });
}

/// The same for float32 activations and int8 weights at their real values; a scale for all or one per output channel.
template <typename L>
MOTE_KERNEL void conv_2d_sparse_weight_only(const float* in, const int16_t* MOTE_RESTRICT counts,
                                            const uint8_t* MOTE_RESTRICT skips, const int8_t* MOTE_RESTRICT weights,
                                            const float* MOTE_RESTRICT scales, const float* MOTE_RESTRICT bias, float* out,
                                            uint8_t* MOTE_RESTRICT scratch) {
  convolve_sparse<L, float, float>(in, counts, skips, weights, 0.0F, out, reinterpret_cast<float*>(scratch),
                                   [&](int32_t channel) {
                                     return [scales, bias, channel](float sum) {
                                       sum *= scales[L::per_channel ? channel : 0];
                                       if constexpr (L::has_bias) sum += bias[channel];
                                       (void)bias;
                                       return clamp(sum, L::clamp_min, L::clamp_max);
                                     };
                                   });
}

}  // namespace mote
