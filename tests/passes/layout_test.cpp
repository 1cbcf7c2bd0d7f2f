#include "passes/layout.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "graph/print.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {
namespace {

int transposes(const Graph& graph) {
  int count = 0;
  for (const Node& node : graph.nodes) count += node.op->name() == "transpose" ? 1 : 0;
  return count;
}

std::vector<Bytes> random_inputs(const Graph& graph, Random& random) {
  std::vector<Bytes> inputs;
  for (const TensorId id : graph.inputs) {
    std::vector<float> values(static_cast<std::size_t>(graph.tensor(id).elements()));
    for (float& value : values) value = static_cast<float>(random.between(-100, 100)) / 16;
    inputs.emplace_back(reinterpret_cast<const std::uint8_t*>(values.data()), reinterpret_cast<const std::uint8_t*>(values.data() + values.size()));
  }
  return inputs;
}

TEST(Layout, TwoTransposesAroundAnElementwiseOperatorGo) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 float32 1x2x3x4 "in"
tensor %1 int32 4 "to_first" constant=00000000030000000100000002000000
tensor %2 float32 1x4x2x3 "first"
tensor %3 float32 4x1x1 "factors" constant=0000803f000000400000404000008040
tensor %4 float32 1x4x2x3 "scaled"
tensor %5 int32 4 "to_last" constant=00000000020000000300000001000000
tensor %6 float32 1x2x3x4 "out"
inputs (%0)
node transpose "t0" (%0 %1) -> (%2)
node mul "mul" (%2 %3) -> (%4) activation=none
node transpose "t1" (%4 %5) -> (%6)
outputs (%6)
)");
  EXPECT_TRUE(layout(graph));
  prune(graph);
  EXPECT_EQ(print_graph(graph), R"(graph "g"
tensor %0 float32 1x2x3x4 "in"
tensor %1 float32 1x2x3x4 "out"
tensor %2 float32 1x1x1x4 "factors" constant=0000803f000000400000404000008040
inputs (%0)
node mul "mul" (%0 %2) -> (%1) activation=none
outputs (%1)
)");
  EXPECT_NO_THROW(verify(graph));
}

TEST(Layout, AnInputThatKeepsTheFilesOrderTakesTheBetterOne) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 float32 1x3x2x2 "in" file_axes=[0,1,2,3]
tensor %1 int32 4 "to_last" constant=00000000020000000300000001000000
tensor %2 float32 1x2x2x3 "last"
tensor %3 float32 1x1x1x3 "weights" constant=0000803f0000004000004040
tensor %4 float32 1x2x2x1 "out"
inputs (%0)
node transpose "t0" (%0 %1) -> (%2)
node conv_2d "conv" (%2 %3 -) -> (%4) padding=valid stride_h=1 stride_w=1 dilation_h=1 dilation_w=1 activation=none
outputs (%4)
)");
  EXPECT_TRUE(layout(graph));
  prune(graph);
  EXPECT_EQ(transposes(graph), 0);
  EXPECT_EQ(graph.tensor(graph.inputs[0]).shape, (Shape{1, 2, 2, 3}));
  EXPECT_EQ(graph.tensor(graph.inputs[0]).file_axes, (std::vector<std::int32_t>{0, 3, 1, 2}));
  EXPECT_NO_THROW(verify(graph));
}

TEST(Layout, AnInputWhoseOrderIsFixedKeepsIt) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 3, 2, 2}, {}, DataType::kFloat32);
  const TensorId last = builder.node("transpose", {in, builder.integers({0, 2, 3, 1})}, {}, {}, DataType::kFloat32);
  builder.output(builder.node("relu", {last}, {}, {}, DataType::kFloat32));
  Graph graph = builder.finish();
  layout(graph);
  prune(graph);
  verify(graph);
  EXPECT_EQ(transposes(graph), 1);
  EXPECT_EQ(graph.tensor(graph.inputs[0]).shape, (Shape{1, 3, 2, 2}));
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (Shape{1, 2, 2, 3}));
}

