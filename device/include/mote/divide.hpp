#pragma once

#include "mote/binary.hpp"
#include "mote/fixed_point_curves.hpp"

namespace mote {

// Division with broadcasting. Whole numbers by 0 give 0, and the lowest by -1 wraps.

/// The quotient without its fraction.
template <typename Whole>
MOTE_INLINE Whole truncating_divide(Whole a, Whole b) {
  if (b == 0) return 0;
  return b == -1 ? wrap_subtract(Whole{0}, a) : a / b;
}

/// The quotient rounded down.
template <typename Whole>
MOTE_INLINE Whole floor_divide(Whole a, Whole b) {
  const Whole quotient = truncating_divide(a, b);
  return b != 0 && wrap_multiply(quotient, b) != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

template <typename L>
MOTE_KERNEL void div(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return clamp(x / y, L::clamp_min, L::clamp_max);
    } else {
      return truncating_divide(x, y);
    }
  });
}

/// By 0: the end of the range on the dividend's side.
template <typename L>
MOTE_KERNEL void div_int8(const int8_t* a, const int8_t* b, int8_t* out) {
  for_each_pair<L>(a, b, out, [](int32_t x, int32_t y) {
    int32_t dividend = x - L::a_zero_point;
    int32_t divisor = y - L::b_zero_point;
    if (divisor < 0) {
      dividend = -dividend;
      divisor = -divisor;
    }
    int32_t result = L::output_zero_point;
    if (divisor == 0) {
      if (dividend != 0) result = dividend > 0 ? L::clamp_max : L::clamp_min;
    } else if (dividend != 0) {
      const int zeros = leading_zeros(static_cast<uint32_t>(divisor));
      const int32_t inverse = one_over_one_plus_x(static_cast<int32_t>((static_cast<uint32_t>(divisor) << zeros) - (1U << 31)));
      const int headroom = leading_zeros(static_cast<uint32_t>(dividend < 0 ? -dividend : dividend)) - 1;
      const int32_t unscaled = doubling_high_multiply(shift_left(dividend, headroom), inverse);
      const int exponent = smaller<int>(31 - zeros + headroom - L::shift, 31);
      result = wrap_add(result, rounding_shift_right(doubling_high_multiply(unscaled, L::multiplier), exponent));
    }
    return static_cast<int8_t>(clamp<int32_t>(result, L::clamp_min, L::clamp_max));
  });
}

template <typename L>
MOTE_KERNEL void floor_div(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) {
    if constexpr (SameType<typename L::Value, float>::value) {
      return floorf(x / y);
    } else {
      return floor_divide(x, y);
    }
  });
}

/// What floor_div leaves: it has the divisor's sign.
template <typename L>
MOTE_KERNEL void floor_mod(const typename L::Value* a, const typename L::Value* b, typename L::Value* out) {
  for_each_pair<L>(a, b, out, [](typename L::Value x, typename L::Value y) {
    if constexpr (SameType<typename L::Value, float>::value) {
      const float rest = fmodf(x, y);
      return rest < 0.0F || rest > 0.0F ? ((rest < 0.0F) != (y < 0.0F) ? rest + y : rest) : rest;
    } else {
      return y == 0 ? y : wrap_subtract(x, wrap_multiply(floor_divide(x, y), y));
    }
  });
}

}  // namespace mote
