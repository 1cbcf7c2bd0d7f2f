// Tiles in their portable form against a convolution done plainly.

#include "ops/convolution_tiles.hpp"

#include <random>

#include <gtest/gtest.h>

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/conv_2d_tiles.hpp"
#undef mote

namespace {

/// A layer's sizes; the rest of what a kernel wants to know is added by `With`.
template <int InH, int InW, int InC, int OutC, int K, int Stride, int Pad>
struct Sizes {
  static constexpr std::int32_t batch = 2, in_h = InH, in_w = InW, in_c = InC, out_c = OutC, k_h = K, k_w = K;
  static constexpr std::int32_t stride_h = Stride, stride_w = Stride, dilation_h = 1, pad_top = Pad, pad_left = Pad;
  // Windows of more than one row reach over the end by up to one.
  static constexpr std::int32_t out_h = (InH + Pad - K + (K > 1)) / Stride + 1, out_w = (InW + Pad - K + (K > 1)) / Stride + 1;
  static constexpr std::int32_t pixels = batch * out_h * out_w;
  static constexpr bool pads = (out_h - 1) * Stride - Pad + K > InH || Pad > 0, pointwise = K == 1 && Stride == 1;
  static constexpr std::int32_t input_zero_point = -7;
};
template <class S, bool Fitted, int Shift>
struct With : S {
  static constexpr bool fitted = Fitted;
  static constexpr std::int32_t shift = Shift, clamp_min = -128, clamp_max = 127;
};

class Random {
 public:
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

