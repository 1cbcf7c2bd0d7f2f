#include "compress/prune/channel_units.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/layers.hpp"

namespace mote::test {
namespace {

/// Groups as text: how many units, which nodes make them, which read them.
std::vector<std::string> groups_of(const Graph& graph) {
  std::vector<std::string> result;
  const ChannelUnits units(graph);
  for (const UnitGroup& group : unit_groups(graph, units)) {
    std::string text = std::to_string(group.units.size()) + ":";
    for (const std::size_t n : group.producers) text += " " + std::to_string(n);
    text += " ->";
    for (const std::size_t n : group.consumers) text += " " + std::to_string(n);
    result.push_back(text);
  }
  return result;
}

using Groups = std::vector<std::string>;

TEST(ChannelUnits, ASumTiesItsProducers) {
  FloatBuilder b(1);
  const TensorId x = b.convolution(b.float_input({1, 6, 6, 2}), 5, 3);              // 0
  const TensorId y = b.convolution(x, 4, 1);                                        // 1
  const TensorId sum = b.op("add", {x, b.convolution(y, 5, 3, Activation::kNone)});  // 2, 3
  b.output(b.convolution(sum, 3, 1));                                               // 4
  EXPECT_EQ(groups_of(b.finish()), (Groups{"5: 0 2 -> 1 4", "4: 1 -> 2"}));
}

TEST(ChannelUnits, AConcatenationKeepsItsPartsApart) {
  FloatBuilder b(2);
  const TensorId x = b.float_input({1, 6, 6, 2});
  const TensorId a = b.convolution(x, 3, 1);                             // 0
  const TensorId c = b.convolution(x, 4, 3);                             // 1
  const TensorId joined = b.op("concatenation", {a, c}, {{"axis", 3}});  // 2
  b.output(b.convolution(joined, 3, 1));                                 // 3
  EXPECT_EQ(groups_of(b.finish()), (Groups{"3: 0 -> 3", "4: 1 -> 3"}));
}

TEST(ChannelUnits, PixelsJoinedOneAboveTheOtherShareTheirChannels) {
  FloatBuilder b(3);
  const TensorId x = b.float_input({1, 6, 6, 2});
  const TensorId joined = b.op("concatenation", {b.convolution(x, 4, 1), b.convolution(x, 4, 3)}, {{"axis", 1}});
  b.output(b.convolution(joined, 3, 1));
  EXPECT_EQ(groups_of(b.finish()), (Groups{"4: 0 1 -> 3"}));
}

TEST(ChannelUnits, DepthwiseLayersPoolsAndFlatteningPassThem) {
  FloatBuilder b(4);
  TensorId x = b.depthwise(b.convolution(b.float_input({1, 8, 8, 2}), 5, 3));  // 0, 1
  x = b.op("max_pool_2d", {x}, {{"k_h", 2}, {"k_w", 2}, {"stride_h", 2}, {"stride_w", 2}});
  x = b.op("reshape", {x, b.integers({1, 80})});
  b.output(b.dense(x, 4));
  const Graph graph = b.finish();
  EXPECT_EQ(groups_of(graph), (Groups{"5: 0 -> 4"}));
  const ChannelUnits units(graph);
  const auto& flat = units.of(graph.nodes[3].outputs[0]);
  for (std::size_t i = 0; i < flat.size(); ++i) EXPECT_EQ(flat[i], flat[i % 5]);
}

TEST(ChannelUnits, ADepthwiseLayerOnOneChannelMakesItsOwn) {
  FloatBuilder b(5);
  const TensorId x = b.float_input({1, 8, 8, 1});
  const TensorId y = b.op("depthwise_conv_2d", {x, b.weights({1, 3, 3, 6}, 0.7F), b.weights({6}, 0.2F)});
  b.output(b.convolution(y, 2, 1));
  EXPECT_EQ(groups_of(b.finish()), (Groups{"6: 0 -> 1"}));
}

TEST(ChannelUnits, AMultiplierTakesItsChannelsAlong) {
  FloatBuilder b(6);
  const TensorId x = b.convolution(b.float_input({1, 8, 8, 2}), 3, 3);
  const TensorId y = b.op("depthwise_conv_2d", {x, b.weights({1, 3, 3, 6}, 0.7F), b.weights({6}, 0.2F)});
  b.output(b.convolution(y, 2, 1));
  const Graph graph = b.finish();
  EXPECT_EQ(groups_of(graph), (Groups{"3: 0 -> 2"}));
  const Graph cut = without_units(graph, ChannelUnits(graph), {true, false, true});
  verify(cut);
  EXPECT_EQ(cut.tensor(cut.nodes[1].outputs[0]).shape.back(), 4);
}

TEST(ChannelUnits, InputsOutputsAndUnknownOperatorsKeepTheirs) {
  FloatBuilder b(7);
  const TensorId x = b.float_input({1, 6, 6, 4});
  const TensorId y = b.op("add", {x, b.convolution(x, 4, 1)});
  b.output(b.op("softmax", {b.convolution(y, 3, 1)}));
  EXPECT_TRUE(groups_of(b.finish()).empty());
}

/// Takes the weights away that read a unit.
void silence(Graph& graph, const ChannelUnits& units, const std::vector<bool>& keep) {
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto layer = layer_at(graph, n);
    if (!layer || !layer->rule.input_axis) continue;
    const std::vector<bool> kept = kept_channels(units, graph.nodes[n].inputs[0], keep);
    if (kept.size() != static_cast<std::size_t>(graph.tensor(graph.nodes[n].inputs[1]).shape.back())) continue;
    std::vector<float> weights = weights_of(graph, *layer);
    for (std::size_t o = 0; o < layer->outputs; ++o)
      for (std::size_t t = 0; t < layer->taps; ++t) {
        if (!kept[t % kept.size()]) weights[weight_index(*layer, o, t)] = 0.0F;
      }
    set_weights(graph, *layer, weights);
  }
}

TEST(ChannelUnits, WhatNobodyReadsGoesWithoutATrace) {
  std::size_t gone = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    Graph graph = random_float_graph(seed);
    const ChannelUnits units(graph);
    Random random(seed);
    std::vector<bool> keep(units.count(), true);
    for (const UnitGroup& group : unit_groups(graph, units))
      for (std::size_t i = 1; i < group.units.size(); ++i) keep[static_cast<std::size_t>(group.units[i])] = random.one_in(2);
    silence(graph, units, keep);
    const Graph cut = without_units(graph, units, keep);
    ASSERT_NO_THROW(verify(cut)) << seed;
    gone += static_cast<std::size_t>(std::count(keep.begin(), keep.end(), false));
    for (const auto& inputs : random_samples(graph, 3, seed)) EXPECT_EQ(float_answers(cut, inputs), float_answers(graph, inputs)) << seed;
  }
  EXPECT_GT(gone, 100U);
}

}  // namespace
}  // namespace mote::test
