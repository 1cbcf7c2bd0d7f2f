// The depthwise kernel for Helium, in its portable form, on tables as they are packed, against plain sums.

#include "ops/depthwise_mve.hpp"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "graph/graph.hpp"

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/depthwise_conv_2d_mve.hpp"
#undef mote

namespace {

mote::Tensor output_tensor(std::int32_t zero_point) {
  mote::Tensor tensor;
  tensor.type = mote::DataType::kInt8;
  tensor.quantization.scales = {0.05F};
  tensor.quantization.zero_points = {zero_point};
  return tensor;
}

constexpr std::int32_t kInputZero = -7, kOutputZero = 3;

mote::DepthwiseRows random_layer(const mote::Window& w, int least_shift, unsigned seed) {
  std::mt19937 engine(seed);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); };
  std::vector<std::int8_t> weights(static_cast<std::size_t>(w.k_h * w.k_w * w.in_c));
  for (auto& weight : weights) weight = static_cast<std::int8_t>(between(-128, 127));
  std::vector<std::int32_t> bias;
  std::vector<mote::Multiplier> multipliers;
  for (int c = 0; c < w.in_c; ++c) {
    bias.push_back(between(-3000, 3000));
    multipliers.push_back({between(1 << 30, INT32_MAX), c == 0 ? -least_shift : -between(least_shift, 12)});
  }
  return {w, weights, bias, kInputZero, {output_tensor(kOutputZero), mote::Activation::kNone, multipliers}};
}

std::vector<std::int8_t> random_values(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::vector<std::int8_t> result(count);
  for (auto& value : result) value = static_cast<std::int8_t>(std::uniform_int_distribution<int>(-128, 127)(engine));
  return result;
}

std::vector<std::int8_t> expected(const mote::DepthwiseRows& layer, const std::vector<std::int8_t>& in) {
  const mote::Window& w = layer.window;
  std::vector<std::int8_t> out;
  for (int y = 0; y < w.out_h; ++y)
    for (int x = 0; x < w.out_w; ++x)
      for (int c = 0; c < w.in_c; ++c) {
        std::int32_t sum = layer.bias[static_cast<std::size_t>(c)];
        for (int ky = 0; ky < w.k_h; ++ky)
          for (int kx = 0; kx < w.k_w; ++kx) {
            const int iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
            const int ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
            if (iy < 0 || iy >= w.in_h || ix < 0 || ix >= w.in_w) continue;
            sum += (in[static_cast<std::size_t>((iy * w.in_w + ix) * w.in_c + c)] - kInputZero) *
                   layer.weights[static_cast<std::size_t>((ky * w.k_w + kx) * w.in_c + c)];
          }
        out.push_back(layer.finish.apply<std::int8_t>(sum, static_cast<std::size_t>(c)));
      }
  return out;
}

/// A kernel's constants are what the compiler chose for the window: the test states them and checks that it did.
template <typename L>
void expect_exact(mote::Window w, std::int64_t budget, int least_shift) {
  mote::Padding same;
  same.kind = mote::Padding::Kind::kSame;
  w.place(same);
  for (unsigned seed = 0; seed < 5; ++seed) {
    const mote::DepthwiseRows layer = random_layer(w, least_shift, seed);
    const mote::DepthwiseMve packed(layer, budget);
    ASSERT_TRUE(packed.applies());
    mote::Graph graph;
    graph.tensors = {output_tensor(kOutputZero)};
    mote::Node node;
    node.outputs = {0};
    const mote::KernelCall call = packed.lower(mote::NodeView(graph, node));
    const std::map<std::string, std::int64_t> stated = {{"out_h", L::out_h},
                                                        {"out_w", L::out_w},
                                                        {"line", L::line},
                                                        {"plane", L::plane},
                                                        {"plane_bytes", L::plane_bytes},
                                                        {"chunk", L::chunk},
                                                        {"pitch", L::pitch},
                                                        {"groups", L::groups},
                                                        {"periods", L::periods},
                                                        {"blocks", L::blocks},
                                                        {"gathers", L::gathers},
                                                        {"apart", L::apart},
                                                        {"shared", L::shared},
                                                        {"planes", L::planes},
                                                        {"pad_top", L::pad_top},
                                                        {"reach", L::reach},
                                                        {"pad_left", L::pad_left},
                                                        {"scaling", L::scaling}};
    for (const mote::SpecField& field : call.spec) {
      const auto found = stated.find(field.name);
      if (found != stated.end()) {
        EXPECT_EQ(field.value, std::to_string(found->second)) << field.name;
      }
    }
    const auto in = random_values(static_cast<std::size_t>(w.in_h * w.in_w * w.in_c), seed + 99);
    std::vector<std::int8_t> out(static_cast<std::size_t>(w.out_h * w.out_w * w.in_c));
    std::vector<std::int32_t> stream(call.constants[0].bytes.size() / 4);
    std::memcpy(stream.data(), call.constants[0].bytes.data(), call.constants[0].bytes.size());
    std::vector<std::int32_t> scratch(static_cast<std::size_t>(call.scratch_bytes + 3) / 4);
    mote_on_device::depthwise_conv_2d_mve<L>(in.data(), stream.data(), call.constants[1].bytes.data(), out.data(),
                                             reinterpret_cast<std::uint8_t*>(scratch.data()));
    EXPECT_EQ(out, expected(layer, in)) << "seed " << seed;
  }
}

struct Common {
  static constexpr int32_t batch = 1, input_zero_point = kInputZero, output_zero_point = kOutputZero, clamp_min = -128,
                           clamp_max = 127;
};

struct Small3x3 : Common {
  static constexpr int32_t in_h = 9, in_w = 5, in_c = 11, out_h = 9, out_w = 5, stride_h = 1, stride_w = 1, pad_top = 1,
                           pad_left = 1, reach = 3, line = 6, plane = 68, plane_bytes = 551, chunk = 9, pitch = 5, groups = 6,
                           periods = 1, blocks = 3, gathers = 1, apart = 0, shared = 3, planes = 8, scaling = 1;
};
struct Strips7x7 : Common {
  static constexpr int32_t in_h = 20, in_w = 48, in_c = 5, out_h = 10, out_w = 24, stride_h = 2, stride_w = 2, pad_top = 2,
                           pad_left = 2, reach = 7, line = 51, plane = 362, plane_bytes = 772, chunk = 1, pitch = 24, groups = 3,
                           periods = 1, blocks = 2, gathers = 4, apart = 102, shared = 1, planes = 2, scaling = 2;
};

TEST(DepthwiseMve, SmallImageAtOnce) { expect_exact<Small3x3>({1, 9, 5, 11, 1, 1, 11, 3, 3, 1, 1, 1, 1}, 6144, 1); }
TEST(DepthwiseMve, StripsOfFewPlanes) { expect_exact<Strips7x7>({1, 20, 48, 5, 1, 1, 5, 7, 7, 2, 2, 1, 1}, 1024, -2); }

TEST(DepthwiseMve, RefusesSumsThatMightWrap) {
  mote::Window w{1, 4, 4, 1, 4, 4, 1, 1, 1, 1, 1, 1, 1};
  mote::DepthwiseRows layer = random_layer(w, 1, 1);
  layer.finish = {output_tensor(0), mote::Activation::kNone, {{1 << 30, 4}}};
  layer.bias = {1000};
  EXPECT_TRUE(mote::DepthwiseMve(layer, 2048).applies());
  layer.bias = {1 << 28};
  EXPECT_FALSE(mote::DepthwiseMve(layer, 2048).applies());
}

}  // namespace
