#pragma once

#include "mote/wide_matrix.hpp"

namespace mote {

/// scaled_sum (binary.hpp) of 16 pairs.
template <typename L>
MOTE_INLINE void sum_panel(const int8_t* a, const int8_t* b, int8_t* out) {
  Words sums[kPanelVectors];
#pragma GCC unroll 16
  for (int32_t v = 0; v < kPanelVectors; ++v) {
    const Words left =
        requantize_lanes<L::a_multiplier, L::a_shift>((load_widened(a + v * kLanes) - L::a_zero_point) * (1 << L::left_shift));
    const Words right =
        requantize_lanes<L::b_multiplier, L::b_shift>((load_widened(b + v * kLanes) - L::b_zero_point) * (1 << L::left_shift));
    const Words sum = requantize_lanes<L::output_multiplier, L::output_shift>(L::sign > 0 ? left + right : left - right);
    sums[v] = clamp_lanes(sum + L::output_zero_point, all_lanes(L::clamp_min), all_lanes(L::clamp_max));
  }
  store_narrowed(out, sums);
}

/// ADD (sign 1) and SUB (sign -1) of int8 on L::count pairs, on the vectors of a workstation. The output may be one of the
/// inputs.
template <typename L>
MOTE_KERNEL void scaled_sum_wide(const int8_t* a, const int8_t* b, int8_t* out) {
  constexpr int32_t kRest = L::count % kPanelRows;
  for (int32_t i = 0; i + kPanelRows <= L::count; i += kPanelRows) sum_panel<L>(a + i, b + i, out + i);
  if constexpr (kRest != 0) {
    int8_t last[2][kPanelRows] = {};
    memcpy(last[0], a + L::count - kRest, kRest);
    memcpy(last[1], b + L::count - kRest, kRest);
    sum_panel<L>(last[0], last[1], last[0]);
    memcpy(out + L::count - kRest, last[0], kRest);
  }
}

}  // namespace mote
