#include <gtest/gtest.h>

#include "common/arena_check.hpp"
#include "common/graph_builder.hpp"
#include "memory/plan_memory.hpp"

namespace mote::test {
namespace {

/// A node whose output may lie over its first input; every other node needs memory of its own.
MemoryPlan planned(const Graph& graph, std::size_t node, std::vector<int> in_place = {0}) {
  std::vector<NodeMemory> nodes(graph.nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) nodes[i].aliases = graph.nodes[i].op->aliases(NodeView(graph, graph.nodes[i]));
  nodes[node].in_place = std::move(in_place);
  MemoryPlan plan = plan_memory(graph, nodes);
  EXPECT_EQ(arena_fault(graph, nodes, plan), "");
  return plan;
}

bool share(const MemoryPlan& plan, TensorId a, TensorId b) {
  return plan.tensor_offsets[static_cast<std::size_t>(a)] == plan.tensor_offsets[static_cast<std::size_t>(b)];
}

TEST(InPlace, TakesOverTheInputThatNobodyNeedsAnyMore) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 32});
  const TensorId out = builder.node("relu", {in});
  builder.output(out);
  const MemoryPlan plan = planned(builder.finish(), 0);
  EXPECT_TRUE(share(plan, in, out));
  EXPECT_EQ(plan.arena_bytes, 32);
}

TEST(InPlace, NotWhenTheInputIsReadLater) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 32});
  const TensorId out = builder.node("relu", {in});
  builder.output(builder.node("add", {out, in}));
  EXPECT_FALSE(share(planned(builder.finish(), 0), in, out));
}

TEST(InPlace, NotWhenAViewOfTheInputIsReadLater) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 32});
  const TensorId view = builder.node("reshape", {in, builder.integers({32})});
  const TensorId out = builder.node("relu", {in});
  builder.output(builder.node("add", {out, view}));
  EXPECT_FALSE(share(planned(builder.finish(), 1), in, out));
}

TEST(InPlace, NotOverAnOutputOfTheModel) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 32});
  const TensorId first = builder.node("relu", {in});
  const TensorId second = builder.node("relu", {first});
  builder.output(first);
  builder.output(second);
  EXPECT_FALSE(share(planned(builder.finish(), 1), first, second));
}

TEST(InPlace, NotOverState) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId state = builder.state({1, 4}, quantized(0.5F), DataType::kInt8);
  const TensorId out = builder.node("add", {state, in});
  builder.output(out);
  EXPECT_FALSE(share(planned(builder.finish(), 0), state, out));
}

TEST(InPlace, AWindowIsMovedWhereItLies) {
  GraphBuilder builder;
  const TensorId frame = builder.node("relu", {builder.input({1, 1, 8})});
  const TensorId state = builder.state({1, 4, 8}, quantized(0.5F), DataType::kInt8);
  const TensorId window = builder.node("push_window", {state, frame}, {{"axis", 1}});
  const TensorId out = builder.node("relu", {window});
  builder.output(out);
  const MemoryPlan plan = planned(builder.finish(), 2);
  EXPECT_TRUE(share(plan, state, window));
  EXPECT_FALSE(share(plan, window, out)) << "the window is needed by the next run";
}

TEST(InPlace, NotWhenAnotherInputLiesInTheSameBuffer) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 16});
  const TensorId axis = builder.constant<std::int32_t>({}, {1});
  const auto parts = builder.nodes("split", {axis, in}, {{"num_splits", 2}}, quantized(0.5F), 2);
  const TensorId out = builder.node("add", {parts[0], parts[1]});
  builder.output(out);
  const MemoryPlan plan = planned(builder.finish(), 1);
  EXPECT_TRUE(plan.is_view[0]);
  EXPECT_FALSE(share(plan, parts[0], out));
}

TEST(InPlace, TheSecondInputWhenTheFirstIsNeeded) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 32});
  const TensorId other = builder.node("relu", {in});
  const TensorId sum = builder.node("add", {in, other});
  builder.output(builder.node("add", {sum, in}));
  EXPECT_TRUE(share(planned(builder.finish(), 1, {0, 1}), other, sum));
}

TEST(InPlace, NotOverASmallerInput) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId large = builder.input({8, 4});
  const TensorId out = builder.node("add", {in, large});
  builder.output(out);
  EXPECT_FALSE(share(planned(builder.finish(), 0), in, out));
}

// The result belongs to a join whose other part is made while the rest of the input's buffer still lives.
TEST(InPlace, NotWhenTheResultBringsALivingJoinWithIt) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 8});
  const TensorId whole = builder.node("relu", {in});
  const TensorId part = builder.node("slice", {whole, builder.integers({0, 4}), builder.integers({1, 4})});
  const TensorId weights = builder.constant<std::int8_t>({4, 8}, std::vector<std::int8_t>(32, 3), quantized(0.1F));
  const TensorId first = builder.node("fully_connected", {in, weights, kNoTensor});
  const TensorId late = builder.node("relu", {whole});
  const TensorId second = builder.node("relu", {part});
  builder.output(builder.node("concatenation", {first, second}, {{"axis", 1}}));
  builder.output(late);
  planned(builder.finish(), 4);
}

}  // namespace
}  // namespace mote::test
