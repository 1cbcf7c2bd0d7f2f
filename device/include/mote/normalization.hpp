#pragma once

#include "mote/inverse_square_root.hpp"

namespace mote {

/// Groups of float32 values to mean 0 and variance 1, then times a scale plus a bias. Group (o, i) holds value n at (o * L::count
/// + n) * L::inner + i. Scale and bias go with n (L::per_place) or with i. The output may be the input.
template <typename L>
MOTE_KERNEL void normalize(const float* in, const float* scales, const float* biases, float* out) {
  for (int32_t o = 0; o < L::outer; ++o, in += L::count * L::inner, out += L::count * L::inner) {
    for (int32_t i = 0; i < L::inner; ++i) {
      float sum = 0.0F;
      for (int32_t n = 0; n < L::count; ++n) sum += in[n * L::inner + i];
      const float mean = sum / static_cast<float>(L::count);
      float squares = 0.0F;
      for (int32_t n = 0; n < L::count; ++n) {
        const float difference = in[n * L::inner + i] - mean;
        squares += difference * difference;
      }
      const float factor = 1.0F / sqrtf(squares / static_cast<float>(L::count) + L::epsilon);
      for (int32_t n = 0; n < L::count; ++n) {
        const int32_t parameter = L::per_place ? n : i;
        float bias = 0.0F;
        if constexpr (L::has_bias) bias = biases[parameter];
        out[n * L::inner + i] = (in[n * L::inner + i] - mean) * factor * scales[parameter] + bias;
      }
    }
  }
  (void)biases;
}

/// Rows divided by their length. The output may be the input.
template <typename L>
MOTE_KERNEL void l2_normalization(const float* in, float* out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    float squares = 0.0F;
    for (int32_t i = 0; i < L::depth; ++i) squares += in[i] * in[i];
    const float length = larger(sqrtf(squares), 1e-6F);
    for (int32_t i = 0; i < L::depth; ++i) out[i] = in[i] / length;
  }
}

/// The same to a scale of 1/128.
template <typename L>
MOTE_KERNEL void l2_normalization_int8(const int8_t* in, int8_t* out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    int32_t squares = 0;
    for (int32_t i = 0; i < L::depth; ++i) squares += (in[i] - L::input_zero_point) * (in[i] - L::input_zero_point);
    const FixedMultiplier inverse = inverse_square_root(squares);
    for (int32_t i = 0; i < L::depth; ++i) {
      const int32_t scaled = requantize(in[i] - L::input_zero_point, inverse.multiplier, inverse.shift + 7);
      out[i] = static_cast<int8_t>(clamp<int32_t>(scaled, INT8_MIN, INT8_MAX));
    }
  }
}

}  // namespace mote
