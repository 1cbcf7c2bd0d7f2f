#pragma once

#include "mote/isa/halfwords.hpp"

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

/// Whether a pool may take four channels at once; `kMostValues`: how many values a window may hold.
template <typename L, int32_t kMostValues>
constexpr bool pools_by_four() {
  return MOTE_DSP == 1 && SameType<typename L::Value, int8_t>::value && L::in_c >= 4 && L::k_h * L::k_w <= kMostValues;
}

/// `pool(first, part)` for four channels at once, whose values lie from `first` on. The last four may repeat some channels.
template <typename L, typename Pool>
MOTE_INLINE void for_each_four(const int8_t* in, int8_t* out, Pool pool) {
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x, out += L::out_c) {
        const WindowPart part = window_part<L>(y, x);
        for (int32_t next = 0; next < L::out_c; next += 4) {
          const int32_t c = smaller<int32_t>(next, L::out_c - 4);
          pool(in + (part.y_begin * L::in_w + part.x_begin) * L::in_c + c, part, out + c);
        }
      }
    }
  }
}

/// AVERAGE_POOL_2D: integers are averaged as stored, half away from zero.
template <typename L>
MOTE_KERNEL void average_pool_2d(const typename L::Value* in, typename L::Value* out) {
  using Value = typename L::Value;
  if constexpr (pools_by_four<L, 255>()) {  // sums fit int16
    return for_each_four<L>(in, out, [](const int8_t* first, const WindowPart& part, int8_t* to) {
      uint32_t even = 0;
      uint32_t odd = 0;
      for (int32_t iy = part.y_begin; iy < part.y_end; ++iy, first += L::in_w * L::in_c) {
        const int8_t* at = first;
        for (int32_t left = part.x_end - part.x_begin; left > 0; --left, at += L::in_c) {
          const uint32_t four = load_4(at);
          even = widen_even_add(four, even);
          odd = widen_odd_add(four, odd);
        }
      }
      const int32_t count = (part.y_end - part.y_begin) * (part.x_end - part.x_begin);
      const auto mean = [count](uint32_t half) {
        const int32_t sum = static_cast<int16_t>(half & 0xFFFFU);
        return static_cast<int8_t>(clamp((sum > 0 ? sum + count / 2 : sum - count / 2) / count, L::clamp_min, L::clamp_max));
      };
      to[0] = mean(even);
      to[1] = mean(odd);
      to[2] = mean(even >> 16);
      to[3] = mean(odd >> 16);
    });
  }
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
MOTE_KERNEL void max_pool_2d(const typename L::Value* in, typename L::Value* out) {
  using Value = typename L::Value;
  if constexpr (pools_by_four<L, INT32_MAX>()) {
    return for_each_four<L>(in, out, [](const int8_t* first, const WindowPart& part, int8_t* to) {
      uint32_t best = load_4(first);
      for (int32_t iy = part.y_begin; iy < part.y_end; ++iy, first += L::in_w * L::in_c) {
        const int8_t* at = first;
        for (int32_t left = part.x_end - part.x_begin; left > 0; --left, at += L::in_c) best = larger_of_4(best, load_4(at));
      }
      if constexpr (L::clamp_min > INT8_MIN)
        best = larger_of_4(best, 0x01010101U * (static_cast<uint32_t>(L::clamp_min) & 0xFFU));
      if constexpr (L::clamp_max < INT8_MAX)
        best = smaller_of_4(best, 0x01010101U * (static_cast<uint32_t>(L::clamp_max) & 0xFFU));
      store_4(to, best);
    });
  }
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
