#pragma once

#include "mote/weighted.hpp"

namespace mote {

/// DEPTHWISE_CONV_2D of depth multiplier 1 whose result is a single pixel, all of its taps inside the input: four channels at a
/// time. Weights [k_h][k_w][out_c]. The zero point of int8 inputs is in the bias.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_pixel(const typename L::Input* in, const typename L::Weight* MOTE_RESTRICT weights,
                                         const typename L::Sum* MOTE_RESTRICT bias, const int32_t* MOTE_RESTRICT multipliers,
                                         const int8_t* MOTE_RESTRICT shifts, typename L::Output* out) {
  using Sum = typename L::Sum;
  static_assert(L::out_c == L::in_c, "every input channel gives one output channel");
  static_assert(L::out_h == 1 && L::out_w == 1 && L::batch == 1, "the result is one pixel");
  static_assert(
      (L::k_h - 1) * L::dilation_h < L::in_h && (L::k_w - 1) * L::dilation_w < L::in_w && L::pad_top == 0 && L::pad_left == 0,
      "every tap lies inside the input");
  const auto for_taps = [&](int32_t c, const auto& use) {
    for (int32_t ky = 0; ky < L::k_h; ++ky) {
      const typename L::Input* x = in + ky * L::dilation_h * L::in_w * L::in_c + c;
      const typename L::Weight* w = weights + ky * L::k_w * L::out_c + c;
      for (int32_t kx = 0; kx < L::k_w; ++kx, x += L::dilation_w * L::in_c, w += L::out_c) use(x, w);
    }
  };
  const auto add = [](Sum& sum, typename L::Input x, typename L::Weight w) {
    sum = multiply_add(sum, static_cast<Sum>(x), static_cast<Sum>(w));
  };
  constexpr int32_t kInFours = L::out_c / 4 * 4;
  for (int32_t c = 0; c < kInFours; c += 4) {
    Sum first = bias_of<L>(bias, c);
    Sum second = bias_of<L>(bias, c + 1);
    Sum third = bias_of<L>(bias, c + 2);
    Sum fourth = bias_of<L>(bias, c + 3);
    for_taps(c, [&](const typename L::Input* x, const typename L::Weight* w) {
      add(first, x[0], w[0]);
      add(second, x[1], w[1]);
      add(third, x[2], w[2]);
      add(fourth, x[3], w[3]);
    });
    out[c] = finish_channel<L>(first, c, multipliers, shifts);
    out[c + 1] = finish_channel<L>(second, c + 1, multipliers, shifts);
    out[c + 2] = finish_channel<L>(third, c + 2, multipliers, shifts);
    out[c + 3] = finish_channel<L>(fourth, c + 3, multipliers, shifts);
  }
  if constexpr (kInFours < L::out_c) {
    for (int32_t c = kInFours; c < L::out_c; ++c) {
      Sum sum = bias_of<L>(bias, c);
      for_taps(c, [&](const typename L::Input* x, const typename L::Weight* w) { add(sum, *x, *w); });
      out[c] = finish_channel<L>(sum, c, multipliers, shifts);
    }
  }
}

}  // namespace mote
