#pragma once

#include <stdint.h>

/// The constants that every int8 convolution states, as codegen writes them.
struct Convolution {
  using Input = int8_t;
  using Weight = int8_t;
  using Sum = int32_t;
  using Output = int8_t;
  static constexpr int32_t output_zero_point = 0, clamp_min = -128, clamp_max = 127, input_zero_point = 0;
  static constexpr int32_t batch = 1, in_h = 4, in_w = 4, out_h = 4, out_w = 4, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  static constexpr int32_t k_h = 1, k_w = 1, pad_top = 0, pad_left = 0;
  static constexpr bool has_bias = true;
};
