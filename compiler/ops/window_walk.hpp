#pragma once

#include <span>
#include <vector>

#include "ops/window.hpp"
#include "support/float_vector.hpp"

namespace mote {

// How references that take several output channels at once walk over positions, taps and channels.

/// Calls `tap(y, x, number)` for the taps of an output position that lie inside the input, in order.
template <typename Tap>
void each_tap(const Window& w, std::int32_t y, std::int32_t x, Tap&& tap) {
  for (std::int32_t ky = 0; ky < w.k_h; ++ky) {
    const std::int32_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
    if (iy < 0 || iy >= w.in_h) continue;
    for (std::int32_t kx = 0; kx < w.k_w; ++kx) {
      const std::int32_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
      if (ix >= 0 && ix < w.in_w) tap(iy, ix, static_cast<std::size_t>(ky * w.k_w + kx));
    }
  }
}

/// Calls `pixel(batch, y, x)` for every output position, in order.
template <typename Pixel>
void each_pixel(const Window& w, Pixel&& pixel) {
  for (std::int32_t b = 0; b < w.batch; ++b)
    for (std::int32_t y = 0; y < w.out_h; ++y)
      for (std::int32_t x = 0; x < w.out_w; ++x) pixel(b, y, x);
}

/// The first channel of a position of the input.
inline const float* pixel_at(const float* in, const Window& w, std::int32_t b, std::int32_t y, std::int32_t x) {
  return in + ((static_cast<std::int64_t>(b) * w.in_h + y) * w.in_w + x) * w.in_c;
}

/// Channels with room for whole vectors.
inline std::size_t vector_width(std::size_t channels) { return (channels + kFloatLanes - 1) / kFloatLanes * kFloatLanes; }

/// [tap][channel] as floats, with room for whole vectors, from [channel][tap].
template <typename Weight>
std::vector<float> turned(std::span<const Weight> weights, std::size_t channels) {
  const std::size_t taps = weights.size() / channels;
  const std::size_t width = vector_width(channels);
  std::vector<float> result(taps * width, 0.0F);
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t t = 0; t < taps; ++t) result[t * width + c] = static_cast<float>(weights[c * taps + t]);
  return result;
}

/// Calls `some.operator()<Vectors>(c)` for channels from `c` on, up to four vectors at a time, until `width` is done.
template <typename Some>
void each_vectors(std::size_t width, Some&& some) {
  std::size_t c = 0;
  for (; c + 4 * kFloatLanes <= width; c += 4 * kFloatLanes) some.template operator()<4>(c);
  if (width - c == 3 * kFloatLanes) some.template operator()<3>(c);
  if (width - c == 2 * kFloatLanes) some.template operator()<2>(c);
  if (width - c == kFloatLanes) some.template operator()<1>(c);
}

}  // namespace mote
