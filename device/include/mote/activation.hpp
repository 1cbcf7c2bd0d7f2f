#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// Functions of one value in float32 and int16. The output may be the input.

/// Limits to L::clamp_min..L::clamp_max; also int8.
template <typename L>
MOTE_KERNEL void clamp_values(const typename L::Input* in, typename L::Output* out) {
  using Value = typename L::Output;
  for (int32_t i = 0; i < L::elements; ++i) {
    const Value x = in[i];
    out[i] = x < L::clamp_min ? static_cast<Value>(L::clamp_min) : (x > L::clamp_max ? static_cast<Value>(L::clamp_max) : x);
  }
}

template <typename L>
MOTE_KERNEL void leaky_relu_float(const float* in, float* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = in[i] > 0.0F ? in[i] : in[i] * L::alpha;
}

template <typename L>
MOTE_KERNEL void leaky_relu_int16(const int16_t* in, int16_t* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    const int32_t x = in[i];
    const int32_t scaled = x >= 0 ? requantize(x, L::positive_multiplier, L::positive_shift)
                                  : requantize(x, L::negative_multiplier, L::negative_shift);
    out[i] = static_cast<int16_t>(clamp<int32_t>(scaled, INT16_MIN, INT16_MAX));
  }
}

template <typename L>
MOTE_KERNEL void hard_swish(const float* in, float* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = in[i] * clamp(in[i] + 3.0F, 0.0F, 6.0F) / 6.0F;
}

/// |x| in another scale.
template <typename L>
MOTE_KERNEL void abs_int16(const int16_t* in, int16_t* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    const int32_t x = in[i];
    out[i] = static_cast<int16_t>(clamp<int32_t>(requantize(x < 0 ? -x : x, L::multiplier, L::shift), INT16_MIN, INT16_MAX));
  }
}

/// -x of int32 and int64, wrapping.
template <typename L>
MOTE_KERNEL void negate(const typename L::Input* in, typename L::Output* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = wrap_subtract(typename L::Output{0}, in[i]);
}

template <typename L>
MOTE_KERNEL void logical_not(const bool* in, bool* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = !in[i];
}

/// An int16 input in steps of 1 / (3 * 4096).
template <typename L>
MOTE_INLINE int32_t sigmoid_argument(int32_t x) {
  constexpr int32_t kHalf = L::shift > 0 ? 1 << (L::shift > 0 ? L::shift - 1 : 0) : 0;
  return (x * L::multiplier + kHalf) >> L::shift;
}

/// Linear interpolation in a table of 256 uint16 whose entries are 2^spacing apart, with `spacing` more fractional bits; `last`
/// from the last entry on.
MOTE_INLINE int32_t sigmoid_of_size(const int16_t* table, int32_t size, int spacing, int32_t last) {
  const int32_t index = size >> spacing;
  if (index >= 255) return last;
  const int32_t here = static_cast<uint16_t>(table[index]);
  const int32_t next = static_cast<uint16_t>(table[index + 1]);
  return (here << spacing) + (next - here) * (size & ((1 << spacing) - 1));
}

/// 1 / (1 + exp(-x)). int16: `table` holds logistic(i / 24) as uint16 for i = 0..255; the result's scale is 2^-15.
template <typename L>
MOTE_KERNEL void logistic(const typename L::Input* in, const int16_t* table, typename L::Output* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    if constexpr (SameType<typename L::Input, float>::value) {
      (void)table;
      out[i] = 1.0F / (1.0F + expf(-in[i]));
    } else {
      const int32_t x = sigmoid_argument<L>(in[i]);
      const int32_t sum = sigmoid_of_size(table, x < 0 ? -x : x, 9, 0x7FFF << 10);
      out[i] = static_cast<int16_t>((x >= 0 ? sum + 512 : (1 << 25) - sum + 511) >> 10);
    }
  }
}

/// tanh(x). int16: from the table of `logistic`.
template <typename L>
MOTE_KERNEL void tanh(const typename L::Input* in, const int16_t* table, typename L::Output* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    if constexpr (SameType<typename L::Input, float>::value) {
      (void)table;
      out[i] = tanhf(in[i]);
    } else {
      const int32_t x = sigmoid_argument<L>(in[i]);
      const int32_t above_half = sigmoid_of_size(table, x < 0 ? -x : x, 8, 0xFFFF << 8) - (1 << 23);
      out[i] = static_cast<int16_t>((x >= 0 ? above_half + 128 : 127 - above_half) >> 8);
    }
  }
}

}  // namespace mote
