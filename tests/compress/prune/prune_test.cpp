#include "compress/prune/prune.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/float_graph.hpp"
#include "common/one_core.hpp"
#include "compress/quality.hpp"
#include "graph/print.hpp"

namespace mote::test {
namespace {

Quality quality_of(const PruneResult& result, const SampleInputs& samples) {
  const Answers exact = answers_of(result.prepared, result.prepared, samples, {}, "");
  const Answers answers = answers_of(result.prepared, result.graph, samples, {}, "");
  return compare_answers(exact, answers, output_form(result.prepared, false), {});
}

/// Each channel but the first of a layer is a copy, half in size, of one before it: so many of them are one.
Graph with_copies(std::int32_t channels, std::int32_t different) {
  FloatBuilder b(11);
  const Padding same{.kind = Padding::Kind::kSame};
  std::vector<float> weights = random_floats(b.random(), static_cast<std::size_t>(different) * 18);
  std::vector<float> bias = random_floats(b.random(), static_cast<std::size_t>(different));
  for (std::size_t i = weights.size(); i < static_cast<std::size_t>(channels) * 18; ++i)
    weights.push_back(0.5F * weights[i - static_cast<std::size_t>(different) * 18]);
  while (bias.size() < static_cast<std::size_t>(channels))
    bias.push_back(0.5F * bias[bias.size() - static_cast<std::size_t>(different)]);
  TensorId x = b.float_input({1, 8, 8, 2});
  x = b.op("conv_2d", {x, b.constant<float>({channels, 3, 3, 2}, weights), b.constant<float>({channels}, bias)},
           {{"padding", same}, {"activation", Activation::kRelu}});
  x = b.convolution(b.op("average_pool_2d", {x}, {{"k_h", 2}, {"k_w", 2}, {"stride_h", 2}, {"stride_w", 2}}), 4, 3,
                    Activation::kNone);
  b.output(x);
  return b.finish();
}

TEST(PruneChannels, CopiesOfChannelsGoWithoutLoss) {
  const Graph graph = with_copies(12, 4);
  const SampleInputs samples = random_samples(graph, 60, 2);
  const PruneResult result = prune_channels(graph, samples, {.share = 0.66});
  EXPECT_EQ(result.layers[0].channels, 4);
  EXPECT_GT(quality_of(result, random_samples(graph, 20, 3)).sqnr_db, 50);
  EXPECT_LE(static_cast<double>(result.macs), 0.34 * static_cast<double>(result.macs_before));
}

Graph residual_net(std::uint32_t seed) {
  FloatBuilder b(seed);
  TensorId x = b.convolution(b.float_input({1, 8, 8, 3}), 12, 3);
  x = b.op("add", {x, b.convolution(b.depthwise(x), 12, 1, Activation::kNone)}, {{"activation", Activation::kRelu}});
  x = b.op("concatenation", {b.convolution(x, 6, 1), b.convolution(x, 10, 3)}, {{"axis", 3}});
  x = b.dense(b.op("reshape", {b.op("mean", {x, b.integers({1, 2})}), b.integers({1, 16})}), 5);
  b.output(b.op("softmax", {x}));
  return b.finish();
}

TEST(PruneChannels, MeetsItsGoalAndTellsWhere) {
  const Graph graph = residual_net(5);
  const SampleInputs samples = random_samples(graph, 60, 6);
  for (const PruneCost cost : {PruneCost::kMacs, PruneCost::kWeights}) {
    const PruneResult result = prune_channels(graph, samples, {.cost = cost, .share = 0.4});
    const bool macs = cost == PruneCost::kMacs;
    const auto before = static_cast<double>(macs ? result.macs_before : result.weights_before);
    const auto after = static_cast<double>(macs ? result.macs : result.weights);
    EXPECT_LE(after, 0.6 * before);
    EXPECT_GT(after, 0.4 * before);
    std::int64_t sum = 0;
    for (const PrunedLayer& layer : result.layers) sum += layer.macs;
    EXPECT_EQ(sum, result.macs);
    EXPECT_EQ(result.graph.tensor(result.graph.outputs[0]).shape, (Shape{1, 5}));
  }
}

/// Fitting is what makes a pruned net useful: without it the same channels gone cost far more.
TEST(PruneChannels, MoreRoundsAndFittingKeepMore) {
  const Graph graph = residual_net(7);
  const SampleInputs samples = random_samples(graph, 200, 8);
  const PruneResult result = prune_channels(graph, samples, {.share = 0.3});
  EXPECT_GT(quality_of(result, random_samples(graph, 50, 9)).sqnr_db, 15);
  for (const PrunedLayer& layer : result.layers) {
    EXPECT_LT(layer.error.value_or(0.0), 0.5) << layer.name;
  }
}

TEST(PruneChannels, IsTheSameOnOneCore) {
  const Graph graph = residual_net(9);
  const SampleInputs samples = random_samples(graph, 40, 10);
  const Graph many = prune_channels(graph, samples, {.share = 0.3, .rounds = 2}).graph;
  const OneCore one;
  const Graph single = prune_channels(graph, samples, {.share = 0.3, .rounds = 2}).graph;
  EXPECT_EQ(print_graph(many), print_graph(single));
  for (std::size_t id = 0; id < many.tensors.size(); ++id) {
    if (!many.tensors[id].is_constant()) continue;
    EXPECT_EQ(*many.tensors[id].data, *single.tensors[id].data);
  }
}

TEST(PruneChannels, KeepsMultiplesOfChannels) {
  const Graph graph = residual_net(5);
  const SampleInputs samples = random_samples(graph, 60, 6);
  const PruneResult result = prune_channels(graph, samples, {.share = 0.4, .multiple = 4});
  EXPECT_LE(static_cast<double>(result.macs), 0.6 * static_cast<double>(result.macs_before));
  for (const PrunedLayer& layer : result.layers) {
    if (layer.channels == layer.channels_before) continue;
    EXPECT_TRUE(layer.channels % 4 == 0 || layer.channels < 4) << layer.name << " keeps " << layer.channels;
  }
}

TEST(PruneChannels, RandomGraphsStayValid) {
  int pruned = 0;
  for (std::uint32_t seed = 0; seed < 25; ++seed) {
    const Graph graph = random_float_graph(seed);
    const SampleInputs samples = random_samples(graph, 12, seed);
    try {
      const PruneResult result = prune_channels(graph, samples, {.share = 0.25, .rounds = 2});
      EXPECT_LE(static_cast<double>(result.macs), 0.75 * static_cast<double>(result.macs_before)) << seed;
      ++pruned;
    } catch (const Error& error) {
      EXPECT_TRUE(contains(error.what(), "can go")) << seed;
    }
  }
  EXPECT_GT(pruned, 8);
}

TEST(PruneChannels, SaysWhatCannotBe) {
  const Graph graph = residual_net(1);
  EXPECT_TRUE(contains(error_of([&] { prune_channels(graph, {}, {}); }), "no samples"));
  const SampleInputs samples = random_samples(graph, 8, 1);
  EXPECT_TRUE(contains(error_of([&] { prune_channels(graph, samples, {.share = 1.5}); }), "cannot go"));
  EXPECT_TRUE(contains(error_of([&] { prune_channels(graph, samples, {.share = 0.999}); }), "can go, not 99.9 %"));
}

}  // namespace
}  // namespace mote::test
