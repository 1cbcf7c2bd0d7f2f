#pragma once

#include "mote/wide_matrix.hpp"

namespace mote {

/// How DEPTHWISE_CONV_2D goes over an image: bands of output rows, whose inputs stand on the stack as words of 16 channels.
template <typename L>
struct WideBands {
  static constexpr int32_t kPerWord = WideValues<typename L::Input>::kPerWord;
  static constexpr int32_t kTapWords = (L::k_w + kPerWord - 1) / kPerWord;  ///< of a row of a window
  static constexpr int32_t kReach = (L::k_h - 1) * L::dilation_h + 1;
  static constexpr int32_t kWidth = (L::out_w - 1) * L::stride_w + (L::k_w - 1) * L::dilation_w + 1;
  static constexpr int32_t kMostWords = 8192;
  static constexpr int32_t kFit = (kMostWords / (kWidth * kPanelRows) - kReach) / L::stride_h + 1;
  static constexpr int32_t kOutputRows = larger<int32_t>(1, smaller<int32_t>(kFit, L::out_h));
  static constexpr int32_t kInputRows = (kOutputRows - 1) * L::stride_h + kReach;
};

/// kCount channels of pixel x of a row of the image, from output channel `c` on, in a panel whose other values are any: where
/// they lie when the whole panel is before `end`, the image's end, or copied; `border` outside the row, or without one.
template <typename L, int32_t kCount>
MOTE_INLINE const typename L::Input* wide_channels(const typename L::Input* row, int32_t x, int32_t c,
                                                   const typename L::Input* border, const typename L::Input* end,
                                                   typename L::Input* copy) {
  constexpr int32_t kMultiplier = L::out_c / L::in_c;
  if (row == nullptr || x < 0 || x >= L::in_w) return border;
  const typename L::Input* pixel = row + x * L::in_c;
  if (kMultiplier == 1 && (kCount == kPanelRows || end - pixel >= c + kPanelRows)) return pixel + c;
  for (int32_t i = 0; i < kCount; ++i) copy[i] = pixel[(c + i) / kMultiplier];
  return copy;
}

/// The words of a pixel for its own tap and the one behind it in a window's row.
MOTE_INLINE void store_taps(int32_t* to, const int8_t* first, const int8_t* second) {
#pragma GCC unroll 16
  for (int32_t v = 0; v < kPanelVectors; ++v) {
    const Words low = load_widened(first + v * kLanes) & 0xFFFF;
    const Words high = load_widened(second + v * kLanes);
    store_lanes(to + v * kLanes, low | shift_left_lanes(high, all_lanes(int32_t{16})));
  }
}
MOTE_INLINE void store_taps(float* to, const float* first, const float*) { memcpy(to, first, kPanelRows * sizeof(float)); }

/// Output channels `c` to `c` + kCount of an image. `weights`: [k_h][words of a row][16], `scaling` as of a panel.
template <typename L, int32_t kCount>
MOTE_INLINE void wide_depthwise_panel(const typename L::Input* image, int32_t c, const WideElement<L>* weights,
                                      const WideWord<L>* scaling, typename L::Input* out) {
  using Bands = WideBands<L>;
  using Vector = typename VectorOf<WideWord<L>>::Type;
  constexpr int32_t kRow = Bands::kWidth * kPanelRows;
  constexpr bool kPairs = Bands::kPerWord == 2 && L::k_w > 1;
  alignas(64) WideWord<L> band[Bands::kInputRows * kRow];
  const typename L::Input* end = image + L::in_h * L::in_w * L::in_c;
  typename L::Input border[kPanelRows];
  for (typename L::Input& value : border) value = L::input_zero_point;
  typename L::Input copies[2][kPanelRows] = {};
  const PanelScaling<L> panel(scaling);
  for (int32_t first = 0; first < L::out_h; first += Bands::kOutputRows) {
    const int32_t rows = smaller<int32_t>(Bands::kOutputRows, L::out_h - first);
    const int32_t top = first * L::stride_h - L::pad_top;
    for (int32_t r = 0; r < (rows - 1) * L::stride_h + Bands::kReach; ++r) {
      WideWord<L>* to = band + r * kRow;
      const int32_t y = top + r;
      const typename L::Input* row = y >= 0 && y < L::in_h ? image + y * L::in_w * L::in_c : nullptr;
      for (int32_t x = -L::pad_left; x < Bands::kWidth - L::pad_left; ++x, to += kPanelRows) {
        const typename L::Input* own = wide_channels<L, kCount>(row, x, c, border, end, copies[0]);
        store_taps(to, own, kPairs ? wide_channels<L, kCount>(row, x + L::dilation_w, c, border, end, copies[1]) : own);
      }
    }
    for (int32_t y = 0; y < rows; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x) {
        const WideWord<L>* window = band + y * L::stride_h * kRow + x * L::stride_w * kPanelRows;
        Vector sums[kPanelVectors] = {};
#pragma GCC unroll 4
        for (int32_t ky = 0; ky < L::k_h; ++ky) {
#pragma GCC unroll 4
          for (int32_t kx = 0; kx < Bands::kTapWords; ++kx) {
            const WideWord<L>* taps = window + ky * L::dilation_h * kRow + kx * Bands::kPerWord * L::dilation_w * kPanelRows;
            const WideElement<L>* row = weights + (ky * Bands::kTapWords + kx) * kPanelRows * Bands::kPerWord;
#pragma GCC unroll 16
            for (int32_t v = 0; v < kPanelVectors; ++v)
              sums[v] = add_products(sums[v], load_lanes<Vector>(row + v * kLanes * Bands::kPerWord),
                                     load_lanes<Vector>(taps + v * kLanes));
          }
        }
        finish_panel<L, kCount>(panel, sums, out + ((first + y) * L::out_w + x) * L::out_c + c);
      }
    }
  }
}

/// DEPTHWISE_CONV_2D of int8 or float32 with any depth multiplier on the vectors of a workstation. Channels stand in panels of
/// 16; `weights`: [panels][k_h][k_w filled up to whole words][16], `scaling` as in wide_matrix.hpp.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_wide(const typename L::Input* in, const WideElement<L>* MOTE_RESTRICT weights,
                                        const WideWord<L>* MOTE_RESTRICT scaling, typename L::Input* out) {
  static_assert(L::out_c % L::in_c == 0, "every input channel gives equally many output channels");
  constexpr int32_t kWhole = L::out_c / kPanelRows * kPanelRows;
  constexpr int32_t kTable = L::k_h * WideBands<L>::kTapWords * WideBands<L>::kPerWord;
  constexpr int32_t kScaling = WideValues<typename L::Input>::kScalingWords;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c, out += L::out_h * L::out_w * L::out_c) {
    for (int32_t c = 0; c < kWhole; c += kPanelRows)
      wide_depthwise_panel<L, kPanelRows>(in, c, weights + c * kTable, scaling + c * kScaling, out);
    if constexpr (kWhole != L::out_c)
      wide_depthwise_panel<L, L::out_c - kWhole>(in, kWhole, weights + kWhole * kTable, scaling + kWhole * kScaling, out);
  }
}

}  // namespace mote
