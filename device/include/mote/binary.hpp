#pragma once

#include "mote/isa/halfwords.hpp"

namespace mote {

// Operators on two tensors with broadcasting. L states the inputs' `Value`; `extents` of the result; `a_steps`, `b_steps`: how
// far each input moves along each axis (0 where it is repeated). The output may be one of the inputs.

template <typename L, typename Out, typename Apply>
MOTE_INLINE void for_each_pair(const typename L::Value* a, const typename L::Value* b, Out* out, Apply apply) {
  for (int32_t i = 0; i < L::extents[0]; ++i)
    for (int32_t j = 0; j < L::extents[1]; ++j)
      for (int32_t k = 0; k < L::extents[2]; ++k) {
        const typename L::Value* left = a + i * L::a_steps[0] + j * L::a_steps[1] + k * L::a_steps[2];
        const typename L::Value* right = b + i * L::b_steps[0] + j * L::b_steps[1] + k * L::b_steps[2];
        for (int32_t l = 0; l < L::extents[3]; ++l) *out++ = apply(left[l * L::a_steps[3]], right[l * L::b_steps[3]]);
      }
}

constexpr bool shifts_right(int32_t shift) { return shift <= 0 && shift >= -31; }

/// As requantize, for |x| < 2^30 and no shift to the left: one high product.
template <int32_t kMultiplier, int32_t kShift>
MOTE_INLINE int32_t requantize_small(int32_t x) {
  constexpr int32_t kHalf = 1 << 30;
  if constexpr (kShift == 0) {
    return kMultiplier == kHalf ? (x + 1) >> 1 : multiply_high_add(2 * x, kMultiplier, 0);
  } else {
    return wrap_add(multiply_high_add(2 * x, kMultiplier, 1 << (-kShift - 1)), x >> 31) >> -kShift;
  }
}

/// ADD (sign 1) and SUB (sign -1) of int8 and int16: both inputs are brought to one scale with L::left_shift extra bits.
template <typename L>
MOTE_KERNEL void scaled_sum(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  // Left and right are below 2^28 for int8.
  if constexpr (sizeof(typename L::Value) == 1 && shifts_right(L::a_shift) && shifts_right(L::b_shift) &&
                shifts_right(L::output_shift)) {
    for_each_pair<L>(a, b, out, [](int32_t x, int32_t y) {
      const int32_t left = requantize_small<L::a_multiplier, L::a_shift>((x - L::a_zero_point) * (1 << L::left_shift));
      const int32_t right = requantize_small<L::b_multiplier, L::b_shift>((y - L::b_zero_point) * (1 << L::left_shift));
      const int32_t sum = requantize_small<L::output_multiplier, L::output_shift>(left + L::sign * right) + L::output_zero_point;
      return static_cast<typename L::Value>(clamp(sum, L::clamp_min, L::clamp_max));
    });
  } else {
    for_each_pair<L>(a, b, out, [](int32_t x, int32_t y) {
      const int32_t left = requantize(shift_left(x - L::a_zero_point, L::left_shift), L::a_multiplier, L::a_shift);
      const int32_t right = requantize(shift_left(y - L::b_zero_point, L::left_shift), L::b_multiplier, L::b_shift);
      const int32_t sum = requantize(left + L::sign * right, L::output_multiplier, L::output_shift) + L::output_zero_point;
      return static_cast<typename L::Value>(clamp(sum, L::clamp_min, L::clamp_max));
    });
  }
}

/// MUL of int8 and int16.
template <typename L>
MOTE_KERNEL void scaled_product(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](int32_t x, int32_t y) {
    const int32_t product = (x - L::a_zero_point) * (y - L::b_zero_point);
    const int32_t scaled = wrap_add(requantize(product, L::multiplier, L::shift), L::output_zero_point);
    return static_cast<typename L::Value>(clamp(scaled, L::clamp_min, L::clamp_max));
  });
}

/// ADD, SUB and MUL of float32 (clamped), int32 and int64 (wrapping).
template <typename L>
MOTE_KERNEL void add(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return clamp(x + y, L::clamp_min, L::clamp_max);
    } else {
      return wrap_add(x, y);
    }
  });
}

template <typename L>
MOTE_KERNEL void sub(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return clamp(x - y, L::clamp_min, L::clamp_max);
    } else {
      return wrap_subtract(x, y);
    }
  });
}

template <typename L>
MOTE_KERNEL void mul(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return clamp(x * y, L::clamp_min, L::clamp_max);
    } else {
      return wrap_multiply(x, y);
    }
  });
}

template <typename L>
MOTE_KERNEL void pow(const float* a, const float* b, float* out) {
  for_each_pair<L>(a, b, out, [](float x, float y) { return powf(x, y); });
}

template <typename L>
MOTE_KERNEL void squared_difference(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return (x - y) * (x - y);
    } else {
      return wrap_multiply(wrap_subtract(x, y), wrap_subtract(x, y));
    }
  });
}

/// SQUARED_DIFFERENCE of int8 and int16: both inputs are brought to one scale with L::left_shift extra bits.
template <typename L>
MOTE_KERNEL void scaled_squared_difference(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](int32_t x, int32_t y) {
    const int32_t left = requantize(shift_left(x - L::a_zero_point, L::left_shift), L::a_multiplier, L::a_shift);
    const int32_t right = requantize(shift_left(y - L::b_zero_point, L::left_shift), L::b_multiplier, L::b_shift);
    const int32_t square = requantize(wrap_multiply(left - right, left - right), L::output_multiplier, L::output_shift);
    return static_cast<typename L::Value>(clamp<int32_t>(wrap_add(square, L::output_zero_point), L::clamp_min, L::clamp_max));
  });
}

template <typename L>
MOTE_KERNEL void prelu(const float* x, const float* slopes, float* out) {
  for_each_pair<L>(x, slopes, out, [](float a, float slope) { return a >= 0.0F ? a : a * slope; });
}

/// PRELU of int8 and int16.
template <typename L>
MOTE_KERNEL void scaled_prelu(const typename L::Value* x, const typename L::Value* slopes, typename L::Value* out) {
  for_each_pair<L>(x, slopes, out, [](int32_t stored, int32_t slope) {
    const int32_t a = stored - L::a_zero_point;
    const int32_t scaled = a >= 0
                               ? requantize(a, L::positive_multiplier, L::positive_shift)
                               : requantize(wrap_multiply(a, slope - L::b_zero_point), L::negative_multiplier, L::negative_shift);
    return static_cast<typename L::Value>(clamp<int32_t>(wrap_add(scaled, L::output_zero_point), L::clamp_min, L::clamp_max));
  });
}

template <typename L>
MOTE_KERNEL void logical_and(const bool* a, const bool* b, bool* out) {
  for_each_pair<L>(a, b, out, [](bool x, bool y) { return x && y; });
}

template <typename L>
MOTE_KERNEL void logical_or(const bool* a, const bool* b, bool* out) {
  for_each_pair<L>(a, b, out, [](bool x, bool y) { return x || y; });
}

template <typename L>
MOTE_KERNEL void maximum(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) { return larger(x, y); });
}

template <typename L>
MOTE_KERNEL void minimum(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) { return smaller(x, y); });
}

}  // namespace mote
