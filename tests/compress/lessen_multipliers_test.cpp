#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/values.hpp"
#include "compress/lessen_multipliers.hpp"

namespace mote::test {
namespace {

constexpr float kInput = 0.5F, kOutput = 1.0F;

/// A dense layer with three output channels, whose sums are worth `multipliers` steps of the output.
Graph layer(const std::vector<float>& multipliers, const std::vector<std::int8_t>& codes) {
  GraphBuilder b;
  const TensorId x = b.input({1, 2}, quantized(kInput, 3));
  std::vector<float> scales, sums;
  for (const float multiplier : multipliers) {
    scales.push_back(multiplier * kOutput / kInput);
    sums.push_back(scales.back() * kInput);
  }
  const TensorId weights = b.constant<std::int8_t>({3, 2}, codes, {scales, {0, 0, 0}, 0});
  const TensorId bias = b.constant<std::int32_t>({3}, {5, -6, 7}, {sums, {0, 0, 0}, 0});
  b.output(b.node("fully_connected", {x, weights, bias}, {}, quantized(kOutput)));
  return b.finish();
}

template <typename T>
std::vector<T> stored(const Graph& graph, std::size_t input) {
  const auto values = NodeView(graph, graph.nodes[0]).input(input).values<T>();
  return {values.begin(), values.end()};
}

TEST(LessenMultipliers, CodesBecomeMultiplesWhereTheirScaleIsLarge) {
  const Graph before = layer({0.25F, 0.75F, 1.5F}, {7, -7, 1, 2, -3, 7});
  Graph after = before;
  EXPECT_EQ(lessen_multipliers(after), 1);
  verify(after);
  EXPECT_EQ(stored<std::int8_t>(after, 1), (std::vector<std::int8_t>{7, -7, 4, 8, -12, 28}));
  EXPECT_EQ(stored<std::int32_t>(after, 2), (std::vector<std::int32_t>{5, -24, 28}));
  const std::vector<float>& scales = NodeView(after, after.nodes[0]).input(1).quantization.scales;
  EXPECT_EQ(scales, (std::vector<float>{0.5F, 0.375F, 0.75F}));
  for (int a = -128; a < 128; a += 5) {
    const std::vector<Bytes> inputs{{static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(3 * a)}};
    const Bytes was = Evaluator(before).run(inputs)[0], is = Evaluator(after).run(inputs)[0];
    for (std::size_t c = 0; c < 3; ++c)  // ties may be rounded to the other side
      EXPECT_NEAR(static_cast<std::int8_t>(was[c]), static_cast<std::int8_t>(is[c]), c == 0 ? 0 : 1) << a;
  }
}

TEST(LessenMultipliers, LayersWithoutNeedOrRoomStayAsTheyAre) {
  for (const Graph& before :
       {layer({0.25F, 0.1F, 0.4F}, {7, -7, 1, 2, -3, 7}), layer({0.25F, 0.75F, 1.5F}, {7, -7, 1, 2, -3, 100})}) {
    Graph after = before;
    EXPECT_EQ(lessen_multipliers(after), 0);
    EXPECT_EQ(stored<std::int8_t>(after, 1), stored<std::int8_t>(before, 1));
  }
}

}  // namespace
}  // namespace mote::test
