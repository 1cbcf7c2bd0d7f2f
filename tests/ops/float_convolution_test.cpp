// Float layers add several channels at once; every bit must be what one channel after another gives.

#include <gtest/gtest.h>

#include "common/float_graph.hpp"

namespace mote::test {
namespace {

constexpr std::int32_t kSize = 7, kDepth = 5;

struct Pixels {
  const std::vector<float>& values;
  std::int32_t channels;
  /// Padding is left out, not multiplied.
  const float* at(std::int32_t y, std::int32_t x) const {
    return y < 0 || x < 0 || y >= kSize || x >= kSize ? nullptr : &values[static_cast<std::size_t>((y * kSize + x) * channels)];
  }
};

std::vector<float> constant(const Graph& graph, TensorId id) {
  const auto values = graph.tensor(id).values<float>();
  return {values.begin(), values.end()};
}

std::vector<float> input_of(const std::vector<Bytes>& sample) {
  std::vector<float> values(sample[0].size() / sizeof(float));
  std::memcpy(values.data(), sample[0].data(), sample[0].size());
  return values;
}

/// A 3x3 layer, one channel after another: `weight(channel, tap, i)` on input channels `first(channel)` and the `depth - 1` after it.
template <typename Weight, typename First>
std::vector<float> one_by_one(const Pixels& in, std::int32_t channels, std::int32_t depth, const std::vector<float>& bias, Weight&& weight, First&& first) {
  std::vector<float> result;
  for (std::int32_t y = 0; y < kSize; ++y)
    for (std::int32_t x = 0; x < kSize; ++x)
      for (std::int32_t c = 0; c < channels; ++c) {
        float sum = 0;
        for (std::int32_t tap = 0; tap < 9; ++tap) {
          const float* pixel = in.at(y - 1 + tap / 3, x - 1 + tap % 3);
          for (std::int32_t i = 0; pixel != nullptr && i < depth; ++i) sum += pixel[first(c) + i] * weight(c, tap, i);
        }
        result.push_back(std::max(sum + bias[static_cast<std::size_t>(c)], 0.0F));
      }
  return result;
}

TEST(FloatConvolution, IsThatOfOneChannelAfterAnother) {
  for (const std::int32_t channels : {1, 3, 4, 6, 16, 21}) {
    FloatBuilder b(static_cast<std::uint32_t>(channels));
    b.output(b.convolution(b.float_input({1, kSize, kSize, kDepth}), channels, 3));
    const Graph graph = b.finish();
    const std::vector<float> weights = constant(graph, graph.nodes[0].inputs[1]);
    const auto sample = random_samples(graph, 1, 5)[0];
    const std::vector<float> in = input_of(sample);
    const auto weight = [&](std::int32_t c, std::int32_t tap, std::int32_t i) { return weights[static_cast<std::size_t>((c * 9 + tap) * kDepth + i)]; };
    EXPECT_EQ(float_answers(graph, sample),
              one_by_one({in, kDepth}, channels, kDepth, constant(graph, graph.nodes[0].inputs[2]), weight, [](std::int32_t) { return 0; }));
  }
}

TEST(FloatConvolution, DepthwiseToo) {
  for (const std::int32_t channels : {1, 4, 7, 18}) {
    FloatBuilder b(static_cast<std::uint32_t>(channels));
    b.output(b.depthwise(b.float_input({1, kSize, kSize, channels}), Activation::kRelu));
    const Graph graph = b.finish();
    const std::vector<float> weights = constant(graph, graph.nodes[0].inputs[1]);
    const auto sample = random_samples(graph, 1, 6)[0];
    const std::vector<float> in = input_of(sample);
    const auto weight = [&](std::int32_t c, std::int32_t tap, std::int32_t) { return weights[static_cast<std::size_t>(tap * channels + c)]; };
    EXPECT_EQ(float_answers(graph, sample),
              one_by_one({in, channels}, channels, 1, constant(graph, graph.nodes[0].inputs[2]), weight, [](std::int32_t c) { return c; }));
  }
}

TEST(FloatConvolution, FullyConnectedToo) {
  for (const std::int32_t units : {1, 8, 11}) {
    FloatBuilder b(static_cast<std::uint32_t>(units));
    b.output(b.dense(b.float_input({1, 37}), units));
    const Graph graph = b.finish();
    const std::vector<float> weights = constant(graph, graph.nodes[0].inputs[1]);
    const std::vector<float> bias = constant(graph, graph.nodes[0].inputs[2]);
    const auto sample = random_samples(graph, 1, 7)[0];
    const std::vector<float> in = input_of(sample);
    std::vector<float> wanted;
    for (std::size_t c = 0; c < bias.size(); ++c) {
      float sum = 0;
      for (std::size_t i = 0; i < in.size(); ++i) sum += in[i] * weights[c * in.size() + i];
      wanted.push_back(sum + bias[c]);
    }
    EXPECT_EQ(float_answers(graph, sample), wanted);
  }
}

}  // namespace
}  // namespace mote::test
