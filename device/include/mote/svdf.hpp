#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// SVDF. Activations [batch][width], features [filters][width], times [filters][memory], bias [units] or none, state
// [batch][filters][memory] with the oldest response first; filters = units * rank.

/// int8 activations and feature weights; State is int8 or int16, also for the time weights. The response is clamped before
/// state_zero_point is added, and the sum wraps.
template <typename L>
MOTE_KERNEL void svdf(const int8_t* MOTE_RESTRICT in, const int8_t* MOTE_RESTRICT features,
                      const typename L::State* MOTE_RESTRICT times, const int32_t* MOTE_RESTRICT bias,
                      typename L::State* MOTE_RESTRICT state, int8_t* MOTE_RESTRICT out) {
  for (int32_t b = 0; b < L::batch; ++b, in += L::width) {
    const int8_t* feature = features;
    const typename L::State* time = times;
    for (int32_t unit = 0; unit < L::units; ++unit) {
      int32_t sum = 0;
      for (int32_t r = 0; r < L::rank; ++r, time += L::memory, state += L::memory) {
        int32_t response = 0;
        for (int32_t i = 0; i < L::width; ++i) response += *feature++ * (in[i] - L::input_zero_point);
        response = clamp(requantize(response, L::state_multiplier, L::state_shift), L::state_min, L::state_max);
        memmove(state, state + 1, sizeof(typename L::State) * static_cast<size_t>(L::memory - 1));
        state[L::memory - 1] = static_cast<typename L::State>(response + L::state_zero_point);
        for (int32_t i = 0; i < L::memory; ++i) sum = wrap_add(sum, time[i] * (state[i] - L::state_zero_point));
      }
      if constexpr (L::has_bias) sum = wrap_add(sum, bias[unit]);
      const int32_t scaled = wrap_add(requantize(sum, L::output_multiplier, L::output_shift), L::output_zero_point);
      *out++ = static_cast<int8_t>(clamp<int32_t>(scaled, -128, 127));
    }
  }
  (void)bias;
}

/// float32; the result is clamped, or goes through tanh.
template <typename L>
MOTE_KERNEL void svdf_float(const float* MOTE_RESTRICT in, const float* MOTE_RESTRICT features, const float* MOTE_RESTRICT times,
                            const float* MOTE_RESTRICT bias, float* MOTE_RESTRICT state, float* MOTE_RESTRICT out) {
  for (int32_t b = 0; b < L::batch; ++b, in += L::width) {
    const float* feature = features;
    const float* time = times;
    for (int32_t unit = 0; unit < L::units; ++unit) {
      float sum = 0.0F;
      if constexpr (L::has_bias) sum = bias[unit];
      for (int32_t r = 0; r < L::rank; ++r, time += L::memory, state += L::memory) {
        float response = 0.0F;
        for (int32_t i = 0; i < L::width; ++i) response += *feature++ * in[i];
        memmove(state, state + 1, sizeof(float) * static_cast<size_t>(L::memory - 1));
        state[L::memory - 1] = response;
        float weighted = 0.0F;
        for (int32_t i = 0; i < L::memory; ++i) weighted += time[i] * state[i];
        sum += weighted;
      }
      if constexpr (L::tanh) {
        *out++ = tanhf(sum);
      } else {
        *out++ = clamp(sum, L::clamp_min, L::clamp_max);
      }
    }
  }
  (void)bias;
}

}  // namespace mote
