#pragma once

#include "mote/softmax.hpp"

namespace mote {

// LOG_SOFTMAX over rows of L::depth values. The output may be the input.

template <typename L>
MOTE_KERNEL void log_softmax_float(const float* in, float* out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    float largest = in[0];
    for (int32_t i = 1; i < L::depth; ++i) largest = larger(largest, in[i]);
    float sum = 0.0F;
    for (int32_t i = 0; i < L::depth; ++i) sum += expf(in[i] - largest);
    const float log_of_sum = logf(sum);
    for (int32_t i = 0; i < L::depth; ++i) out[i] = in[i] - largest - log_of_sum;
  }
}

/// int8 with output scale 1/16 and zero point 127.
template <typename L>
MOTE_KERNEL void log_softmax_int8(const int8_t* in, int8_t* out) {
  constexpr SoftmaxExponent kExponent{L::multiplier, L::shift, L::smallest_difference};
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, out += L::depth) {
    const int32_t largest = largest_of(in, L::depth);
    const int32_t log_of_sum = log_of_q12(kExponent.sum(in, L::depth, largest));
    // Smaller differences would leave Q5.
    const int32_t representable = requantize(wrap_add(log_of_sum, INT32_MIN), L::reverse_multiplier, L::reverse_shift);
    const int32_t bound = larger(L::smallest_difference - 1, representable);
    for (int32_t i = 0; i < L::depth; ++i) {
      const int32_t difference = in[i] - largest;
      int32_t result = -128;
      if (difference > bound) {
        const int32_t logarithm = wrap_subtract(requantize(difference, L::multiplier, L::shift), log_of_sum);
        result = clamp<int32_t>(rounding_shift_right(logarithm, 22) + 127, -128, 127);
      }
      out[i] = static_cast<int8_t>(result);
    }
  }
}

}  // namespace mote
