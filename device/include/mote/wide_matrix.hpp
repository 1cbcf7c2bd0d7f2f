#pragma once

#include "mote/isa/wide.hpp"
#include "mote/weighted.hpp"

namespace mote {

// Products of a matrix with several columns on the vectors of a workstation: one routine for int8 (values widened to int16, two
// to a word of 32 bits) and for float32 (one to a word). Rows of the matrix stand in panels of 16: word by word of a column, the
// 16 rows' weights on it; what the last panel lacks is zero. With the zero point in the bias, int8 rows have tables of 16 biases,
// multipliers, shifts to the right and shifts to the left; float rows have their biases.

/// What differs between int8 and float32.
template <typename Input>
struct WideValues;
template <>
struct WideValues<int8_t> {
  using Element = int16_t;  ///< of a column and of the matrix
  using Word = int32_t;
  static constexpr int32_t kPerWord = 2;
  static constexpr int32_t kScalingWords = 4;
};
template <>
struct WideValues<float> {
  using Element = float;
  using Word = float;
  static constexpr int32_t kPerWord = 1;
  static constexpr int32_t kScalingWords = 1;
};

template <typename L>
using WideElement = typename WideValues<typename L::Input>::Element;
template <typename L>
using WideWord = typename WideValues<typename L::Input>::Word;

/// requantize by a constant.
template <int32_t kMultiplier, int32_t kShift>
MOTE_INLINE Words requantize_lanes(Words x) {
  if (kShift > 0) x = shift_left_lanes(x, all_lanes(int32_t{kShift}));
  x = doubling_high_multiply(x, all_lanes(kMultiplier));
  return kShift < 0 ? rounding_shift_right(x, all_lanes(int32_t{-kShift})) : x;
}

/// What finishes a panel's sums, from its table to registers.
template <typename L, typename Word = WideWord<L>>
struct PanelScaling {
  Words bias[kPanelVectors], multipliers[kPanelVectors], right[kPanelVectors], left[kPanelVectors];

  MOTE_INLINE explicit PanelScaling(const int32_t* table) {
#pragma GCC unroll 16
    for (int32_t v = 0; v < kPanelVectors; ++v, table += kLanes) {
      bias[v] = load_lanes<Words>(table);
      multipliers[v] = load_lanes<Words>(table + kPanelRows);
      right[v] = load_lanes<Words>(table + 2 * kPanelRows);
      left[v] = load_lanes<Words>(table + 3 * kPanelRows);
    }
  }
  MOTE_INLINE Words finish(Words sum, int32_t v) const {
    Words x = wrap_add_lanes(sum, bias[v]);
    if (L::shifts_left) x = shift_left_lanes(x, left[v]);
    x = rounding_shift_right(doubling_high_multiply(x, multipliers[v]), right[v]);
    x = wrap_add_lanes(x, all_lanes(L::output_zero_point));
    return clamp_lanes(x, all_lanes(L::clamp_min), all_lanes(L::clamp_max));
  }
};
template <typename L>
struct PanelScaling<L, float> {
  Reals bias[kPanelVectors];

