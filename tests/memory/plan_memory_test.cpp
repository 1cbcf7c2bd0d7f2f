#include "memory/plan_memory.hpp"

#include <gtest/gtest.h>

#include "common/arena_check.hpp"
#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

TensorId dense(GraphBuilder& builder, TensorId in, std::int32_t units) {
  const auto depth = static_cast<std::int32_t>(builder.tensor(in).elements());
  const std::vector<std::int8_t> values(static_cast<std::size_t>(units * depth), 1);
  return builder.node("fully_connected", {in, builder.constant<std::int8_t>({units, depth}, values, quantized(0.1F)), kNoTensor});
}

TEST(PlanMemory, AChainTakesItsLargestPair) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 16});
  const TensorId a = dense(builder, in, 64);
  const TensorId b = dense(builder, a, 32);
  builder.output(dense(builder, b, 4));
  const Graph graph = builder.finish();
  const MemoryPlan plan = plan_memory(graph, std::vector<NodeMemory>(3));
  EXPECT_EQ(plan.lower_bound_bytes, 96);
  EXPECT_EQ(plan.arena_bytes, 96);
  EXPECT_EQ(plan.peak_node, 1);
  EXPECT_EQ(plan.live_bytes, (std::vector<std::int64_t>{80, 96, 36}));
}

TEST(PlanMemory, ScratchLivesWithItsNodeAlone) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 16});
  const TensorId a = dense(builder, in, 16);
  builder.output(dense(builder, a, 16));
  const Graph graph = builder.finish();
  std::vector<NodeMemory> nodes(2);
  nodes[0].scratch_bytes = 4000;
  nodes[1].scratch_bytes = 3000;
  const MemoryPlan plan = plan_memory(graph, nodes);
  EXPECT_EQ(arena_fault(graph, nodes, plan), "");
  EXPECT_EQ(plan.live_bytes, (std::vector<std::int64_t>{4032, 3032}));
  EXPECT_EQ(plan.scratch_offsets[0] % 8, 0);
  EXPECT_EQ(plan.scratch_offsets[1] % 8, 0);
}

TEST(PlanMemory, SmallScratchGoesToTheStackOnlyWhereItWouldRaiseThePeak) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 64});
  const TensorId a = dense(builder, in, 64);
  builder.output(dense(builder, a, 4));
  const Graph graph = builder.finish();
  std::vector<NodeMemory> nodes(2);
  nodes[0].scratch_bytes = 40;
  nodes[1].scratch_bytes = 40;
  const MemoryPlan plan = plan_memory(graph, nodes);
  EXPECT_EQ(arena_fault(graph, nodes, plan), "");
  EXPECT_EQ(plan.scratch_offsets[0], MemoryPlan::kOnStack);
  EXPECT_GE(plan.scratch_offsets[1], 0);
  EXPECT_EQ(plan.arena_bytes, 128);
}

TEST(PlanMemory, StateLivesThroughout) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId features = builder.constant<std::int8_t>({2, 4}, std::vector<std::int8_t>(8, 1), quantized(0.1F));
  const TensorId times = builder.constant<std::int8_t>({2, 3}, std::vector<std::int8_t>(6, 1), quantized(0.1F));
  const TensorId state = builder.state({1, 6}, quantized(0.5F), DataType::kInt8);
  const TensorId first = dense(builder, in, 4);
  const TensorId middle = builder.node("svdf", {first, features, times, kNoTensor, state}, {{"rank", 1}});
  builder.output(dense(builder, middle, 4));
  const Graph graph = builder.finish();
  const std::vector<NodeMemory> nodes(3);
  const MemoryPlan plan = plan_memory(graph, nodes);
  EXPECT_EQ(arena_fault(graph, nodes, plan), "");
  EXPECT_EQ(plan.live_bytes, (std::vector<std::int64_t>{4 + 4 + 6, 4 + 2 + 6, 2 + 4 + 6}));
}

TEST(PlanMemory, ConstantsAndUnusedTensorsAreNowhere) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId weights = builder.constant<std::int8_t>({4, 4}, std::vector<std::int8_t>(16, 1), quantized(0.1F));
  builder.output(builder.node("fully_connected", {in, weights, kNoTensor}));
  const MemoryPlan plan = plan_memory(builder.finish(), std::vector<NodeMemory>(1));
  EXPECT_EQ(plan.tensor_offsets[static_cast<std::size_t>(weights)], MemoryPlan::kNowhere);
}

TEST(PlanMemory, AGraphWithoutNodesHoldsItsInput) {
  GraphBuilder builder;
  builder.output(builder.input({1, 4}));
  const MemoryPlan plan = plan_memory(builder.finish(), {});
  EXPECT_EQ(plan.arena_bytes, 4);
  EXPECT_EQ(plan.tensor_offsets, (std::vector<std::int64_t>{0}));
}

TEST(PlanMemory, InputsThatNobodyReadsKeepAPlaceOfTheirOwn) {
  GraphBuilder builder;
  const TensorId unread = builder.input({1, 8});
  const TensorId in = builder.input({1, 8});
  builder.output(builder.node("relu", {in}));
  const MemoryPlan plan = plan_memory(builder.finish(), std::vector<NodeMemory>(1));
  EXPECT_NE(plan.tensor_offsets[static_cast<std::size_t>(unread)], plan.tensor_offsets[static_cast<std::size_t>(in)]);
}

}  // namespace
}  // namespace mote::test
