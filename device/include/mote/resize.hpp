#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// Resizing of NHWC tensors, batch x in_h x in_w x channels to batch x out_h x out_w x channels.

template <typename L>
MOTE_INLINE void copy_pixel(const typename L::Value* row, int32_t x, typename L::Value* out) {
  memcpy(out, row + x * L::channels, sizeof(typename L::Value) * static_cast<size_t>(L::channels));
}

/// RESIZE_NEAREST_NEIGHBOR: place i takes (i * step + offset) / divisor, at most the last one.
template <typename L>
MOTE_KERNEL void resize_nearest_neighbor(const typename L::Value* in, typename L::Value* out) {
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::channels) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      const int32_t from = smaller((y * L::row_step + L::row_offset) / L::row_divisor, L::in_h - 1);
      const typename L::Value* row = in + from * L::in_w * L::channels;
      for (int32_t x = 0; x < L::out_w; ++x, out += L::channels) {
        copy_pixel<L>(row, smaller((x * L::column_step + L::column_offset) / L::column_divisor, L::in_w - 1), out);
      }
    }
  }
}

/// RESIZE_NEAREST_NEIGHBOR with the places in tables.
template <typename L>
MOTE_KERNEL void resize_nearest_neighbor_table(const typename L::Value* in, const int16_t* MOTE_RESTRICT rows,
                                               const int16_t* MOTE_RESTRICT columns, typename L::Value* out) {
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::channels) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      const typename L::Value* row = in + rows[y] * L::in_w * L::channels;
      for (int32_t x = 0; x < L::out_w; ++x, out += L::channels) copy_pixel<L>(row, columns[x], out);
    }
  }
}

/// RESIZE_BILINEAR: place i lies at i * scale + offset, in 1/1024 pixels.
template <typename L>
MOTE_KERNEL void resize_bilinear_int8(const int8_t* in, int8_t* out) {
  constexpr int32_t kOne = 1024;
  constexpr int32_t kRow = L::in_w * L::channels;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * kRow) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      const int32_t row = clamp<int32_t>(y * L::row_scale + L::row_offset, 0, kOne * (L::in_h - 1));
      const int32_t down = row % kOne;
      const int8_t* upper = in + row / kOne * kRow;
      const int8_t* lower = down == 0 ? upper : upper + kRow;
      for (int32_t x = 0; x < L::out_w; ++x) {
        const int32_t column = clamp<int32_t>(x * L::column_scale + L::column_offset, 0, kOne * (L::in_w - 1));
        const int32_t right = column % kOne;
        const int32_t at = column / kOne * L::channels;
        const int32_t next = right == 0 ? at : at + L::channels;
        for (int32_t c = 0; c < L::channels; ++c) {
          const int32_t top = (kOne - right) * upper[at + c] + right * upper[next + c];
          const int32_t bottom = (kOne - right) * lower[at + c] + right * lower[next + c];
          *out++ = static_cast<int8_t>(rounding_shift_right((kOne - down) * top + down * bottom, 20));
        }
      }
    }
  }
}

/// RESIZE_BILINEAR: place i lies at (i + offset) * scale - offset pixels.
template <typename L>
MOTE_KERNEL void resize_bilinear_float(const float* in, float* out) {
  constexpr int32_t kRow = L::in_w * L::channels;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * kRow) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      const float row = larger((static_cast<float>(y) + L::offset) * L::row_scale - L::offset, 0.0F);
      const int32_t y0 = smaller(static_cast<int32_t>(row), L::in_h - 1);
      const float down = row - static_cast<float>(y0);
      const float* upper = in + y0 * kRow;
      const float* lower = in + smaller(y0 + 1, L::in_h - 1) * kRow;
      for (int32_t x = 0; x < L::out_w; ++x) {
        const float column = larger((static_cast<float>(x) + L::offset) * L::column_scale - L::offset, 0.0F);
        const int32_t x0 = smaller(static_cast<int32_t>(column), L::in_w - 1);
        const float right = column - static_cast<float>(x0);
        const int32_t at = x0 * L::channels;
        const int32_t next = smaller(x0 + 1, L::in_w - 1) * L::channels;
        for (int32_t c = 0; c < L::channels; ++c) {
          const float top = upper[at + c] * (1.0F - right) + upper[next + c] * right;
          const float bottom = lower[at + c] * (1.0F - right) + lower[next + c] * right;
          *out++ = top * (1.0F - down) + bottom * down;
        }
      }
    }
  }
}

}  // namespace mote
