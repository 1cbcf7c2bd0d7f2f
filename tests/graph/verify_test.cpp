#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

/// in -> relu -> middle -> relu -> out
Graph chain() {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  builder.output(builder.node("relu", {builder.node("relu", {in})}));
  return builder.finish();
}

std::string problem(const Graph& graph) {
  return error_of([&] { verify(graph); });
}

TEST(Verify, AcceptsASoundGraph) { EXPECT_NO_THROW(verify(chain())); }

TEST(Verify, TensorUsedBeforeItIsMade) {
  Graph graph = chain();
  std::swap(graph.nodes[0], graph.nodes[1]);
  EXPECT_EQ(problem(graph), "operator 0 (relu 'relu_1'): tensor 't1' is used before anything has made it");
}

TEST(Verify, OnlyStateLasts) {
  Graph graph = chain();
  graph.tensor(1).lasting = true;
  EXPECT_EQ(problem(graph), "tensor 't1' lasts but is no state");
}

TEST(Verify, TwoProducers) {
  Graph graph = chain();
  graph.nodes[1].outputs = {1};
  EXPECT_TRUE(contains(problem(graph), "operator 1 (relu 'relu_1'): tensor 't1' has two producers"));
}

TEST(Verify, ResultThatIsAnInput) {
  Graph graph = chain();
  graph.nodes[0].outputs = {0};
  EXPECT_TRUE(contains(problem(graph), "tensor 't0' has two producers, or is both an input and a result"));
}

TEST(Verify, ResultThatIsAConstant) {
  Graph graph = chain();
  graph.tensor(1).data = std::make_shared<const std::vector<std::uint8_t>>(4);
  EXPECT_TRUE(contains(problem(graph), "tensor 't1' has two producers"));
}

TEST(Verify, WrongShape) {
  Graph graph = chain();
  graph.tensor(2).shape = {4};
  EXPECT_EQ(problem(graph), "operator 1 (relu 'relu_1'): tensor 't2' is declared int8 4 but comes out as int8 1x4");
}

TEST(Verify, WrongType) {
  Graph graph = chain();
  graph.tensor(2).type = DataType::kFloat32;
  EXPECT_TRUE(contains(problem(graph), "operator 1 (relu 'relu_1')"));
}

TEST(Verify, WrongNumberOfResults) {
  Graph graph = chain();
  graph.nodes[1].outputs.push_back(graph.add_tensor(graph.tensor(2)));
  EXPECT_TRUE(contains(problem(graph), "gives 1 outputs, the model lists 2"));
}

TEST(Verify, IndicesOutOfRange) {
  for (const TensorId bad : {3, -2, INT32_MIN}) {
    Graph graph = chain();
    graph.nodes[0].inputs = {bad};
    EXPECT_TRUE(contains(problem(graph), fmt::format("tensor index {} is out of range, the graph has 3", bad)));
    graph = chain();
    graph.outputs = {bad};
    EXPECT_TRUE(contains(problem(graph), "is out of range"));
    graph = chain();
    graph.inputs = {bad};
    EXPECT_TRUE(contains(problem(graph), "is out of range"));
  }
}

TEST(Verify, MissingOutputTensorOfANode) {
  Graph graph = chain();
  graph.nodes[0].outputs = {kNoTensor};
  EXPECT_TRUE(contains(problem(graph), "is out of range"));
}

TEST(Verify, OutputThatNothingMakes) {
  Graph graph = chain();
  Tensor lonely = graph.tensor(2);
  lonely.name = "lonely";
  graph.outputs = {graph.add_tensor(lonely)};
  EXPECT_EQ(problem(graph), "output 'lonely' is made by no operator");
}

TEST(Verify, InputThatIsAConstant) {
  Graph graph = chain();
  graph.tensor(0).data = std::make_shared<const std::vector<std::uint8_t>>(4);
  EXPECT_EQ(problem(graph), "input 't0' is a constant");
}

TEST(Producers, AndConsumersOfEachTensor) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId relu = builder.node("relu", {in});
  builder.output(builder.node("add", {relu, relu}));
  builder.output(builder.node("add", {relu, in}));
  const Graph graph = builder.finish();
  EXPECT_EQ(producers(graph), (std::vector<std::int32_t>{-1, 0, 1, 2}));
  EXPECT_EQ(consumers(graph), (std::vector<std::vector<std::int32_t>>{{0, 2}, {1, 2}, {}, {}}));
}

}  // namespace
}  // namespace mote::test
