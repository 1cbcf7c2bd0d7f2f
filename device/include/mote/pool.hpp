#pragma once

#include "mote/kernel.hpp"

namespace mote {

// Pools over NHWC windows; only values inside the input count. Value: int8, int16 or float.

/// The part of a window that lies inside the input.
struct WindowPart {
  int32_t y_begin, y_end, x_begin, x_end;
};

template <typename L>
MOTE_INLINE WindowPart window_part(int32_t y, int32_t x) {
  const int32_t top = y * L::stride_h - L::pad_top;
  const int32_t left = x * L::stride_w - L::pad_left;
  return {larger<int32_t>(top, 0), smaller<int32_t>(top + L::k_h, L::in_h), larger<int32_t>(left, 0),
          smaller<int32_t>(left + L::k_w, L::in_w)};
}

/// AVERAGE_POOL_2D: integers are averaged as stored, half away from zero.
template <typename L>
MOTE_KERNEL void average_pool_2d(const typename L::Value* MOTE_RESTRICT in, typename L::Value* MOTE_RESTRICT out) {
  using Value = typename L::Value;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x) {
        const WindowPart part = window_part<L>(y, x);
        const int32_t count = (part.y_end - part.y_begin) * (part.x_end - part.x_begin);
        for (int32_t c = 0; c < L::out_c; ++c) {
          if constexpr (SameType<Value, float>::value) {
            float sum = 0.0F;
            for (int32_t iy = part.y_begin; iy < part.y_end; ++iy)
              for (int32_t ix = part.x_begin; ix < part.x_end; ++ix) sum += in[(iy * L::in_w + ix) * L::in_c + c];
            *out++ = clamp(sum / static_cast<float>(count), L::clamp_min, L::clamp_max);
          } else {
            int32_t sum = 0;
            for (int32_t iy = part.y_begin; iy < part.y_end; ++iy)
              for (int32_t ix = part.x_begin; ix < part.x_end; ++ix) sum += in[(iy * L::in_w + ix) * L::in_c + c];
            const int32_t mean = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
            *out++ = static_cast<Value>(clamp(mean, L::clamp_min, L::clamp_max));
          }
        }
      }
    }
  }
}

template <typename L>
MOTE_KERNEL void max_pool_2d(const typename L::Value* MOTE_RESTRICT in, typename L::Value* MOTE_RESTRICT out) {
  using Value = typename L::Value;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x) {
        const WindowPart part = window_part<L>(y, x);
        for (int32_t c = 0; c < L::out_c; ++c) {
          Value best = in[(part.y_begin * L::in_w + part.x_begin) * L::in_c + c];
          for (int32_t iy = part.y_begin; iy < part.y_end; ++iy)
            for (int32_t ix = part.x_begin; ix < part.x_end; ++ix) best = larger(best, in[(iy * L::in_w + ix) * L::in_c + c]);
          if constexpr (SameType<Value, float>::value) {
            *out++ = clamp(best, L::clamp_min, L::clamp_max);
          } else {
            *out++ = static_cast<Value>(clamp<int32_t>(best, L::clamp_min, L::clamp_max));
          }
        }
      }
    }
  }
}

}  // namespace mote
