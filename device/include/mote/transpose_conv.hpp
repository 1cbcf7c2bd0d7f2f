#pragma once

#include "mote/weighted.hpp"

namespace mote {

/// Which input rows (or columns) meet output row `out`: first..last, and the kernel row that meets the first one; the kernel row
/// falls by the stride from one to the next.
struct TransposedSpan {
  int32_t first, last, tap;

  MOTE_INLINE TransposedSpan(int32_t out, int32_t pad, int32_t kernel, int32_t stride, int32_t in) {
    const int32_t place = out + pad;
    first = place < kernel ? 0 : (place - kernel) / stride + 1;
    last = smaller(place / stride, in - 1);
    tap = place - first * stride;
  }
};

/// TRANSPOSE_CONV: each output gathers the inputs whose windows cover it. NHWC; weights [out_c][k_h][k_w][in_c].
/// Input, Weight, Sum: int8/int8/int32, int16/int8/int64, float/float/float.
template <typename L>
MOTE_KERNEL void transpose_conv(const typename L::Input* in, const typename L::Weight* MOTE_RESTRICT weights,
                                const typename L::Sum* MOTE_RESTRICT bias, const int32_t* MOTE_RESTRICT multipliers,
                                const int8_t* MOTE_RESTRICT shifts, typename L::Output* out) {
  using Sum = typename L::Sum;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      const TransposedSpan rows(y, L::pad_top, L::k_h, L::stride_h, L::in_h);
      for (int32_t x = 0; x < L::out_w; ++x) {
        const TransposedSpan columns(x, L::pad_left, L::k_w, L::stride_w, L::in_w);
        for (int32_t c = 0; c < L::out_c; ++c) {
          Sum sum = 0;
          for (int32_t iy = rows.first, ky = rows.tap; iy <= rows.last; ++iy, ky -= L::stride_h) {
            for (int32_t ix = columns.first, kx = columns.tap; ix <= columns.last; ++ix, kx -= L::stride_w) {
              const typename L::Input* pixel = in + (iy * L::in_w + ix) * L::in_c;
              const typename L::Weight* tap = weights + ((c * L::k_h + ky) * L::k_w + kx) * L::in_c;
              for (int32_t i = 0; i < L::in_c; ++i) {
                sum = multiply_add(sum, static_cast<Sum>(pixel[i]) - static_cast<Sum>(L::input_zero_point),
                                   static_cast<Sum>(tap[i]));
              }
            }
          }
          *out++ = finish_channel<L>(multiply_add(bias_of<L>(bias, c), sum, Sum{1}), c, multipliers, shifts);
        }
      }
    }
  }
}

}  // namespace mote
