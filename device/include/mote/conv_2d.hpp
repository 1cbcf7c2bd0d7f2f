#pragma once

#include "mote/weighted.hpp"

namespace mote {

/// CONV_2D of any kernel, stride, dilation, padding and grouping. NHWC; weights [out_c][k_h][k_w][depth], depth = in_c / groups.
/// Input, Weight, Sum: int8/int8/int32, int16/int8/int64 or int32, float/float/float.
template <typename L>
MOTE_KERNEL void conv_2d(const typename L::Input* in, const typename L::Weight* MOTE_RESTRICT weights,
                         const typename L::Sum* MOTE_RESTRICT bias, const int32_t* MOTE_RESTRICT multipliers,
                         const int8_t* MOTE_RESTRICT shifts, typename L::Output* out) {
  using Sum = typename L::Sum;
  static_assert(L::in_c % L::depth == 0, "the depth of the weights divides the input channels: each group has as many");
  static_assert(L::out_c % (L::in_c / L::depth) == 0, "the number of groups divides the output channels");
  constexpr int32_t kChannelsPerGroup = L::out_c / (L::in_c / L::depth);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x) {
        const int32_t top = y * L::stride_h - L::pad_top;
        const int32_t left = x * L::stride_w - L::pad_left;
        const typename L::Weight* tap = weights;
        for (int32_t c = 0; c < L::out_c; ++c) {
          Sum sum = bias_of<L>(bias, c);
          const typename L::Input* group = in + (c / kChannelsPerGroup) * L::depth;
          for (int32_t ky = 0; ky < L::k_h; ++ky) {
            const int32_t iy = top + ky * L::dilation_h;
            for (int32_t kx = 0; kx < L::k_w; ++kx, tap += L::depth) {
              const int32_t ix = left + kx * L::dilation_w;
              if (iy < 0 || iy >= L::in_h || ix < 0 || ix >= L::in_w) continue;
              const typename L::Input* pixel = group + (iy * L::in_w + ix) * L::in_c;
              for (int32_t i = 0; i < L::depth; ++i) {
                sum = multiply_add(sum, static_cast<Sum>(pixel[i]) - L::input_zero_point, static_cast<Sum>(tap[i]));
              }
            }
          }
          *out++ = finish_channel<L>(sum, c, multipliers, shifts);
        }
      }
    }
  }
}

/// CONV_2D 1x1, stride 1, no padding, int8. The bias has the input's zero point folded in.
template <typename L>
MOTE_KERNEL void conv_2d_pointwise(const int8_t* in, const int8_t* MOTE_RESTRICT weights, const int32_t* MOTE_RESTRICT bias,
                                   const int32_t* MOTE_RESTRICT multipliers, const int8_t* MOTE_RESTRICT shifts, int8_t* out) {
  static_assert(L::k_h == 1 && L::k_w == 1 && L::out_h == L::in_h && L::out_w == L::in_w,
                "a pointwise convolution has a 1x1 window and stride 1");
  for (int32_t pixel = 0; pixel < L::batch * L::out_h * L::out_w; ++pixel, in += L::in_c) {
    const int8_t* row = weights;
    for (int32_t c = 0; c < L::out_c; ++c) {
      int32_t sum = bias[c];
      for (int32_t i = 0; i < L::in_c; ++i) sum += in[i] * *row++;
      *out++ = finish<L>(sum, multipliers[c], shifts[c]);
    }
  }
}

}  // namespace mote
