#pragma once

#include "mote/isa/halfwords.hpp"

namespace mote {

/// ADD and SUB of int8 tensors of one shape: out = saturate((high(256 * a * L::a_factor) + high(256 * b * L::b_factor) +
/// L::offset) >> L::shift), where high drops the lowest 16 bits. mote takes it where that gives the two roundings of every pair
/// of inputs. The output may be one of the inputs.
template <typename L>
MOTE_KERNEL void sum_int8(const int8_t* a, const int8_t* b, int8_t* out) {
  constexpr uint32_t kHighBytes = 0xFF00FF00U;
  constexpr int32_t kWhole = L::count / 4 * 4;
  const auto four = [](uint32_t of_a, uint32_t of_b, int8_t* to) {
    const uint32_t a_odd = of_a & kHighBytes;
    const uint32_t b_odd = of_b & kHighBytes;
    const uint32_t a_even = (of_a << 8) & kHighBytes;
    const uint32_t b_even = (of_b << 8) & kHighBytes;
    to[0] = shift_to_int8<L::shift>(multiply_low_add(L::b_factor, b_even, multiply_low_add(L::a_factor, a_even, L::offset)));
    to[1] = shift_to_int8<L::shift>(multiply_low_add(L::b_factor, b_odd, multiply_low_add(L::a_factor, a_odd, L::offset)));
    to[2] = shift_to_int8<L::shift>(
        multiply_high_half_add(L::b_factor, b_even, multiply_high_half_add(L::a_factor, a_even, L::offset)));
    to[3] = shift_to_int8<L::shift>(
        multiply_high_half_add(L::b_factor, b_odd, multiply_high_half_add(L::a_factor, a_odd, L::offset)));
  };
#pragma GCC unroll 2
  for (int32_t i = 0; i < kWhole; i += 4) four(load_4(a + i), load_4(b + i), out + i);
  for (int32_t i = kWhole; i < L::count; ++i) {
    int8_t result[4];
    four(static_cast<uint8_t>(a[i]), static_cast<uint8_t>(b[i]), result);
    out[i] = result[0];
  }
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) clamp_bytes(out, L::count, L::clamp_min, L::clamp_max);
}

}  // namespace mote
