#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// DEPTHWISE_CONV_2D 3x3 of int8, depth multiplier 1, for cores with 31 registers and no SIMD: one channel at a time, its weights
// in registers. A column of three values is read once and goes into the three outputs of the row that it is part of.
//
// A channel's table: first sum (input zero point folded in), what the column left of the image adds, what that right of it adds,
// nine weights, multiplier; unless fitted offset and shift as in scalar_matrix.hpp without 2^15. Sums wrap.

template <typename L>
struct DepthwiseChannel {
  static constexpr int32_t kWords = L::fitted ? 13 : 15;

  uint32_t first, left, right;
  uint32_t w[9];
  int32_t multiplier, offset, shift;

  MOTE_INLINE explicit DepthwiseChannel(const int32_t* table)
      : first(static_cast<uint32_t>(table[0])),
        left(static_cast<uint32_t>(table[1])),
        right(static_cast<uint32_t>(table[2])),
        w(),
        multiplier(table[12]),
        offset(L::fitted ? 0 : table[kWords - 2]),
        shift(L::fitted ? L::scale_shift : table[kWords - 1]) {
    for (int32_t i = 0; i < 9; ++i) w[i] = static_cast<uint32_t>(table[3 + i]);
  }

  MOTE_INLINE void put(uint32_t total, int8_t* out) const {
    const auto sum = static_cast<int32_t>(total);
    int32_t value = 0;
    if constexpr (L::fitted) {
      value = static_cast<int32_t>((static_cast<int64_t>(sum) * multiplier) >> 32) >> L::scale_shift;
    } else {
      value = wrap_add(wrap_add(doubling_high_multiply(sum, multiplier), offset), sum >> 31) >> shift;
    }
    *out = static_cast<int8_t>(clamp<int32_t>(value, L::clamp_min, L::clamp_max));
  }
};

/// A column of inputs in three rows; adds its products with column kTap of the weights.
template <typename L>
struct DepthwiseColumn {
  uint32_t x[3];

  MOTE_INLINE DepthwiseColumn(const int8_t* const* rows, int32_t at) : x() {
    for (int32_t y = 0; y < 3; ++y) x[y] = static_cast<uint32_t>(static_cast<int32_t>(rows[y][at]));
  }
  template <int32_t kTap>
  MOTE_INLINE uint32_t added(uint32_t sum, const DepthwiseChannel<L>& channel) const {
    return sum + x[0] * channel.w[kTap] + x[1] * channel.w[3 + kTap] + x[2] * channel.w[6 + kTap];
  }
};

/// One channel of one row of outputs.
template <typename L>
MOTE_INLINE void depthwise_row(const int8_t* const* rows, int8_t* out, const DepthwiseChannel<L>& channel) {
  using Column = DepthwiseColumn<L>;
  constexpr int32_t kStep = L::in_c;
  constexpr int32_t kRight = (L::out_w - 1) * L::stride_w + 3 - L::pad_left - L::in_w;
  static_assert(L::pad_left <= 1 && kRight <= 1, "at most one column beside the image");
  constexpr int32_t kWhole = L::out_w - (kRight == 1 ? 1 : 0);
  // What the output at hand has so far: its first column, and with stride 1 its second one.
  const int8_t* row[3] = {rows[0], rows[1], rows[2]};
  uint32_t sum = channel.first + channel.left;
  if constexpr (L::pad_left == 0) {
    sum = Column(row, 0).template added<0>(channel.first, channel);
    for (auto& each : row) each += kStep;
  }
  if constexpr (L::stride_w == 1) {
    const Column column(row, 0);
    for (auto& each : row) each += kStep;
    sum = column.template added<1>(sum, channel);
    uint32_t next = column.template added<0>(channel.first, channel);
#pragma GCC unroll 6
    for (int32_t i = 0; i < kWhole; ++i, out += kStep) {
      const Column last(row, 0);
      for (auto& each : row) each += kStep;
      channel.put(last.template added<2>(sum, channel), out);
      sum = last.template added<1>(next, channel);
      next = last.template added<0>(channel.first, channel);
    }
    if constexpr (kRight == 1) channel.put(sum + channel.right, out);
  } else {
#pragma GCC unroll 2
    for (int32_t i = 0; i < kWhole; ++i, out += kStep) {
      sum = Column(row, 0).template added<1>(sum, channel);
      const Column last(row, kStep);
      for (auto& each : row) each += 2 * kStep;
      channel.put(last.template added<2>(sum, channel), out);
      sum = last.template added<0>(channel.first, channel);
    }
    if constexpr (kRight == 1) channel.put(Column(row, 0).template added<1>(sum, channel) + channel.right, out);
  }
}

/// Strides 1 and 2, no dilation, at most one column of padding at a side. Scratch: a row of the input if windows reach over the
/// upper or lower border.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_rv32(const int8_t* MOTE_RESTRICT in, const int32_t* MOTE_RESTRICT table,
                                        int8_t* MOTE_RESTRICT out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  auto* outside = reinterpret_cast<int8_t*>(scratch);
  if constexpr (L::pads_rows) memset(outside, L::input_zero_point, kImageRow);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * kImageRow, out += L::out_h * L::out_w * L::in_c) {
    const int32_t* from = table;
    for (int32_t c = 0; c < L::in_c; ++c, from += DepthwiseChannel<L>::kWords) {
      const DepthwiseChannel<L> channel(from);
      int8_t* to = out + c;
      int32_t top = -L::pad_top;
      for (int32_t y = 0; y < L::out_h; ++y, top += L::stride_h, to += L::out_w * L::in_c) {
        const int8_t* rows[3];
        for (int32_t ky = 0; ky < 3; ++ky) {
          const bool inside = !L::pads_rows || (top + ky >= 0 && top + ky < L::in_h);
          rows[ky] = (inside ? in + (top + ky) * kImageRow : outside) + c;
        }
        depthwise_row<L>(rows, to, channel);
      }
    }
  }
}

}  // namespace mote