/// What a flattened image brings to a fully connected layer in the order of the file.
TEST(Layout, WeightsBehindAFlattenedImageAreReordered) {
  Random random(7);
  GraphBuilder builder;
  const TensorId in = builder.input({1, 2, 3, 4}, {}, DataType::kFloat32);
  const TensorId real = builder.node("relu", {in}, {}, {}, DataType::kFloat32);
  const TensorId first = builder.node("transpose", {real, builder.integers({0, 3, 1, 2})}, {}, {}, DataType::kFloat32);
  const TensorId flat = builder.node("reshape", {first, builder.integers({1, 24})}, {}, {}, DataType::kFloat32);
  std::vector<float> weights(48);
  for (float& each : weights) each = static_cast<float>(random.between(-8, 8));
  const TensorId dense = builder.node("fully_connected", {flat, builder.constant<float>({2, 24}, weights), kNoTensor}, {}, {}, DataType::kFloat32);
  builder.output(dense);
  const Graph before = builder.finish();
  Graph after = before;
  EXPECT_TRUE(layout(after));
  prune(after);
  verify(after);
  EXPECT_EQ(transposes(after), 0);
  const auto inputs = random_inputs(before, random);
  EXPECT_EQ(Evaluator(before).run(inputs), Evaluator(after).run(inputs));
}

/// Steps over tensors of rank 4, with transpositions strewn in between.
class RandomLayouts : public testing::TestWithParam<std::uint32_t> {};

Graph random_transposed_graph(Random& random) {
  GraphBuilder builder;
  std::vector<TensorId> pool{builder.input({2, 3, 4, 5}, {}, DataType::kFloat32)};
  const auto node = [&](std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes = {}) {
    return builder.node(op, std::move(inputs), attributes, {}, DataType::kFloat32);
  };
  for (int i = 0; i < 14; ++i) {
    const TensorId a = pool[random.below(static_cast<std::uint32_t>(pool.size()))];
    const Shape shape = builder.tensor(a).shape;
    const auto rank = static_cast<std::int32_t>(shape.size());
    const std::int32_t axis = random.between(0, rank - 1);
    switch (random.below(9)) {
      case 0:
      case 1:
      case 2: {
        std::vector<std::int32_t> order(shape.size());
        for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<std::int32_t>(k);
        for (std::size_t k = order.size(); k > 1; --k) std::swap(order[k - 1], order[random.below(static_cast<std::uint32_t>(k))]);
        pool.push_back(node("transpose", {a, builder.integers(order)}));
        break;
      }
      case 3:
        pool.push_back(node("relu", {a}));
        break;
      case 4: {
        const TensorId b = pool[random.below(static_cast<std::uint32_t>(pool.size()))];
        if (builder.tensor(b).shape == shape) pool.push_back(node("add", {a, b}));
        break;
      }
      case 5: {
        std::vector<float> values(static_cast<std::size_t>(shape.back()));
        for (float& value : values) value = static_cast<float>(random.between(-4, 4));
        pool.push_back(node("mul", {a, builder.constant<float>({shape.back()}, values)}));
        break;
      }
      case 6: {
        std::vector<std::int32_t> begin(shape.size(), 0), size(shape);
        if (size[static_cast<std::size_t>(axis)] < 2) break;
        begin[static_cast<std::size_t>(axis)] = 1;
        size[static_cast<std::size_t>(axis)] -= 1;
        pool.push_back(node("slice", {a, builder.integers(begin), builder.integers(size)}));
        break;
      }
      case 7:
        if (builder.tensor(a).elements() < 2000) pool.push_back(node("concatenation", {a, a}, {{"axis", axis}}));
        break;
      default:
        pool.push_back(node("mean", {a, builder.integers({axis})}, {{"keep_dims", rank < 3 || random.one_in(2)}}));
    }
  }
  builder.output(pool.back());
  if (pool.size() > 2) builder.output(pool[pool.size() / 2] == pool.front() ? node("relu", {pool.front()}) : pool[pool.size() / 2]);
  return builder.finish();
}

TEST_P(RandomLayouts, GiveTheSameAnswers) {
  Random random(GetParam());
  const Graph before = random_transposed_graph(random);
  Graph after = before;
  layout(after);
  prune(after);
  ASSERT_NO_THROW(verify(after)) << print_graph(before) << print_graph(after);
  EXPECT_LE(transposes(after), std::max(transposes(before), 4));
  const auto inputs = random_inputs(before, random);
  EXPECT_EQ(Evaluator(before).run(inputs), Evaluator(after).run(inputs)) << print_graph(before) << print_graph(after);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLayouts, testing::Range(0U, 60U));

}  // namespace
}  // namespace mote::test
