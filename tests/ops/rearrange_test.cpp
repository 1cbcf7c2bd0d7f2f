#include "ops/rearrange.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

Rearrangement walk(std::vector<std::int64_t> extents, std::vector<std::int64_t> steps, std::int64_t offset = 0) {
  return {std::move(extents), std::move(steps), offset};
}

TEST(Rearrangement, NeighboursThatContinueEachOtherMerge) {
  const Rearrangement merged = walk({2, 3, 4}, {12, 4, 1}, 7).merged();
  EXPECT_EQ(merged.extents, (std::vector<std::int64_t>{24}));
  EXPECT_EQ(merged.steps, (std::vector<std::int64_t>{1}));
  EXPECT_EQ(merged.offset, 7);
}

TEST(Rearrangement, AxesOfOneVanishWhateverTheirStep) {
  const Rearrangement merged = walk({1, 3, 1, 4}, {999, 8, -5, 1}).merged();
  EXPECT_EQ(merged.extents, (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(merged.steps, (std::vector<std::int64_t>{8, 1}));
}

TEST(Rearrangement, ContiguousMeansARunOfNeighbours) {
  EXPECT_TRUE(walk({2, 3}, {3, 1}).contiguous());
  EXPECT_TRUE(walk({1, 3}, {50, 1}, 4).contiguous()) << "a row out of the middle";
  EXPECT_TRUE(walk({1, 1}, {9, 9}).contiguous()) << "a single value";
  EXPECT_TRUE(walk({}, {}).contiguous()) << "a scalar";
  EXPECT_FALSE(walk({2, 3}, {4, 1}).contiguous()) << "part of each row";
  EXPECT_FALSE(walk({3}, {2}).contiguous()) << "every other value";
  EXPECT_FALSE(walk({3}, {-1}, 2).contiguous()) << "backwards";
  EXPECT_FALSE(walk({3, 2}, {1, 3}).contiguous()) << "transposed";
}

/// The alias of the only node, or its absence.
std::vector<Alias> aliases(const Graph& graph) {
  const NodeView node(graph, graph.nodes.at(0));
  return node.node().op->aliases(node);
}

TEST(Rearrangement, ASliceOfWholeRowsIsAViewAtItsOffsetInBytes) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4, 3}, quantized(0.5F), DataType::kInt16);
  builder.output(builder.node("slice", {in, builder.integers({0, 1, 0}), builder.integers({1, 2, 3})}, {}, quantized(0.5F), DataType::kInt16));
  const auto list = aliases(builder.finish());
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].offset_bytes, 6);
  EXPECT_FALSE(list[0].input_is_smaller);
}

TEST(Rearrangement, ASliceOfChannelsIsNoView) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4, 3});
  builder.output(builder.node("slice", {in, builder.integers({0, 0, 1}), builder.integers({1, 4, 2})}));
  EXPECT_TRUE(aliases(builder.finish()).empty());
}

TEST(Rearrangement, ATransposeOfAxesOfOneIsAView) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 1, 5, 1});
  builder.output(builder.node("transpose", {in, builder.integers({0, 3, 1, 2})}));
  EXPECT_EQ(aliases(builder.finish()).size(), 1U);
}

TEST(Rearrangement, AReversedSliceIsNoView) {
  GraphBuilder builder;
  const TensorId in = builder.input({5});
  builder.output(builder.node("strided_slice", {in, builder.integers({4}), builder.integers({-6}), builder.integers({-1})}));
  EXPECT_TRUE(aliases(builder.finish()).empty());
}

}  // namespace
}  // namespace mote::test
