#include "ops/int8_convolution.hpp"

#include "ops/window_walk.hpp"

namespace mote {

namespace {

/// An input less its zero point is within 255, a weight within 128.
constexpr std::size_t kExactProducts = (std::size_t{1} << 24) / (255 * 128);

using IntVector = std::int32_t __attribute__((vector_size(sizeof(FloatVector))));

std::vector<float> without_zero_point(const Evaluation& e) {
  const auto zero = static_cast<float>(e.input(0).zero_point());
  std::vector<float> result;
  for (const std::int8_t value : e.in<std::int8_t>(0)) result.push_back(static_cast<float>(value) - zero);
  return result;
}

/// The sums of `Vectors` vectors of channels at one position.
template <std::size_t Vectors>
void sum_channels(const Window& w, const float* in, std::int32_t b, std::int32_t y, std::int32_t x, const float* weights,
                  std::size_t width, std::int32_t* sums) {
  FloatVector run[Vectors] = {};
  IntVector result[Vectors] = {};
  std::size_t room = kExactProducts;
  const auto flush = [&] {
    for (std::size_t v = 0; v < Vectors; ++v) {
      result[v] += __builtin_convertvector(run[v], IntVector);
      run[v] = FloatVector{};
    }
    room = kExactProducts;
  };
  const auto depth = static_cast<std::size_t>(w.in_c);
  each_tap(w, y, x, [&](std::int32_t iy, std::int32_t ix, std::size_t number) {
    const float* pixel = pixel_at(in, w, b, iy, ix);
    const float* tap = weights + number * depth * width;
    for (std::size_t i = 0; i < depth;) {
      const std::size_t end = std::min(depth, i + room);
      room -= end - i;
      for (; i < end; ++i, tap += width) {
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v) run[v] += pixel[i] * load_floats(tap + v * kFloatLanes);
      }
      if (room == 0) flush();
    }
  });
  flush();
  std::memcpy(sums, result, sizeof result);
}

std::vector<std::int32_t> bias_of(const Evaluation& e, std::size_t channels) {
  std::vector<std::int32_t> bias(channels, 0);
  if (e.has_input(2)) std::ranges::copy(e.in<std::int32_t>(2), bias.begin());
  return bias;
}

template <typename Sum>
void finish_channels(const std::vector<std::int32_t>& bias, const Finish& finish, const std::vector<Sum>& sums,
                     std::int8_t* out) {
  for (std::size_t c = 0; c < bias.size(); ++c)
    out[c] = finish.apply<std::int8_t>(finish.with_bias(static_cast<std::int32_t>(sums[c]), bias[c], c), c);
}

}  // namespace

void convolve_int8(const Evaluation& e, const Window& w, const Finish& finish) {
  const auto channels = static_cast<std::size_t>(w.out_c);
  const std::size_t width = vector_width(channels);
  const std::vector<float> in = without_zero_point(e);
  const std::vector<float> weights = turned(e.in<std::int8_t>(1), channels);
  const std::vector<std::int32_t> bias = bias_of(e, channels);
  std::vector<std::int32_t> sums(width);
  std::int8_t* out = e.out<std::int8_t>().data();
  each_pixel(w, [&](std::int32_t b, std::int32_t y, std::int32_t x) {
    each_vectors(width, [&]<std::size_t Vectors>(std::size_t c) {
      sum_channels<Vectors>(w, in.data(), b, y, x, &weights[c], width, &sums[c]);
    });
    finish_channels(bias, finish, sums, out);
    out += channels;
  });
}

void convolve_int8_depthwise(const Evaluation& e, const Window& w, const Finish& finish) {
  const auto channels = static_cast<std::size_t>(w.out_c);
  const std::vector<float> in = without_zero_point(e);
  const std::span<const std::int8_t> stored = e.in<std::int8_t>(1);
  const std::vector<float> weights(stored.begin(), stored.end());
  const std::vector<std::int32_t> bias = bias_of(e, channels);
  std::vector<float> run(channels);
  std::vector<std::int32_t> sums(channels);
  std::int8_t* out = e.out<std::int8_t>().data();
  const auto flush = [&] {
    for (std::size_t c = 0; c < channels; ++c) sums[c] += static_cast<std::int32_t>(run[c]);
    std::fill(run.begin(), run.end(), 0.0F);
  };
  each_pixel(w, [&](std::int32_t b, std::int32_t y, std::int32_t x) {
    std::fill(sums.begin(), sums.end(), 0);
    std::size_t room = kExactProducts;
    each_tap(w, y, x, [&](std::int32_t iy, std::int32_t ix, std::size_t number) {
      const float* pixel = pixel_at(in.data(), w, b, iy, ix);
      const float* tap = &weights[number * channels];
      std::size_t c = 0;
      for (; c + kFloatLanes <= channels; c += kFloatLanes)
        store_floats(&run[c], load_floats(&run[c]) + load_floats(pixel + c) * load_floats(tap + c));
      for (; c < channels; ++c) run[c] += pixel[c] * tap[c];
      if (--room > 0) return;
      flush();
      room = kExactProducts;
    });
    flush();
    finish_channels(bias, finish, sums, out);
    out += channels;
  });
}

}  // namespace mote
