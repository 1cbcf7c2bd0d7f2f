#include "ops/evaluate.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

Bytes int8s(const std::vector<std::int8_t>& values) { return {values.begin(), values.end()}; }

/// One value in, one filter with a memory of two, both weights 1: the sum of this value and the last.
Graph running_sum() {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 1}, quantized(1.0F));
  const TensorId features = builder.constant<std::int8_t>({1, 1}, {1}, quantized(1.0F));
  const TensorId times = builder.constant<std::int8_t>({1, 2}, {1, 1}, quantized(1.0F));
  const TensorId state = builder.state({1, 2}, quantized(1.0F, 5), DataType::kInt8);
  builder.output(builder.node("svdf", {in, features, times, kNoTensor, state}, {{"rank", 1}}, quantized(1.0F)));
  return builder.finish();
}

TEST(Evaluator, KeepsStateUntilItIsReset) {
  const Graph graph = running_sum();
  Evaluator evaluator(graph);
  EXPECT_EQ(evaluator.run({int8s({10})})[0], int8s({10})) << "state begins as real zero";
  EXPECT_EQ(evaluator.run({int8s({7})})[0], int8s({17}));
  evaluator.reset();
  EXPECT_EQ(evaluator.run({int8s({7})})[0], int8s({7}));
}

TEST(Evaluator, WideStateBeginsAtItsZeroPoint) {
  GraphBuilder builder;
  const TensorId state = builder.state({1, 2}, quantized(1.0F, -3), DataType::kInt64);
  builder.output(builder.node("reshape", {state, builder.integers({2})}, {}, quantized(1.0F, -3), DataType::kInt64));
  const Graph graph = builder.finish();
  EXPECT_EQ(Evaluator(graph).run({})[0], array_of<std::int64_t>("<i8", {2}, {-3, -3}).bytes);
}

TEST(Evaluator, WrongInputsAreOurOwnMistake) {
  const Graph graph = running_sum();
  EXPECT_THROW(Evaluator(graph).run({}), InternalError);
  EXPECT_THROW(Evaluator(graph).run({int8s({1, 2})}), InternalError);
}

/// Declared as the file says; settle finds out.
Graph unsettled(Shape declared) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  builder.output(builder.node("relu", {in}));
  Graph graph = builder.finish();
  graph.tensor(1).shape = std::move(declared);
  return graph;
}

TEST(Settle, UnknownExtentsTakeWhatIsInferred) {
  for (const Shape& declared : {Shape{1, 4}, Shape{-1, 4}, Shape{-1, -1}, Shape{-1}}) {
    Graph graph = unsettled(declared);
    EXPECT_TRUE(settle(graph).empty());
    EXPECT_EQ(graph.tensor(1).shape, (Shape{1, 4}));
  }
}

TEST(Settle, WhatIsDeclaredOtherwiseIsAProblem) {
  for (const Shape& declared : {Shape{4}, Shape{1, 5}, Shape{-1, 5}}) {
    Graph graph = unsettled(declared);
    const auto problems = settle(graph);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_TRUE(contains(problems[0], "relu ('relu_0'): tensor 't1' is declared int8 " + to_string(declared) + " but comes out as int8 1x4"));
  }
}

TEST(Settle, ConstantSubgraphsBecomeConstants) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId constant = builder.constant<std::int8_t>({1, 4}, {-1, 2, -3, 4}, quantized(0.5F));
  const TensorId relu = builder.node("relu", {constant});
  builder.output(builder.node("add", {in, builder.node("relu", {relu})}));
  Graph graph = builder.finish();
  EXPECT_TRUE(settle(graph).empty());
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(*graph.tensor(graph.nodes[0].inputs[1]).data, int8s({0, 2, 0, 4}));
}

TEST(Settle, TheShapeOfAComputedTensorIsConstant) {
  GraphBuilder builder;
  const TensorId in = builder.input({2, 4});
  const TensorId shape = builder.node("shape", {in}, {}, {}, DataType::kInt32);
  Graph graph = builder.graph();
  graph.nodes.push_back({"reshape", operator_with("reshape"), {in, shape}, {graph.add_tensor({"out", DataType::kInt8, {-1}, quantized(0.5F), nullptr})}});
  graph.outputs = {2};
  EXPECT_TRUE(settle(graph).empty());
  EXPECT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.tensor(2).shape, (Shape{2, 4}));
}

}  // namespace
}  // namespace mote::test
