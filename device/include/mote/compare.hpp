#pragma once

#include "mote/binary.hpp"

namespace mote {

// Comparisons with broadcasting, each named for its operator. int8 and int16 are brought to one scale before.

template <typename L, typename Holds>
MOTE_INLINE void compare(const typename L::Value* a, const typename L::Value* b, bool* out, Holds holds) {
  for_each_pair<L>(a, b, out, [holds](typename L::Value x, typename L::Value y) {
    if constexpr (L::scaled) {
      return holds(requantize(shift_left(x - L::a_zero_point, L::left_shift), L::a_multiplier, L::a_shift),
                   requantize(shift_left(y - L::b_zero_point, L::left_shift), L::b_multiplier, L::b_shift));
    } else {
      return holds(x, y);
    }
  });
}

template <typename L>
MOTE_KERNEL void less(const typename L::Value* a, const typename L::Value* b, bool* out) {
  compare<L>(a, b, out, [](auto x, auto y) { return x < y; });
}

template <typename L>
MOTE_KERNEL void less_equal(const typename L::Value* a, const typename L::Value* b, bool* out) {
  compare<L>(a, b, out, [](auto x, auto y) { return x <= y; });
}

template <typename L>
MOTE_KERNEL void greater(const typename L::Value* a, const typename L::Value* b, bool* out) {
  compare<L>(a, b, out, [](auto x, auto y) { return x > y; });
}

template <typename L>
MOTE_KERNEL void greater_equal(const typename L::Value* a, const typename L::Value* b, bool* out) {
  compare<L>(a, b, out, [](auto x, auto y) { return x >= y; });
}

template <typename L>
MOTE_KERNEL void equal(const typename L::Value* a, const typename L::Value* b, bool* out) {
  compare<L>(a, b, out, [](auto x, auto y) { return x == y; });
}

template <typename L>
MOTE_KERNEL void not_equal(const typename L::Value* a, const typename L::Value* b, bool* out) {
  compare<L>(a, b, out, [](auto x, auto y) { return x != y; });
}

}  // namespace mote