  MOTE_INLINE explicit PanelScaling(const float* table) {
#pragma GCC unroll 16
    for (int32_t v = 0; v < kPanelVectors; ++v) bias[v] = load_lanes<Reals>(table + v * kLanes);
  }
  MOTE_INLINE Reals finish(Reals sum, int32_t v) const {
    return clamp_lanes(sum + bias[v], all_lanes(L::clamp_min), all_lanes(L::clamp_max));
  }
};

/// The first kCount outputs of a panel from its sums. L states `output_zero_point`, `clamp_min`, `clamp_max`, and for int8
/// `shifts_left`: whether any row does.
template <typename L, int32_t kCount, typename Vector>
MOTE_INLINE void finish_panel(const PanelScaling<L>& scaling, const Vector* sums, typename L::Input* MOTE_RESTRICT out) {
  Vector finished[kPanelVectors];
#pragma GCC unroll 16
  for (int32_t v = 0; v < kPanelVectors; ++v) finished[v] = scaling.finish(sums[v], v);
  typename L::Input values[kPanelRows];
  store_narrowed(values, finished);
  memcpy(out, values, kCount * sizeof(typename L::Input));
}

/// kPanels panels times kColumns columns of kWords words that stand one after another. The last panel has kLast rows; a column's
/// outputs are L::out_c apart.
template <typename L, int32_t kWords, int32_t kColumns, int32_t kPanels, int32_t kLast>
MOTE_INLINE void wide_tile(const WideElement<L>* columns, const WideElement<L>* matrix, const WideWord<L>* scaling,
                           typename L::Input* out) {
  using Values = WideValues<typename L::Input>;
  using Vector = typename VectorOf<WideWord<L>>::Type;
  constexpr int32_t kVectors = kPanels * kPanelVectors;
  Vector sums[kColumns][kVectors] = {};
  for (int32_t i = 0; i < kWords; ++i) {
    Vector weights[kVectors];
#pragma GCC unroll 64
    for (int32_t v = 0; v < kVectors; ++v) {
      const int32_t word = (v / kPanelVectors * kWords + i) * kPanelRows + v % kPanelVectors * kLanes;
      weights[v] = load_lanes<Vector>(matrix + word * Values::kPerWord);
    }
#pragma GCC unroll 64
    for (int32_t c = 0; c < kColumns; ++c) {
      const Vector value = all_lanes(load_lanes<WideWord<L>>(columns + (c * kWords + i) * Values::kPerWord));
#pragma GCC unroll 64
      for (int32_t v = 0; v < kVectors; ++v) sums[c][v] = add_products(sums[c][v], weights[v], value);
    }
  }
  // Once out of registers they are finished in a loop, which is compiled once.
  Vector kept[kPanels][kColumns][kPanelVectors];
#pragma GCC unroll 64
  for (int32_t c = 0; c < kColumns; ++c) {
#pragma GCC unroll 64
    for (int32_t v = 0; v < kVectors; ++v) kept[v / kPanelVectors][c][v % kPanelVectors] = sums[c][v];
  }
  for (int32_t p = 0; p < kPanels; ++p) {
    const PanelScaling<L> panel(scaling + p * Values::kScalingWords * kPanelRows);
    for (int32_t c = 0; c < kColumns; ++c) {
      typename L::Input* to = out + c * L::out_c + p * kPanelRows;
      if (p < kPanels - 1) {
        finish_panel<L, kPanelRows>(panel, kept[p][c], to);
      } else {
        finish_panel<L, kLast>(panel, kept[p][c], to);
      }
    }
  }
}

/// All L::out_c outputs of kColumns columns.
template <typename L, int32_t kWords, int32_t kColumns>
MOTE_INLINE void wide_columns(const WideElement<L>* columns, const WideElement<L>* matrix, const WideWord<L>* scaling,
                              typename L::Input* out) {
  constexpr int32_t kPanels = (L::out_c + kPanelRows - 1) / kPanelRows;
  constexpr int32_t kLast = L::out_c - (kPanels - 1) * kPanelRows;
  constexpr int32_t kAtOnce =
      smaller<int32_t>(kPanels, larger<int32_t>(1, smaller<int32_t>(8, kSumRegisters / (kColumns * kPanelVectors))));
  constexpr int32_t kPanel = kWords * kPanelRows * WideValues<typename L::Input>::kPerWord;
  constexpr int32_t kScaling = WideValues<typename L::Input>::kScalingWords * kPanelRows;
  int32_t panel = 0;
  for (; panel + kAtOnce < kPanels; panel += kAtOnce) {
    wide_tile<L, kWords, kColumns, kAtOnce, kPanelRows>(columns, matrix + panel * kPanel, scaling + panel * kScaling,
                                                        out + panel * kPanelRows);
  }
  constexpr int32_t kRest = kPanels - (kPanels - 1) / kAtOnce * kAtOnce;
  wide_tile<L, kWords, kColumns, kRest, kLast>(columns, matrix + panel * kPanel, scaling + panel * kScaling,
                                               out + panel * kPanelRows);
}

}  // namespace mote