 private:
  std::mt19937 engine_{3};
};

template <class S>
std::vector<std::int8_t> expected(const mote::PackedConvolution& layer, const std::vector<std::int8_t>& in) {
  std::vector<std::int8_t> out;
  for (int b = 0; b < S::batch; ++b)
    for (int y = 0; y < S::out_h; ++y)
      for (int x = 0; x < S::out_w; ++x)
        for (int c = 0; c < S::out_c; ++c) {
          std::int32_t sum = layer.bias[static_cast<std::size_t>(c)];
          std::size_t tap = static_cast<std::size_t>(c * S::k_h * S::k_w * S::in_c);
          for (int ky = 0; ky < S::k_h; ++ky)
            for (int kx = 0; kx < S::k_w; ++kx)
              for (int i = 0; i < S::in_c; ++i) {
                const int iy = y * S::stride_h - S::pad_top + ky, ix = x * S::stride_w - S::pad_left + kx;
                const bool inside = iy >= 0 && iy < S::in_h && ix >= 0 && ix < S::in_w;
                const auto at = static_cast<std::size_t>(((b * S::in_h + iy) * S::in_w + ix) * S::in_c + i);
                sum += layer.weights[tap++] * (inside ? in[at] : S::input_zero_point);
              }
          out.push_back(layer.finish.apply<std::int8_t>(sum, static_cast<std::size_t>(c)));
        }
  return out;
}

std::int64_t value_of(const mote::KernelCall& call, std::string_view name) {
  for (const auto& field : call.spec) {
    if (field.name == name) return field.value == "true" ? 1 : field.value == "false" ? 0 : std::stoll(field.value);
  }
  return -1;
}

template <class S, bool Fitted, int Shift>
void run(const std::int8_t* in, const std::int32_t* matrix, std::int8_t* out) {
  if constexpr (S::pointwise) {
    mote_on_device::conv_2d_pointwise_tiles<With<S, Fitted, Shift>>(in, matrix, out);
  } else {
    mote_on_device::conv_2d_tiles<With<S, Fitted, Shift>>(in, matrix, out);
  }
}

/// Calls the kernel of the shift that packing chose.
template <class S, int Shift = 0>
void run(bool fitted, std::int64_t shift, const std::int8_t* in, const std::int32_t* matrix, std::int8_t* out) {
  if constexpr (Shift <= 20) {
    if (shift != Shift) return run<S, Shift + 1>(fitted, shift, in, matrix, out);
    if (!fitted) return run<S, false, Shift>(in, matrix, out);
    if constexpr (Shift > 0) run<S, true, Shift>(in, matrix, out);
  }
}

enum class Channels { kRectified, kOneShift, kOwnShifts };

template <class S>
void expect_exact(Channels kind, bool expect_fitted) {
  Random random;
  int fitted_layers = 0, layers = 0;
  for (int i = 0; i < 12; ++i) {
    mote::Tensor output;
    output.type = mote::DataType::kInt8;
    output.quantization.scales = {0.05F};
    output.quantization.zero_points = {kind == Channels::kRectified ? -128 : random.between(-100, 100)};
    mote::Window window{S::batch, S::in_h,     S::in_w,     S::in_c, S::out_h, S::out_w,   S::out_c,   S::k_h,
                        S::k_w,   S::stride_h, S::stride_w, 1,       1,        S::pad_top, S::pad_left};
    std::vector<std::int8_t> weights(static_cast<std::size_t>(S::out_c * S::k_h * S::k_w * S::in_c));
    for (auto& weight : weights) weight = static_cast<std::int8_t>(random.between(-128, 127));
    std::vector<std::int32_t> bias;
    std::vector<mote::Multiplier> multipliers;
    for (int c = 0; c < S::out_c; ++c) {
      bias.push_back(random.between(-20000, 20000));
      multipliers.push_back({random.between(1 << 30, INT32_MAX), kind == Channels::kOwnShifts ? -random.between(5, 9) : -7});
      if (random.between(0, 19) == 0) multipliers.back() = {};
    }
    const auto activation = kind == Channels::kRectified ? mote::Activation::kRelu : mote::Activation::kNone;
    const mote::PackedConvolution layer{window, weights, bias, {output, activation, multipliers}};
    ASSERT_TRUE(mote::tiles_apply(layer));
    const auto call = mote::lower_tiles(layer, S::input_zero_point);
    std::vector<std::int32_t> matrix(call.constants[0].bytes.size() / 4);
    std::memcpy(matrix.data(), call.constants[0].bytes.data(), call.constants[0].bytes.size());
    std::vector<std::int8_t> in(static_cast<std::size_t>(S::batch * S::in_h * S::in_w * S::in_c));
    for (auto& value : in)
      value = static_cast<std::int8_t>(i % 3 == 0 ? (random.between(0, 1) == 0 ? -128 : 127) : random.between(-128, 127));
    std::vector<std::int8_t> out(static_cast<std::size_t>(S::pixels * S::out_c));
    const bool fitted = value_of(call, "fitted") == 1;
    run<S>(fitted, value_of(call, "shift"), in.data(), matrix.data(), out.data());
    ASSERT_EQ(out, expected<S>(layer, in)) << "layer " << i;
    ++layers;
    fitted_layers += fitted ? 1 : 0;
  }
  if (expect_fitted) {
    EXPECT_GT(fitted_layers, layers / 2);
  } else {
    EXPECT_EQ(fitted_layers, 0);
  }
}

template <class S>
void expect_exact_for_all() {
  expect_exact<S>(Channels::kRectified, true);
  expect_exact<S>(Channels::kOneShift, false);
  expect_exact<S>(Channels::kOwnShifts, false);
}

//                                                             in_h in_w in_c out_c k stride pad
TEST(Tiles, Pointwise) { expect_exact_for_all<Sizes<19, 23, 17, 7, 1, 1, 0>>(); }
TEST(Tiles, PointwiseOfMostInputs) { expect_exact_for_all<Sizes<16, 16, 32, 5, 1, 1, 0>>(); }
TEST(Tiles, ImageOfThreeColors) { expect_exact_for_all<Sizes<34, 30, 3, 8, 3, 2, 0>>(); }
TEST(Tiles, BordersOnEverySide) { expect_exact_for_all<Sizes<29, 31, 1, 9, 3, 1, 1>>(); }
TEST(Tiles, EveryOtherPixel) { expect_exact_for_all<Sizes<33, 31, 15, 9, 1, 2, 0>>(); }

TEST(Tiles, RefusesWhatIsTooSmall) {
  const auto layer = [](std::int32_t size, std::int32_t in_c, std::int32_t out_c) {
    mote::Tensor output;
    output.type = mote::DataType::kInt8;
    output.quantization.scales = {0.05F};
    output.quantization.zero_points = {0};
    const auto channels = static_cast<std::size_t>(out_c);
    return mote::PackedConvolution{{1, size, size, in_c, size, size, out_c, 1, 1, 1, 1, 1, 1, 0, 0},
                              std::vector<std::int8_t>(channels * static_cast<std::size_t>(in_c), 100),
                              std::vector<std::int32_t>(channels),
                              {output, mote::Activation::kNone, {{1 << 30, -7}}}};
  };
  const auto applies = [&](std::int32_t size, std::int32_t in_c, std::int32_t out_c) { return mote::tiles_apply(layer(size, in_c, out_c)); };
  EXPECT_TRUE(applies(64, 8, 3));
  EXPECT_FALSE(applies(64, 8, 2));   // no whole block
  EXPECT_FALSE(applies(64, 33, 3));  // too many values in a window
  EXPECT_TRUE(applies(16, 8, 3));    // of a larger layer's rows
  EXPECT_FALSE(mote::tiles_pay(layer(16, 8, 3)));  // not worth a kernel of its own
  EXPECT_TRUE(mote::tiles_pay(layer(64, 8, 3)));
}

}  // namespace
