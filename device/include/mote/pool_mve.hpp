#pragma once

#include "mote/isa/mve.hpp"
#include "mote/pool.hpp"

namespace mote {

// Pools and means of int8 with neighbouring channels in the lanes of a vector. The last vector may repeat some channels.

#if MOTE_MVE

/// `pool(first, part, to)` for kLanes channels at once, whose values lie from `first` on.
template <typename L, int32_t kLanes, typename Pool>
MOTE_INLINE void for_each_vector(const int8_t* in, int8_t* out, Pool pool) {
  static_assert(L::out_c >= kLanes, "a vector of channels");
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c) {
    for (int32_t y = 0; y < L::out_h; ++y) {
      for (int32_t x = 0; x < L::out_w; ++x, out += L::out_c) {
        const WindowPart part = window_part<L>(y, x);
        for (int32_t next = 0; next < L::out_c; next += kLanes) {
          const int32_t c = smaller<int32_t>(next, L::out_c - kLanes);
          pool(in + (part.y_begin * L::in_w + part.x_begin) * L::in_c + c, part, out + c);
        }
      }
    }
  }
}

#endif

/// AVERAGE_POOL_2D of at least 8 channels and windows of at most 255 values, so that sums fit int16.
template <typename L>
MOTE_KERNEL void average_pool_2d_mve(const int8_t* in, int8_t* out) {
  static_assert(L::k_h * L::k_w <= 255, "sums fit int16");
#if MOTE_MVE
  int32_t last_count = 0;
  uint32_t reciprocal = 0;
  int32_t shift = 0;
  for_each_vector<L, 8>(in, out, [&](const int8_t* first, const WindowPart& part, int8_t* to) {
    const int32_t width = part.x_end - part.x_begin;
    int16x8_t sum = vdupq_n_s16(0);
    for (int32_t iy = part.y_begin; iy < part.y_end; ++iy, first += L::in_w * L::in_c) {
      const int8_t* at = first;
      for (int32_t left = width; left > 0; --left, at += L::in_c) sum = vaddq_s16(sum, vldrbq_s16(at));
    }
    const int32_t count = (part.y_end - part.y_begin) * width;
    if (count != last_count && count > 1) {
      // n / count = n * ceil(2^(16 + shift) / count) >> (16 + shift) for n < 2^15 and 2^shift < count <= 2^(shift + 1).
      shift = 31 - __builtin_clz(static_cast<uint32_t>(count - 1));
      reciprocal = ((1U << (16 + shift)) + static_cast<uint32_t>(count) - 1) / static_cast<uint32_t>(count);
    }
    last_count = count;
    if (count > 1) {
      const auto size = vreinterpretq_u16_s16(vabsq_s16(sum));
      const uint16x8_t rounded = vaddq_n_u16(size, static_cast<uint16_t>(count / 2));
      const uint16x8_t quotient = vshlq_r_u16(vmulhq_u16(rounded, vdupq_n_u16(static_cast<uint16_t>(reciprocal))), -shift);
      const auto mean = vreinterpretq_s16_u16(quotient);
      sum = vpselq_s16(vnegq_s16(mean), mean, vcmpltq_n_s16(sum, 0));
    }
    if constexpr (L::clamp_min > -128) sum = vmaxq_s16(sum, vdupq_n_s16(L::clamp_min));
    if constexpr (L::clamp_max < 127) sum = vminq_s16(sum, vdupq_n_s16(L::clamp_max));
    vstrbq_s16(to, sum);
  });
#else
  average_pool_2d<L>(in, out);
#endif
}

/// MAX_POOL_2D of at least 16 channels.
template <typename L>
MOTE_KERNEL void max_pool_2d_mve(const int8_t* in, int8_t* out) {
#if MOTE_MVE
  for_each_vector<L, 16>(in, out, [](const int8_t* first, const WindowPart& part, int8_t* to) {
    int8x16_t best = vdupq_n_s8(static_cast<int8_t>(L::clamp_min));
    for (int32_t iy = part.y_begin; iy < part.y_end; ++iy, first += L::in_w * L::in_c) {
      const int8_t* at = first;
      for (int32_t left = part.x_end - part.x_begin; left > 0; --left, at += L::in_c) best = vmaxq_s8(best, vldrbq_s8(at));
    }
    if constexpr (L::clamp_max < 127) best = vminq_s8(best, vdupq_n_s8(L::clamp_max));
    vstrbq_s8(to, best);
  });
#else
  max_pool_2d<L>(in, out);
#endif
}

/// MEAN over axes before the last one, of at least 4 channels: [outer][count][channels] to [outer][channels]; 1 / count is part
/// of the multiplier, which shifts to the right; zero_sum is count times the input's zero point.
template <typename L>
MOTE_KERNEL void mean_mve(const int8_t* in, int8_t* out) {
  static_assert(L::shift < 0 && L::channels >= 4, "shifts to the right, a vector of channels");
  for (int32_t i = 0; i < L::outer; ++i, in += L::count * L::channels, out += L::channels) {
#if MOTE_MVE
    for (int32_t next = 0; next < L::channels; next += 4) {
      const int32_t c = smaller<int32_t>(next, L::channels - 4);
      int32x4_t sum = vdupq_n_s32(-L::zero_sum);
      const int8_t* at = in + c;
      for (int32_t left = L::count; left > 0; --left, at += L::channels) sum = vaddq_s32(sum, vldrbq_s32(at));
      int32x4_t scaled = vqrdmulhq_n_s32(sum, L::multiplier);
      scaled = vrshlq_n_s32(vqdmlahq_n_s32(scaled, sum, 1), L::shift);
      scaled = vminq_s32(vmaxq_s32(vaddq_n_s32(scaled, L::output_zero_point), vdupq_n_s32(-128)), vdupq_n_s32(127));
      vstrbq_s32(out + c, scaled);
    }
#else
    for (int32_t c = 0; c < L::channels; ++c) {
      int32_t sum = -L::zero_sum;
      for (int32_t k = 0; k < L::count; ++k) sum += in[k * L::channels + c];
      out[c] = static_cast<int8_t>(clamp<int32_t>(requantize(sum, L::multiplier, L::shift) + L::output_zero_point, -128, 127));
    }
#endif
  }
}

}  // namespace mote
