#include "passes/shrink.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/random_graph.hpp"
#include "ops/evaluate.hpp"
#include "passes/shrink_check.hpp"

namespace mote::test {
namespace {

constexpr std::int32_t kChannels = 12;

/// Weights of which whole rows (output channels) are zero.
std::vector<std::int8_t> sparse_weights(std::size_t rows, std::size_t per_row, Random& random) {
  std::vector<std::int8_t> weights;
  for (std::size_t r = 0; r < rows; ++r) {
    const bool empty = random.one_in(3);
    for (std::size_t i = 0; i < per_row; ++i) weights.push_back(static_cast<std::int8_t>(empty ? 0 : random.between(-127, 127)));
  }
  return weights;
}

std::vector<std::int32_t> biases(std::size_t count, Random& random) {
  std::vector<std::int32_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(random.one_in(2) ? 0 : random.between(-3000, 3000));
  return values;
}

/// Pointwise, depthwise and full convolutions in a row, then pool, reshape, fully connected.
Graph separable_net(std::uint32_t seed) {
  Random random(seed);
  GraphBuilder builder;
  const auto conv = [&](TensorId in, std::int32_t in_c, std::int32_t size) {
    const auto per_row = static_cast<std::size_t>(in_c * size * size);
    const TensorId weights = builder.constant<std::int8_t>({kChannels, size, size, in_c}, sparse_weights(kChannels, per_row, random), quantized(0.01F));
    const TensorId bias = builder.constant<std::int32_t>({kChannels}, biases(kChannels, random));
    return builder.node("conv_2d", {in, weights, bias}, {{"padding", Padding{Padding::Kind::kSame}}, {"activation", Activation::kRelu}}, quantized(0.05F, random.between(-128, -100)));
  };
  TensorId x = conv(builder.input({1, 6, 5, 3}, quantized(0.05F, 4)), 3, 3);
  for (int block = 0; block < 3; ++block) {
    std::vector<std::int8_t> taps;
    for (int i = 0; i < 9 * kChannels; ++i) taps.push_back(static_cast<std::int8_t>(i % kChannels == block ? 0 : random.between(-127, 127)));
    const TensorId weights = builder.constant<std::int8_t>({1, 3, 3, kChannels}, taps, quantized(0.01F));
    const TensorId bias = builder.constant<std::int32_t>({kChannels}, biases(kChannels, random));
    x = builder.node("depthwise_conv_2d", {x, weights, bias}, {{"padding", Padding{Padding::Kind::kSame}}, {"activation", Activation::kRelu6}}, quantized(0.05F, -128));
    x = conv(x, kChannels, block == 1 ? 3 : 1);
  }
  const Quantization last = builder.tensor(x).quantization;
  x = builder.node("average_pool_2d", {x}, {{"k_h", 6}, {"k_w", 5}}, last);
  x = builder.node("reshape", {x, builder.integers({1, kChannels})}, {}, last);
  const TensorId weights = builder.constant<std::int8_t>({4, kChannels}, sparse_weights(4, kChannels, random), quantized(0.01F));
  builder.output(builder.node("fully_connected", {x, weights}, {}, quantized(0.1F)));
  return builder.finish();
}

void expect_same_answers(const Graph& before, const Graph& after, std::uint32_t seed) {
  Random random(seed);
  Evaluator original(before);
  Evaluator shrunk(after);
  for (int i = 0; i < 6; ++i) {
    std::vector<Bytes> inputs = random_inputs(before, random);
    if (i < 2) {
      for (Bytes& bytes : inputs) std::fill(bytes.begin(), bytes.end(), i == 0 ? 0x80 : 0x7F);
    }
    ASSERT_EQ(original.run(inputs), shrunk.run(inputs)) << "seed " << seed << ", input " << i;
  }
}

TEST(Shrink, KeepsEveryBitAndFindsSomething) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    const Graph before = separable_net(seed);
    Graph after = before;
    const ShrinkReport report = shrink(after);
    prune(after);
    verify(after);
    EXPECT_FALSE(report.removed.empty()) << seed;
    EXPECT_LT(report.macs_after, report.macs_before) << seed;
    EXPECT_NO_THROW(check_shrink(before, report)) << seed;
    expect_same_answers(before, after, seed);
  }
}

TEST(Shrink, RandomGraphsKeepTheirAnswers) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Graph before = random_graph(seed);
    Graph after = before;
    shrink_pass(after);
    prune(after);
    verify(after);
    expect_same_answers(before, after, seed);
  }
}

TEST(ShrinkCheck, RefusesAChannelThatMatters) {
  const Graph graph = separable_net(1);
  Graph shrunk = graph;
  ShrinkReport report = shrink(shrunk);
  const TensorId tensor = graph.nodes[1].outputs[0];
  std::vector<bool> gone(kChannels, false);
  for (const RemovedChannel& each : report.removed) {
    if (each.tensor == tensor) gone[static_cast<std::size_t>(each.channel)] = true;
  }
  const auto live = static_cast<std::int32_t>(std::find(gone.begin(), gone.end(), false) - gone.begin());
  ASSERT_LT(live, kChannels);
  report.removed.push_back({tensor, live, std::nullopt});
  EXPECT_THROW(check_shrink(graph, report), InternalError);
}

TEST(ShrinkCheck, RefusesAWrongConstant) {
  const Graph graph = separable_net(2);
  Graph shrunk = graph;
  ShrinkReport report = shrink(shrunk);
  const auto constant = std::find_if(report.removed.begin(), report.removed.end(), [](const RemovedChannel& each) { return each.value.has_value(); });
  ASSERT_NE(constant, report.removed.end());
  constant->value = *constant->value + 1;
  EXPECT_THROW(check_shrink(graph, report), InternalError);
}

}  // namespace
}  // namespace mote::test
