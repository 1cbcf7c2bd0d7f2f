#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// Between number formats, element by element. The output may be the input when both have one type or the output is int8 or uint8.

/// float32 to integers: x / scale to the nearest, half away from zero, plus zero_point, saturating. Not a number gives clamp_min.
template <typename L>
MOTE_KERNEL void quantize(const float* in, typename L::Output* out) {
  constexpr float kLow = static_cast<float>(L::clamp_min - L::zero_point);
  constexpr float kHigh = static_cast<float>(L::clamp_max - L::zero_point);
  for (int32_t i = 0; i < L::elements; ++i) {
    const float steps = in[i] / L::scale;
    const float limited = steps > kHigh ? kHigh : (steps > kLow ? steps : kLow);
    const int32_t whole = static_cast<int32_t>(limited);
    const float rest = limited - static_cast<float>(whole);
    const int32_t rounded = whole + (rest >= 0.5F ? 1 : 0) - (rest <= -0.5F ? 1 : 0);
    out[i] = static_cast<typename L::Output>(rounded + L::zero_point);
  }
}

/// Integers to another scale, zero point and type, limited to L::clamp_min..L::clamp_max.
template <typename L>
MOTE_KERNEL void requantize_values(const typename L::Input* in, typename L::Output* out) {
  for (int32_t i = 0; i < L::elements; ++i) {
    const int32_t scaled = requantize(wrap_subtract(in[i], L::input_zero_point), L::multiplier, L::shift);
    out[i] = static_cast<typename L::Output>(clamp(wrap_add(scaled, L::output_zero_point), L::clamp_min, L::clamp_max));
  }
}

/// Integers of at most 16 bits to float32: scale * (q - zero_point).
template <typename L>
MOTE_KERNEL void dequantize(const typename L::Input* in, float* out) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = L::scale * static_cast<float>(in[i] - L::zero_point);
}

/// 2^n as a float.
constexpr float power_of_two(int n) { return n > 0 ? 2.0F * power_of_two(n - 1) : 1.0F; }

/// x without its fraction, saturating; not a number gives 0.
template <typename Integer>
MOTE_INLINE Integer truncate(float x) {
  constexpr bool kSigned = static_cast<Integer>(-1) < static_cast<Integer>(0);
  constexpr float kBeyond = power_of_two(static_cast<int>(sizeof(Integer)) * 8 - (kSigned ? 1 : 0));
  constexpr float kLowest = kSigned ? -kBeyond : 0.0F;
  constexpr Integer kMin = static_cast<Integer>(kLowest);
  constexpr Integer kMax = static_cast<Integer>(~kMin);
  if (x != x) return 0;
  return x <= kLowest ? kMin : (x >= kBeyond ? kMax : static_cast<Integer>(x));
}

/// The number as another type: to bool x != 0, from float32 to integers `truncate`, otherwise as in C.
template <typename L>
MOTE_KERNEL void cast(const typename L::Input* in, typename L::Output* out) {
  using Output = typename L::Output;
  for (int32_t i = 0; i < L::elements; ++i) {
    if constexpr (SameType<Output, bool>::value) {
      out[i] = in[i] != 0;
    } else if constexpr (SameType<typename L::Input, float>::value && !SameType<Output, float>::value) {
      out[i] = truncate<Output>(in[i]);
    } else {
      out[i] = static_cast<Output>(in[i]);
    }
  }
}

}  // namespace mote
