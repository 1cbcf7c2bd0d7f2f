#include "passes/fold_scales.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "graph/fused_activation.hpp"
#include "ops/evaluate.hpp"
#include "passes/fuse_activations.hpp"
#include "passes/sink_reshapes.hpp"

namespace mote::test {
namespace {

std::vector<float> random_values(std::size_t count, Random& random) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.between(-64, 64)) / 32;
  return values;
}

std::vector<float> answers(const Graph& graph, const std::vector<float>& input) {
  Bytes bytes(input.size() * sizeof(float));
  std::memcpy(bytes.data(), input.data(), bytes.size());
  const Bytes out = Evaluator(graph).run({bytes})[0];
  std::vector<float> values(out.size() / sizeof(float));
  std::memcpy(values.data(), out.data(), out.size());
  return values;
}

void expect_close(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-4F * std::max(1.0F, std::abs(a[i]))) << i;
}

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

struct Layer {
  std::string op;
  Shape weights;
  std::int32_t channels;
};

class FoldScales : public testing::TestWithParam<Layer> {};

TEST_P(FoldScales, TakesProductAndSumIntoTheLayer) {
  const auto& [op, shape, channels] = GetParam();
  Random random(3);
  GraphBuilder builder;
  const auto node = [&](std::string_view name, std::vector<TensorId> inputs, const Attributes& attributes = {}) {
    return builder.node(name, std::move(inputs), attributes, {}, DataType::kFloat32);
  };
  const TensorId in = builder.input({1, 5, 5, 4}, {}, DataType::kFloat32);
  const TensorId weights = builder.constant<float>(shape, random_values(static_cast<std::size_t>(element_count(shape)), random));
  const TensorId made = op == "transpose_conv" ? node(op, {builder.integers({1, 5, 5, channels}), weights, in, kNoTensor}) : node(op, {in, weights, kNoTensor});
  const auto per_channel = [&] { return builder.constant<float>({1, 1, channels}, random_values(static_cast<std::size_t>(channels), random)); };
  Shape split = builder.tensor(made).shape;
  split.insert(split.begin(), 1);
  const TensorId other = node("reshape", {made, builder.integers(split)}, {{"new_shape", split}});
  const TensorId scaled = node("mul", {other, per_channel()});
  const TensorId moved = node("add", {per_channel(), scaled});
  builder.output(node("sub", {moved, per_channel()}));
  const Graph before = builder.finish();
  Graph after = before;
  EXPECT_TRUE(fold_scales(after));
  prune(after);
  ASSERT_NO_THROW(verify(after));
  EXPECT_EQ(after.nodes.size(), 2U);
  const auto input = random_values(100, random);
  expect_close(answers(before, input), answers(after, input));
}

INSTANTIATE_TEST_SUITE_P(Layers, FoldScales,
                         testing::Values(Layer{"conv_2d", {3, 2, 2, 4}, 3}, Layer{"depthwise_conv_2d", {1, 2, 2, 8}, 8}, Layer{"transpose_conv", {3, 1, 1, 4}, 3},
                                         Layer{"fully_connected", {6, 4}, 6}));

TEST(FoldScales, LeavesALayerThatSomeoneElseReads) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4}, {}, DataType::kFloat32);
  const TensorId made = builder.node("fully_connected", {in, builder.constant<float>({2, 4}, std::vector<float>(8, 1)), kNoTensor}, {}, {}, DataType::kFloat32);
  builder.output(builder.node("mul", {made, builder.constant<float>({2}, {2, 3})}, {}, {}, DataType::kFloat32));
  builder.output(made);
  Graph graph = builder.finish();
  EXPECT_FALSE(fold_scales(graph));
}

TEST(FoldScales, TakesABatchNormalizationAndItsActivationIntoTheLayer) {
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
    EXPECT_TRUE(fold_scales(folded));
    prune(folded);
    verify(folded);
    ASSERT_EQ(folded.nodes.size(), 1U);
    EXPECT_EQ(fused_activation(*folded.nodes[0].op), Activation::kRelu);
    expect_near_answers(graph, folded, random_samples(graph, 4, 2));
  }
}

TEST(FoldScales, LeavesScalingBehindAnActivation) {
  FloatBuilder b(1);
  b.output(b.op("mul", {b.convolution(b.float_input({1, 5, 5, 3}), 4, 3), b.weights({4}, 2.0F)}));
  Graph graph = b.finish();
  EXPECT_FALSE(fold_scales(graph));
}

TEST(FoldScales, LeavesAConstantThatSpreadsTheSum) {
  FloatBuilder b(1);
  const TensorId x = b.dense(b.float_input({1, 6}), 4);
  b.output(b.op("add", {x, b.weights({3, 4}, 2.0F)}));
  Graph graph = b.finish();
  EXPECT_FALSE(fold_scales(graph));
}

TEST(FoldScales, RandomGraphsKeepTheirAnswers) {
  std::size_t folded_nodes = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Graph graph = random_float_graph(seed);
    Graph folded = graph;
    if (fuse_activations(folded)) prune(folded);
    const std::size_t unfolded = folded.nodes.size();
    if (fold_scales(folded)) prune(folded);
    folded_nodes += unfolded - folded.nodes.size();
    verify(folded);
    expect_near_answers(graph, folded, random_samples(graph, 3, seed));
  }
  EXPECT_GT(folded_nodes, 10U);
}

TEST(SinkReshapes, AnActivationMeetsTheLayerBeforeTheReshape) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 6}, {}, DataType::kFloat32);
  const TensorId made = builder.node("tanh", {in}, {}, {}, DataType::kFloat32);
  const TensorId shaped = builder.node("reshape", {made, builder.integers({2, 3})}, {}, {}, DataType::kFloat32);
  const TensorId clipped = builder.node("relu", {shaped}, {}, {}, DataType::kFloat32);
  builder.output(builder.node("reshape", {clipped, builder.integers({3, 2})}, {}, {}, DataType::kFloat32));
  const Graph before = builder.finish();
  Graph after = before;
  EXPECT_TRUE(sink_reshapes(after));
  prune(after);
  ASSERT_NO_THROW(verify(after));
  ASSERT_EQ(after.nodes.size(), 3U);
  EXPECT_EQ(after.nodes[1].op->name(), "relu");
  EXPECT_EQ(after.nodes[2].op->name(), "reshape");
  const std::vector<float> input{-3, -2, -1, 1, 2, 3};
  EXPECT_EQ(answers(before, input), answers(after, input));
}

}  // namespace
}  // namespace mote::test
