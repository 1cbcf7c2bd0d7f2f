#pragma once

#include "mote/weighted.hpp"

namespace mote {

/// FULLY_CONNECTED: L::rows rows of L::depth values, weights [units][depth]. int8: the bias has the input's zero point folded in
/// (int16 has zero point 0).
template <typename L>
MOTE_KERNEL void fully_connected(const typename L::Input* in, const typename L::Weight* MOTE_RESTRICT weights,
                                 const typename L::Sum* MOTE_RESTRICT bias, const int32_t* MOTE_RESTRICT multipliers,
                                 const int8_t* MOTE_RESTRICT shifts, typename L::Output* out) {
  using Sum = typename L::Sum;
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth) {
    const typename L::Weight* weight = weights;
    for (int32_t c = 0; c < L::units; ++c) {
      Sum sum = bias_of<L>(bias, c);
      for (int32_t i = 0; i < L::depth; ++i) sum = multiply_add(sum, static_cast<Sum>(in[i]), static_cast<Sum>(*weight++));
      if constexpr (L::per_channel || SameType<Sum, float>::value) {
        *out++ = finish_channel<L>(sum, c, multipliers, shifts);
      } else {
        *out++ = finish<L>(sum, L::multiplier, L::shift);
      }
    }
  }
}

}  // namespace mote
