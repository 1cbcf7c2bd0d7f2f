#include <cmath>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/fold_layers.hpp"
#include "graph/fused_activation.hpp"
#include "passes/fuse_activations.hpp"

namespace mote::test {
namespace {

void expect_near_answers(const Graph& a, const Graph& b, const std::vector<std::vector<Bytes>>& samples) {
  for (const auto& sample : samples) {
    const std::vector<float> left = float_answers(a, sample);
    const std::vector<float> right = float_answers(b, sample);
    ASSERT_EQ(left.size(), right.size());
    float largest = 1e-3F;
    for (const float value : left) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < left.size(); ++i) EXPECT_NEAR(left[i], right[i], 2e-5F * largest);
  }
}

TEST(FoldLayers, TakesABatchNormalizationAndItsActivationIntoTheLayer) {
  for (const bool depthwise : {false, true}) {
    FloatBuilder b(1);
    TensorId x = b.float_input({1, 5, 5, 3});
    x = depthwise ? b.depthwise(x, Activation::kNone) : b.convolution(x, 4, 3, Activation::kNone);
    const std::int32_t c = b.tensor(x).shape[3];
    x = b.op("mul", {b.weights({c}, 2.0F), x});
    x = b.op("add", {x, b.weights({1, 1, 1, c}, 1.0F)});
    x = b.op("sub", {b.weights({c}, 1.0F), x});
    b.output(b.op("relu", {x}));
    const Graph graph = b.finish();
    Graph folded = graph;
    EXPECT_TRUE(fuse_activations(folded));
    prune(folded);
    EXPECT_EQ(fold_scaling_into_layers(folded), 3);
    verify(folded);
    ASSERT_EQ(folded.nodes.size(), 1U);
    EXPECT_EQ(fused_activation(*folded.nodes[0].op), Activation::kRelu);
    expect_near_answers(graph, folded, random_samples(graph, 4, 2));
  }
}

TEST(FoldLayers, LeavesALayerWhoseSumIsReadElsewhere) {
  FloatBuilder b(1);
  const TensorId x = b.convolution(b.float_input({1, 5, 5, 3}), 4, 3, Activation::kNone);
  b.output(b.op("mul", {x, b.weights({4}, 2.0F)}));
  b.output(x);
  Graph graph = b.finish();
  EXPECT_EQ(fold_scaling_into_layers(graph), 0);
}

TEST(FoldLayers, LeavesScalingBehindAnActivation) {
  FloatBuilder b(1);
  b.output(b.op("mul", {b.convolution(b.float_input({1, 5, 5, 3}), 4, 3), b.weights({4}, 2.0F)}));
  Graph graph = b.finish();
  EXPECT_EQ(fold_scaling_into_layers(graph), 0);
}

TEST(FoldLayers, LeavesAConstantThatSpreadsTheSum) {
  FloatBuilder b(1);
  const TensorId x = b.dense(b.float_input({1, 6}), 4);
  b.output(b.op("add", {x, b.weights({3, 4}, 2.0F)}));
  Graph graph = b.finish();
  EXPECT_EQ(fold_scaling_into_layers(graph), 0);
}

TEST(FoldLayers, WidensInt8WeightsOfFloatLayers) {
  FloatBuilder b(1);
  const TensorId x = b.float_input({1, 3});
  const TensorId weights = b.constant<std::int8_t>({2, 3}, {1, 2, 3, -4, 5, -127}, {{0.5F, 0.25F}, {0, 0}, 0});
  b.output(b.op("fully_connected", {x, weights, kNoTensor}));
  const Graph graph = b.finish();
  Graph widened = graph;
  EXPECT_EQ(widen_weights(widened), 1);
  verify(widened);
  const auto values = NodeView(widened, widened.nodes[0]).input(1).values<float>();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{0.5F, 1.0F, 1.5F, -1.0F, 1.25F, -31.75F}));
  expect_near_answers(graph, widened, random_samples(graph, 3, 2));
}

TEST(FoldLayers, RandomGraphsKeepTheirAnswers) {
  int folded_nodes = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Graph graph = random_float_graph(seed);
    Graph folded = graph;
    if (fuse_activations(folded)) prune(folded);
    folded_nodes += fold_scaling_into_layers(folded);
    verify(folded);
    expect_near_answers(graph, folded, random_samples(graph, 3, seed));
  }
  EXPECT_GT(folded_nodes, 10);
}

}  // namespace
}  // namespace mote::test
