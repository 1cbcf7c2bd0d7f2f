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
  uint32_t w0, w1, w2, w3, w4, w5, w6, w7, w8;
  int32_t multiplier, offset, shift;

  MOTE_INLINE explicit DepthwiseChannel(const int32_t* table)
      : first(static_cast<uint32_t>(table[0])),
        left(static_cast<uint32_t>(table[1])),
        right(static_cast<uint32_t>(table[2])),
        w0(weight(table, 0)),
        w1(weight(table, 1)),
        w2(weight(table, 2)),
        w3(weight(table, 3)),
        w4(weight(table, 4)),
        w5(weight(table, 5)),
        w6(weight(table, 6)),
        w7(weight(table, 7)),
        w8(weight(table, 8)),
        multiplier(table[12]),
        offset(L::fitted ? 0 : table[kWords - 2]),
        shift(L::fitted ? L::scale_shift : table[kWords - 1]) {}

  MOTE_INLINE static uint32_t weight(const int32_t* table, int32_t i) { return static_cast<uint32_t>(table[3 + i]); }

  MOTE_INLINE void put(uint32_t total, int8_t* out) const {
    const auto sum = static_cast<int32_t>(total);
    int32_t value = 0;
    if constexpr (L::fitted) {
      value = static_cast<int32_t>((static_cast<int64_t>(sum) * multiplier) >> 32) >> L::scale_shift;
    } else {
      value = wrap_add(wrap_add(doubling_high_multiply(sum, multiplier), offset), sum >> 31) >> shift;
    }
    if constexpr (L::clamp_min > -128 || L::clamp_max < 127) {
      value = clamp<int32_t>(value, L::clamp_min, L::clamp_max);
    } else if (static_cast<uint32_t>(value) + 128U > 255U) {
      value = (value >> 31) ^ 127;
    }
    *out = static_cast<int8_t>(value);
  }
};

/// Where a column of inputs is, channel by channel and row by row.
struct DepthwiseRowsAt {
  const int8_t *top, *middle, *bottom;

  MOTE_INLINE void advance(int32_t by) {
    top += by;
    middle += by;
    bottom += by;
  }
};

/// A column of inputs; adds its products with column kTap of the weights.
template <typename L>
struct DepthwiseColumn {
  uint32_t top, middle, bottom;

  MOTE_INLINE DepthwiseColumn(const DepthwiseRowsAt& rows, int32_t at)
      : top(value(rows.top[at])), middle(value(rows.middle[at])), bottom(value(rows.bottom[at])) {}
  MOTE_INLINE static uint32_t value(int8_t x) { return static_cast<uint32_t>(static_cast<int32_t>(x)); }
  template <int32_t kTap>
  MOTE_INLINE uint32_t added(uint32_t sum, const DepthwiseChannel<L>& w) const {
    if constexpr (kTap == 0) return sum + top * w.w0 + middle * w.w3 + bottom * w.w6;
    if constexpr (kTap == 1) return sum + top * w.w1 + middle * w.w4 + bottom * w.w7;
    return sum + top * w.w2 + middle * w.w5 + bottom * w.w8;
  }
};

/// One channel of one row of outputs.
template <typename L>
MOTE_INLINE void depthwise_row(DepthwiseRowsAt row, int8_t* out, const DepthwiseChannel<L>& channel) {
  using Column = DepthwiseColumn<L>;
  constexpr int32_t kStep = L::in_c;
  constexpr int32_t kRight = (L::out_w - 1) * L::stride_w + 3 - L::pad_left - L::in_w;
  static_assert(L::pad_left <= 1 && kRight <= 1, "at most one column beside the image");
  constexpr int32_t kWhole = L::out_w - (kRight == 1 ? 1 : 0);
  // What the output at hand has so far: its first column, and with stride 1 its second one.
  uint32_t sum = channel.first + channel.left;
  if constexpr (L::pad_left == 0) {
    sum = Column(row, 0).template added<0>(channel.first, channel);
    row.advance(kStep);
  }
  if constexpr (L::stride_w == 1) {
    const Column column(row, 0);
    row.advance(kStep);
    sum = column.template added<1>(sum, channel);
    uint32_t next = column.template added<0>(channel.first, channel);
#pragma GCC unroll 6
    for (int32_t i = 0; i < kWhole; ++i, out += kStep) {
      const Column last(row, 0);
      row.advance(kStep);
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
      row.advance(2 * kStep);
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
        const auto row = [&](int32_t iy) {
          return (!L::pads_rows || (iy >= 0 && iy < L::in_h) ? in + iy * kImageRow : outside) + c;
        };
        depthwise_row<L>({row(top), row(top + 1), row(top + 2)}, to, channel);
      }
    }
  }
}

}  // namespace mote
