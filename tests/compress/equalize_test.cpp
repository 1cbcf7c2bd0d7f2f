#include <cmath>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/calibrate.hpp"
#include "compress/equalize.hpp"

namespace mote::test {
namespace {

/// A convolution's weights with each channel at a size of its own, from 1 down to 1/1000.
TensorId uneven_weights(FloatBuilder& b, const Shape& shape, std::int32_t channels, bool innermost) {
  std::vector<float> values = random_floats(b.random(), static_cast<std::size_t>(element_count(shape)));
  const std::size_t per_channel = values.size() / static_cast<std::size_t>(channels);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = innermost ? i % static_cast<std::size_t>(channels) : i / per_channel;
    values[i] *= std::pow(10.0F, -3.0F * static_cast<float>(c) / static_cast<float>(channels - 1));
  }
  return b.constant(shape, values);
}

/// conv -> depthwise -> conv, channels of very different sizes between them.
Graph uneven_chain(Activation activation) {
  FloatBuilder b(1);
  const Padding same{.kind = Padding::Kind::kSame};
  TensorId x = b.float_input({1, 6, 6, 3});
  x = b.op("conv_2d", {x, uneven_weights(b, {8, 3, 3, 3}, 8, false), b.weights({8}, 0.0005F)}, {{"padding", same}, {"activation", activation}});
  x = b.op("max_pool_2d", {x}, {{"k_h", 2}, {"k_w", 2}, {"stride_h", 2}, {"stride_w", 2}});
  x = b.depthwise(x, activation);
  b.output(b.convolution(x, 4, 1, Activation::kNone));
  return b.finish();
}

std::vector<float> peaks_of_first_layer(const Graph& graph, const SampleInputs& samples) {
  return channel_peaks(graph, samples, {})[static_cast<std::size_t>(graph.nodes[0].outputs[0])];
}

TEST(Equalize, KeepsEveryBitOfEveryAnswer) {
  const Graph graph = uneven_chain(Activation::kRelu);
  const SampleInputs samples = random_samples(graph, 16, 2);
  Graph equalized = graph;
  EXPECT_EQ(equalize(equalized, channel_peaks(graph, samples, {})), 2);
  verify(equalized);
  for (const auto& sample : samples) EXPECT_EQ(Evaluator(equalized).run(sample), Evaluator(graph).run(sample));
}

TEST(Equalize, BringsChannelsToOneSize) {
  const Graph graph = uneven_chain(Activation::kRelu);
  const SampleInputs samples = random_samples(graph, 16, 2);
  const auto spread = [&](const Graph& g) {
    const std::vector<float> peaks = peaks_of_first_layer(g, samples);
    return *std::max_element(peaks.begin(), peaks.end()) / *std::min_element(peaks.begin(), peaks.end());
  };
  Graph equalized = graph;
  equalize(equalized, channel_peaks(graph, samples, {}));
  EXPECT_GT(spread(graph), 100.0F);
  EXPECT_LT(spread(equalized), 2.1F) << "a depthwise layer behind: nothing but the powers of two is left";
}

TEST(Equalize, StopsAtRelu6) {
  Graph graph = uneven_chain(Activation::kRelu6);
  const SampleInputs samples = random_samples(graph, 4, 2);
  EXPECT_EQ(equalize(graph, channel_peaks(graph, samples, {})), 0);
}

TEST(Equalize, LeavesValuesThatAreReadTwice) {
  FloatBuilder b(4);
  TensorId x = b.convolution(b.float_input({1, 4, 4, 2}), 4, 1);
  b.output(b.op("add", {x, b.convolution(x, 4, 1)}));
  Graph graph = b.finish();
  const SampleInputs samples = random_samples(graph, 4, 2);
  EXPECT_EQ(equalize(graph, channel_peaks(graph, samples, {})), 0);
}

TEST(Equalize, RandomGraphsKeepTheirAnswers) {
  int pairs = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Graph graph = random_float_graph(seed);
    const SampleInputs samples = random_samples(graph, 3, seed);
    Graph equalized = graph;
    pairs += equalize(equalized, channel_peaks(graph, samples, {}));
    verify(equalized);
    for (const auto& sample : samples) ASSERT_EQ(Evaluator(equalized).run(sample), Evaluator(graph).run(sample)) << seed;
  }
  EXPECT_GT(pairs, 5);
}

}  // namespace
}  // namespace mote::test
