#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "graph/print.hpp"

namespace mote::test {
namespace {

TEST(Prune, DropsWhatNobodyNeedsAndRenumbersInOrder) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 int8 1x4 "in" scale=[1] zero_point=[0]
tensor %1 float32 3 "unused"
tensor %2 int8 1x4 "dead" scale=[1] zero_point=[0]
tensor %3 int8 1x4 "dead end" scale=[1] zero_point=[0]
tensor %4 int8 1x4 "out" scale=[1] zero_point=[0]
inputs (%0)
node relu "a" (%0) -> (%2)
node relu "b" (%2) -> (%3)
node relu "c" (%0) -> (%4)
outputs (%4)
)");
  prune(graph);
  EXPECT_EQ(print_graph(graph), R"(graph "g"
tensor %0 int8 1x4 "in" scale=[1] zero_point=[0]
tensor %1 int8 1x4 "out" scale=[1] zero_point=[0]
inputs (%0)
node relu "c" (%0) -> (%1)
outputs (%1)
)");
  EXPECT_NO_THROW(verify(graph));
}

TEST(Prune, KeepsEveryResultOfANodeThatIsNeeded) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 8});
  const TensorId axis = builder.constant<std::int32_t>({}, {1});
  builder.output(builder.nodes("split", {axis, in}, {{"num_splits", 2}}, quantized(0.5F), 2)[1]);
  Graph graph = builder.finish();
  prune(graph);
  EXPECT_EQ(graph.tensors.size(), 4U);
  EXPECT_NO_THROW(verify(graph));
}

TEST(Prune, KeepsInputsThatNobodyReads) {
  GraphBuilder builder;
  builder.input({1, 8});
  builder.output(builder.node("relu", {builder.input({1, 4})}));
  Graph graph = builder.finish();
  prune(graph);
  EXPECT_EQ(graph.inputs, (std::vector<TensorId>{0, 1}));
}

TEST(Prune, KeepsNodesThatChangeState) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId features = builder.constant<std::int8_t>({2, 4}, std::vector<std::int8_t>(8, 1), quantized(0.1F));
  const TensorId times = builder.constant<std::int8_t>({2, 3}, std::vector<std::int8_t>(6, 1), quantized(0.1F));
  const TensorId state = builder.state({1, 6}, quantized(0.5F), DataType::kInt8);
  builder.node("svdf", {in, features, times, kNoTensor, state}, {{"rank", 1}});
  builder.output(builder.node("relu", {in}));
  Graph graph = builder.finish();
  prune(graph);
  EXPECT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.nodes[0].inputs[3], kNoTensor);
  EXPECT_NO_THROW(verify(graph));
}

}  // namespace
}  // namespace mote::test
