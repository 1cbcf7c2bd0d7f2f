#pragma once

#include "mote/weighted.hpp"

namespace mote {

/// DEPTHWISE_CONV_2D of any depth multiplier, kernel, stride, dilation and padding. NHWC; weights [k_h][k_w][out_c].
/// Input, Weight, Sum: int8/int8/int32, int16/int8/int64 or int32, float/float/float.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d(const typename L::Input* in, const typename L::Weight* MOTE_RESTRICT weights,
                                   const typename L::Sum* MOTE_RESTRICT bias, const int32_t* MOTE_RESTRICT multipliers,
                                   const int8_t* MOTE_RESTRICT shifts, typename L::Output* out) {
  using Sum = typename L::Sum;
  static_assert(L::out_c % L::in_c == 0, "every input channel gives equally many output channels");
  constexpr int32_t kMultiplier = L::out_c / L::in_c;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      const int32_t top = y * L::stride_h - L::pad_top;
      for (int32_t x = 0; x < L::out_w; ++x) {
        const int32_t left = x * L::stride_w - L::pad_left;
        for (int32_t c = 0; c < L::out_c; ++c) {
          Sum sum = bias_of<L>(bias, c);
          for (int32_t ky = 0; ky < L::k_h; ++ky) {
            const int32_t iy = top + ky * L::dilation_h;
            if (iy < 0 || iy >= L::in_h) continue;
            for (int32_t kx = 0; kx < L::k_w; ++kx) {
              const int32_t ix = left + kx * L::dilation_w;
              if (ix < 0 || ix >= L::in_w) continue;
              const Sum value = static_cast<Sum>(in[(iy * L::in_w + ix) * L::in_c + c / kMultiplier]);
              sum = multiply_add(sum, value - L::input_zero_point, static_cast<Sum>(weights[(ky * L::k_w + kx) * L::out_c + c]));
            }
          }
          *out++ = finish_channel<L>(sum, c, multipliers, shifts);
        }
      }
    }
  }
}

}  // namespace mote
