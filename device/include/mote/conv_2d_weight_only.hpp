#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// CONV_2D of float32 activations with int8 weights at their real values, scale times stored value: any kernel, stride, dilation,
/// padding and grouping. NHWC; weights [out_c][k_h][k_w][depth], depth = in_c / groups; a scale for all or one per output
/// channel (L::per_channel). DEPTHWISE_CONV_2D has depth 1, FULLY_CONNECTED is a row of pixels.
template <typename L>
MOTE_KERNEL void conv_2d_weight_only(const float* in, const int8_t* MOTE_RESTRICT weights, const float* MOTE_RESTRICT scales,
                                     const float* MOTE_RESTRICT bias, float* out) {
  static_assert(L::in_c % L::depth == 0, "the depth of the weights divides the input channels: each group has as many");
  static_assert(L::out_c % (L::in_c / L::depth) == 0, "the number of groups divides the output channels");
  constexpr int32_t kChannelsPerGroup = L::out_c / (L::in_c / L::depth);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x) {
        const int32_t top = y * L::stride_h - L::pad_top;
        const int32_t left = x * L::stride_w - L::pad_left;
        const int8_t* tap = weights;
        for (int32_t c = 0; c < L::out_c; ++c) {
          float sum = 0.0F;
          const float* group = in + (c / kChannelsPerGroup) * L::depth;
          for (int32_t ky = 0; ky < L::k_h; ++ky) {
            const int32_t iy = top + ky * L::dilation_h;
            for (int32_t kx = 0; kx < L::k_w; ++kx, tap += L::depth) {
              const int32_t ix = left + kx * L::dilation_w;
              if (iy < 0 || iy >= L::in_h || ix < 0 || ix >= L::in_w) continue;
              const float* pixel = group + (iy * L::in_w + ix) * L::in_c;
              for (int32_t i = 0; i < L::depth; ++i) sum += pixel[i] * static_cast<float>(tap[i]);
            }
          }
          sum *= scales[L::per_channel ? c : 0];
          if constexpr (L::has_bias) sum += bias[c];
          *out++ = clamp(sum, L::clamp_min, L::clamp_max);
        }
      }
    }
  }
}

}  // namespace mote
