#include "advise/changed_models.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

TensorId convolution(GraphBuilder& builder, TensorId x, std::int32_t outputs) {
  const std::int32_t inputs = builder.tensor(x).shape.back();
  std::vector<std::int8_t> values(static_cast<std::size_t>(outputs * 9 * inputs));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(i * 37 % 201 - 100);
  const TensorId w = builder.constant(Shape{outputs, 3, 3, inputs}, values, quantized(0.01F));
  const TensorId b = builder.constant(Shape{outputs}, std::vector<std::int32_t>(static_cast<std::size_t>(outputs), 5));
  return builder.node("conv_2d", {x, w, b}, {{"padding", Padding{Padding::Kind::kSame}}}, quantized(2.0F));
}

// Both convolutions that meet in a sum lose channels, and so do those that read it; the flattened tensor loses them in every
// place.
TEST(ChangedModels, HalfTheChannelsGoWithAllThatIsTiedToThem) {
  GraphBuilder builder;
  const TensorId x = builder.input({1, 4, 4, 3});
  const TensorId a = convolution(builder, x, 6), b = convolution(builder, x, 6);
  const TensorId sum = builder.node("add", {a, b});
  const TensorId pool = builder.node("max_pool_2d", {sum}, {{"k_h", 2}, {"k_w", 2}, {"stride_h", 2}, {"stride_w", 2}});
  const TensorId last = convolution(builder, pool, 5);
  builder.output(last);
  const Graph graph = builder.finish();
  const std::optional<Graph> half = with_half_channels(graph, b);
  ASSERT_TRUE(half);
  for (const TensorId id : {a, b, sum, pool}) EXPECT_EQ(half->tensor(id).shape.back(), 3);
  EXPECT_EQ(half->tensor(last).shape, graph.tensor(last).shape);
  EXPECT_LT(total_macs(*half), total_macs(graph));
}

TEST(ChangedModels, ChannelsOfAllTensorsButInputsAndOutputsGo) {
  GraphBuilder builder;
  const TensorId x = builder.input({1, 4, 4, 3});
  const TensorId a = convolution(builder, x, 6), b = convolution(builder, a, 4), last = convolution(builder, b, 5);
  builder.output(last);
  const std::optional<Graph> half = with_half_of_all_channels(builder.finish());
  ASSERT_TRUE(half);
  EXPECT_EQ(half->tensor(x).shape.back(), 3);
  EXPECT_EQ(half->tensor(a).shape.back(), 3);
  EXPECT_EQ(half->tensor(b).shape.back(), 2);
  EXPECT_EQ(half->tensor(last).shape.back(), 5);
}

TEST(ChangedModels, FlattenedTensorsLoseChannelsInEveryPlace) {
  GraphBuilder builder;
  const TensorId a = convolution(builder, builder.input({1, 2, 2, 3}), 5);
  const TensorId flat = builder.node("reshape", {a, builder.integers({1, 20})});
  const TensorId w = builder.constant(Shape{2, 20}, std::vector<std::int8_t>(40, 3), quantized(0.01F));
  builder.output(builder.node("fully_connected", {flat, w, builder.constant(Shape{2}, std::vector<std::int32_t>{1, 2})}));
  const std::optional<Graph> half = with_half_channels(builder.finish(), a);
  ASSERT_TRUE(half);
  EXPECT_EQ(half->tensor(a).shape.back(), 3);
  EXPECT_EQ(half->tensor(flat).shape, (Shape{1, 12}));
}

TEST(ChangedModels, InputsAndOutputsKeepTheirChannels) {
  GraphBuilder builder;
  const TensorId x = builder.input({1, 4, 4, 4});
  const TensorId y = convolution(builder, x, 4);
  builder.output(y);
  const Graph graph = builder.finish();
  EXPECT_FALSE(with_half_channels(graph, x));
  EXPECT_FALSE(with_half_channels(graph, y));
}

TEST(ChangedModels, NarrowWeightsHaveFewValues) {
  GraphBuilder builder;
  builder.output(convolution(builder, builder.input({1, 4, 4, 3}), 6));
  const Graph graph = builder.finish();
  const std::optional<Graph> narrow = with_narrow_weights(graph, 4);
  ASSERT_TRUE(narrow);
  const TensorId weights = graph.nodes[0].inputs[1];
  std::int8_t largest = 0;
  for (const std::int8_t each : narrow->tensor(weights).values<std::int8_t>())
    largest = std::max<std::int8_t>(largest, each < 0 ? static_cast<std::int8_t>(-each) : each);
  EXPECT_GT(largest, 4);
  EXPECT_LE(largest, 7);
  EXPECT_EQ(graph.tensor(weights).values<std::int8_t>()[0], -100);

  GraphBuilder none;
  none.output(none.node("relu", {none.input({1, 4})}));
  EXPECT_FALSE(with_narrow_weights(none.finish(), 4));
}

}  // namespace
}  // namespace mote::test
