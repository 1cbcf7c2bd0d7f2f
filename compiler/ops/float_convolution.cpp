#include "ops/float_convolution.hpp"

#include "ops/window_walk.hpp"

namespace mote {

namespace {

/// The sums of `Vectors` vectors of channels at one position.
template <std::size_t Vectors>
void sum_channels(const Window& w, const float* in, std::int32_t b, std::int32_t y, std::int32_t x, const float* weights,
                  std::size_t width, float* sums) {
  FloatVector result[Vectors] = {};
  const auto depth = static_cast<std::size_t>(w.in_c);
  each_tap(w, y, x, [&](std::int32_t iy, std::int32_t ix, std::size_t number) {
    const float* pixel = pixel_at(in, w, b, iy, ix);
    const float* tap = weights + number * depth * width;
    for (std::size_t i = 0; i < depth; ++i, tap += width) {
#pragma GCC unroll 4
      for (std::size_t v = 0; v < Vectors; ++v) result[v] += pixel[i] * load_floats(tap + v * kFloatLanes);
    }
  });
  for (std::size_t v = 0; v < Vectors; ++v) store_floats(sums + v * kFloatLanes, result[v]);
}

/// The bias of each channel; zeros when there is none, as the plain reference adds.
std::vector<float> bias_of(const Evaluation& e, std::size_t channels) {
  std::vector<float> bias(channels, 0.0F);
  if (e.has_input(2)) std::ranges::copy(e.in<float>(2), bias.begin());
  return bias;
}

void finish_channels(const std::vector<float>& bias, const Finish& finish, const std::vector<float>& sums, float* out) {
  for (std::size_t c = 0; c < bias.size(); ++c) out[c] = finish.apply<float>(finish.with_bias(sums[c], bias[c], c), c);
}

}  // namespace

void convolve_floats(const Evaluation& e, const Window& w, const Finish& finish) {
  const auto channels = static_cast<std::size_t>(w.out_c);
  const std::size_t width = vector_width(channels);
  const std::vector<float> weights = turned(e.in<float>(1), channels);
  const std::vector<float> bias = bias_of(e, channels);
  std::vector<float> sums(width);
  const float* in = e.in<float>(0).data();
  float* out = e.out<float>().data();
  each_pixel(w, [&](std::int32_t b, std::int32_t y, std::int32_t x) {
    each_vectors(
        width, [&]<std::size_t Vectors>(std::size_t c) { sum_channels<Vectors>(w, in, b, y, x, &weights[c], width, &sums[c]); });
    finish_channels(bias, finish, sums, out);
    out += channels;
  });
}

void convolve_floats_depthwise(const Evaluation& e, const Window& w, const Finish& finish) {
  const auto channels = static_cast<std::size_t>(w.out_c);
  const std::vector<float> bias = bias_of(e, channels);
  std::vector<float> sums(channels);
  const float* in = e.in<float>(0).data();
  const float* weights = e.in<float>(1).data();
  float* out = e.out<float>().data();
  each_pixel(w, [&](std::int32_t b, std::int32_t y, std::int32_t x) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    each_tap(w, y, x, [&](std::int32_t iy, std::int32_t ix, std::size_t number) {
      const float* pixel = pixel_at(in, w, b, iy, ix);
      const float* tap = weights + number * channels;
      std::size_t c = 0;
      for (; c + kFloatLanes <= channels; c += kFloatLanes)
        store_floats(&sums[c], load_floats(&sums[c]) + load_floats(pixel + c) * load_floats(tap + c));
      for (; c < channels; ++c) sums[c] += pixel[c] * tap[c];
    });
    finish_channels(bias, finish, sums, out);
    out += channels;
  });
}

void multiply_floats(const Evaluation& e, std::size_t depth, std::size_t units, const Finish& finish) {
  constexpr std::size_t kAtOnce = 8;
  const auto in = e.in<float>(0);
  const float* weights = e.in<float>(1).data();
  float* out = e.out<float>().data();
  const std::vector<float> bias = bias_of(e, units);
  std::vector<float> sums(units);
  for (std::size_t row = 0; row < in.size() / depth; ++row, out += units) {
    const float* x = &in[row * depth];
    std::size_t c = 0;
    for (; c + kAtOnce <= units; c += kAtOnce) {
      float strands[kAtOnce] = {};
      const float* w = weights + c * depth;
      for (std::size_t i = 0; i < depth; ++i) {
#pragma GCC unroll 8
        for (std::size_t k = 0; k < kAtOnce; ++k) strands[k] += x[i] * w[k * depth + i];
      }
      std::copy_n(strands, kAtOnce, &sums[c]);
    }
    for (; c < units; ++c) {
      float sum = 0;
      for (std::size_t i = 0; i < depth; ++i) sum += x[i] * weights[c * depth + i];
      sums[c] = sum;
    }
    finish_channels(bias, finish, sums, out);
  }
}

}  // namespace mote
