#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// Reductions. The input is seen as two kept and two reduced axes, outer one first: `kept`, `reduced` hold their extents,
// `kept_steps`, `reduced_steps` the distances of neighbours.

/// `finish(sum)` of the values that meet in each output; Sum is float or int32_t.
template <typename L, typename Sum, typename Finish>
MOTE_INLINE void for_each_sum(const typename L::Value* in, typename L::Value* out, Finish finish) {
  for (int32_t i = 0; i < L::kept[0]; ++i) {
    for (int32_t j = 0; j < L::kept[1]; ++j) {
      const typename L::Value* start = in + i * L::kept_steps[0] + j * L::kept_steps[1];
      Sum sum = 0;
      for (int32_t k = 0; k < L::reduced[0]; ++k) {
        for (int32_t l = 0; l < L::reduced[1]; ++l) sum += start[k * L::reduced_steps[0] + l * L::reduced_steps[1]];
      }
      *out++ = finish(sum);
    }
  }
}

/// `combine` of the values that meet in each output, one after another.
template <typename L, typename Combine>
MOTE_INLINE void reduce_values(const typename L::Value* in, typename L::Value* out, Combine combine) {
  for (int32_t i = 0; i < L::kept[0]; ++i) {
    for (int32_t j = 0; j < L::kept[1]; ++j) {
      const typename L::Value* start = in + i * L::kept_steps[0] + j * L::kept_steps[1];
      typename L::Value combined = start[0];
      int32_t first = 1;
      for (int32_t k = 0; k < L::reduced[0]; ++k, first = 0) {
        for (int32_t l = first; l < L::reduced[1]; ++l) {
          combined = combine(combined, start[k * L::reduced_steps[0] + l * L::reduced_steps[1]]);
        }
      }
      *out++ = combined;
    }
  }
}

/// SUM and REDUCE_PROD of float32, int32 and int64; integers wrap.
template <typename L>
MOTE_KERNEL void sum(const typename L::Value* in, typename L::Value* out) {
  reduce_values<L>(in, out, [](typename L::Value a, typename L::Value b) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return a + b;
    } else {
      return wrap_add(a, b);
    }
  });
}

template <typename L>
MOTE_KERNEL void reduce_prod(const typename L::Value* in, typename L::Value* out) {
  reduce_values<L>(in, out, [](typename L::Value a, typename L::Value b) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return a * b;
    } else {
      return wrap_multiply(a, b);
    }
  });
}

template <typename L>
MOTE_KERNEL void reduce_max(const typename L::Value* in, typename L::Value* out) {
  reduce_values<L>(in, out, [](typename L::Value a, typename L::Value b) { return larger(a, b); });
}

template <typename L>
MOTE_KERNEL void reduce_min(const typename L::Value* in, typename L::Value* out) {
  reduce_values<L>(in, out, [](typename L::Value a, typename L::Value b) { return smaller(a, b); });
}

template <typename L>
MOTE_KERNEL void mean_float(const float* in, float* out) {
  for_each_sum<L, float>(in, out, [](float sum) { return sum / static_cast<float>(L::reduced[0] * L::reduced[1]); });
}

/// MEAN and SUM of int8 and int16: the 1 / count of a mean is part of the multiplier; zero_sum is count times the input's zero
/// point.
template <typename L>
MOTE_KERNEL void mean(const typename L::Value* in, typename L::Value* out) {
  for_each_sum<L, int32_t>(in, out, [](int32_t sum) {
    const int32_t scaled = requantize(wrap_subtract(sum, L::zero_sum), L::multiplier, L::shift);
    return static_cast<typename L::Value>(clamp(wrap_add(scaled, L::output_zero_point), L::clamp_min, L::clamp_max));
  });
}

}  // namespace mote
