#include "rows/play_region.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "rows/make_region.hpp"

namespace mote::test {
namespace {

/// Two 3x3 convolutions with borders on 8 rows of 4 bytes.
Graph two_convolutions() {
  GraphBuilder builder;
  TensorId x = builder.input({1, 8, 2, 2});
  for (int i = 0; i < 2; ++i) {
    const TensorId weights = builder.constant<std::int8_t>({2, 3, 3, 2}, std::vector<std::int8_t>(36, 1), quantized(0.01F));
    x = builder.node("conv_2d", {x, weights, kNoTensor}, {{"padding", Padding{.kind = Padding::Kind::kSame}}}, quantized(0.5F, 3));
  }
  builder.output(x);
  return builder.finish();
}

std::vector<std::optional<RowRule>> rules_of(const Graph& graph) {
  std::vector<std::optional<RowRule>> rules;
  for (const Node& node : graph.nodes) rules.push_back(row_rule(graph, node));
  return rules;
}

TEST(PlayRegion, AStageHoldsTheRowsOfItsReadersWindow) {
  const Graph graph = two_convolutions();
  const auto made = make_region(graph, rules_of(graph), {0, {1, 1}});
  ASSERT_TRUE(made);
  const RowTensor& between = made->region.tensors[made->region.stages[0].output];
  EXPECT_EQ(between.held, 3);
  EXPECT_EQ(between.above, 1);
  EXPECT_EQ(between.below, 1);
  EXPECT_EQ(between.outside, 3);
  // The second stage runs as soon as it can: first row 1 (and the border above), then one for one;
  // the row below takes another move.
  const std::vector<std::size_t> calls{0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1};
  EXPECT_EQ(made->play.calls, calls);
  EXPECT_EQ(made->play.slides[made->region.stages[0].output], 7);
  EXPECT_EQ(made->play.moved_bytes[made->region.stages[0].output], 7 * 2 * 4);
}

TEST(PlayRegion, MoreMemoryMovesFewerRows) {
  const Graph graph = two_convolutions();
  auto made = make_region(graph, rules_of(graph), {0, {1, 1}});
  ASSERT_TRUE(made);
  const std::size_t between = made->region.stages[0].output;
  made->region.tensors[between].held = 6;
  EXPECT_EQ(play_region(made->region).slides[between], 1);
  made->region.tensors[between].held = made->region.tensors[between].all_rows();
  EXPECT_EQ(play_region(made->region).slides[between], 0);
}

TEST(PlayRegion, RowsOfTheInputDieAndThoseOfTheOutputCome) {
  const Graph graph = two_convolutions();
  const auto made = make_region(graph, rules_of(graph), {0, {2, 2}});
  ASSERT_TRUE(made);
  const auto& input = made->play.live[made->region.input];
  const auto& output = made->play.live[made->region.stages[1].output];
  for (std::size_t i = 1; i < input.size(); ++i) EXPECT_GT(input[i].low, input[i - 1].low);
  for (std::size_t i = 1; i < output.size(); ++i) EXPECT_GT(output[i].high, output[i - 1].high);
  EXPECT_EQ(output.back().high, 8);
}

TEST(PlayRegion, StepsThatDoNotDivideTheRowsEndBelowTheTensor) {
  const Graph graph = two_convolutions();
  const auto made = make_region(graph, rules_of(graph), {0, {3, 3}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->play.calls.size(), 6U);
  EXPECT_EQ(made->region.tensors[made->region.stages[1].output].below, 1);
}

TEST(RowRule, WholeTensorsAndPoolsThatCountTheirBorderAreLeft) {
  GraphBuilder builder;
  const TensorId x = builder.input({1, 6, 4, 2});
  const TensorId average = builder.node("average_pool_2d", {x}, {{"padding", Padding{.kind = Padding::Kind::kSame}}, {"k_h", 3}, {"k_w", 3}}, quantized(0.5F));
  const TensorId greatest = builder.node("max_pool_2d", {average}, {{"padding", Padding{.kind = Padding::Kind::kSame}}, {"k_h", 3}, {"k_w", 3}}, quantized(0.5F));
  builder.output(builder.node("reshape", {greatest, builder.integers({1, 48})}, {}, quantized(0.5F)));
  const Graph graph = builder.finish();
  const auto rules = rules_of(graph);
  EXPECT_FALSE(rules[0]);
  ASSERT_TRUE(rules[1]);
  EXPECT_EQ(rules[1]->inputs[0].outside, -128);
  EXPECT_FALSE(rules[2]);
}

}  // namespace
}  // namespace mote::test
