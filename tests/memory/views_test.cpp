#include <gtest/gtest.h>

#include "common/arena_check.hpp"
#include "common/graph_builder.hpp"
#include "memory/plan_memory.hpp"

namespace mote::test {
namespace {

MemoryPlan planned(const Graph& graph) {
  const auto nodes = node_memory(graph);
  MemoryPlan plan = plan_memory(graph, nodes);
  EXPECT_EQ(arena_fault(graph, nodes, plan), "");
  return plan;
}

std::int64_t offset(const MemoryPlan& plan, TensorId id) { return plan.tensor_offsets[static_cast<std::size_t>(id)]; }

TensorId split_axis(GraphBuilder& builder, std::int32_t axis) { return builder.constant<std::int32_t>({}, {axis}); }

TEST(Views, AReshapeIsItsInput) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4, 4, 2});
  const TensorId flat = builder.node("reshape", {in, builder.integers({1, 32})});
  builder.output(flat);
  const MemoryPlan plan = planned(builder.finish());
  EXPECT_TRUE(plan.is_view[0]);
  EXPECT_EQ(offset(plan, flat), offset(plan, in));
  EXPECT_EQ(plan.arena_bytes, 32);
}

TEST(Views, PartsOfASplitLieInTheWhole) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 16});
  const auto parts = builder.nodes("split", {split_axis(builder, 1), in}, {{"num_splits", 2}}, quantized(0.5F), 2);
  for (const TensorId part : parts) builder.output(builder.node("relu", {part}));
  const MemoryPlan plan = planned(builder.finish());
  EXPECT_TRUE(plan.is_view[0]);
  EXPECT_EQ(offset(plan, parts[0]), offset(plan, in));
  EXPECT_EQ(offset(plan, parts[1]), offset(plan, in) + 8);
}

TEST(Views, PartsOfAConcatenationAreMadeInTheWhole) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 8});
  const TensorId a = builder.node("fully_connected", {in, builder.constant<std::int8_t>({4, 8}, std::vector<std::int8_t>(32, 1), quantized(0.1F)), kNoTensor});
  const TensorId b = builder.node("fully_connected", {in, builder.constant<std::int8_t>({8, 8}, std::vector<std::int8_t>(64, 2), quantized(0.1F)), kNoTensor});
  const TensorId whole = builder.node("concatenation", {a, b}, {{"axis", 1}});
  builder.output(whole);
  const MemoryPlan plan = planned(builder.finish());
  EXPECT_TRUE(plan.is_view[2]);
  EXPECT_EQ(offset(plan, a), offset(plan, whole));
  EXPECT_EQ(offset(plan, b), offset(plan, whole) + 4);
  EXPECT_EQ(plan.arena_bytes, 8 + 12);
}

TEST(Views, JoinsOfChannelsAreCopied) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 2, 2, 4});
  const TensorId relu = builder.node("relu", {in});
  builder.output(builder.node("concatenation", {in, relu}, {{"axis", 3}}));
  EXPECT_FALSE(planned(builder.finish()).is_view[1]);
}

TEST(Views, APartThatIsNotAlignedIsCopied) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 6});
  const auto parts = builder.nodes("split", {split_axis(builder, 1), in}, {{"num_splits", 2}}, quantized(0.5F), 2);
  builder.output(parts[0]);
  builder.output(parts[1]);
  EXPECT_FALSE(planned(builder.finish()).is_view[0]);
}

TEST(Views, TheSameTensorTwiceIsCopied) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 8});
  builder.output(builder.node("concatenation", {in, in}, {{"axis", 1}}));
  EXPECT_FALSE(planned(builder.finish()).is_view[0]);
}

TEST(Views, StateIsNeverOne) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId state = builder.state({1, 4}, quantized(0.5F), DataType::kInt8);
  builder.output(builder.node("reshape", {state, builder.integers({4})}));
  builder.output(builder.node("relu", {in}));
  EXPECT_FALSE(planned(builder.finish()).is_view[0]);
}

// The half that is joined again lies in the split tensor, beside the half that is still read.
TEST(Views, APartOfALivingTensorIsNotMovedIntoAJoin) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 16});
  const auto parts = builder.nodes("split", {split_axis(builder, 1), in}, {{"num_splits", 2}}, quantized(0.5F), 2);
  const TensorId weights = builder.constant<std::int8_t>({8, 8}, std::vector<std::int8_t>(64, 3), quantized(0.1F));
  const TensorId first = builder.node("fully_connected", {parts[0], weights, kNoTensor});
  builder.output(builder.node("concatenation", {first, parts[1]}, {{"axis", 1}}));
  planned(builder.finish());
}

}  // namespace
}  // namespace mote::test
