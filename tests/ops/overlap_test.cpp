// How far outputs may lie inside inputs: at the distance that an implementation states it gives what it gives apart, and closer
// the exact ones do not.

#include "ops/overlap.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/overlapped_layers.hpp"
#include "common/random_layers.hpp"
#include "support/error.hpp"

namespace mote::test {
namespace {

Window window_of(std::int32_t size, std::int32_t in_c, std::int32_t out_c, std::int32_t kernel, std::int32_t stride) {
  Window w{1, size, size, in_c, 1, 1, out_c, kernel, kernel, stride, stride};
  w.place({Padding::Kind::kSame});
  return w;
}

TEST(Overlap, OfPixelsIsTheMostThatIsWrittenBeforeARead) {
  EXPECT_EQ(window_overlap(window_of(2, 2, 3, 1, 1), 1, {}), 3);             // pixel 3: 9 written, 6 still needed
  EXPECT_EQ(window_overlap(window_of(2, 2, 3, 1, 1), 4, {}), 12);            // the same in float32
  EXPECT_EQ(window_overlap(window_of(2, 2, 3, 1, 1), 1, {.tile = 2}), 2);    // pixel 2: 6 and 4
  EXPECT_EQ(window_overlap(window_of(2, 2, 3, 1, 1), 1, {.ahead = 2}), 5);   // the last channel of pixel 3
  EXPECT_EQ(window_overlap(window_of(2, 3, 2, 1, 1), 1, {}), -1);            // pixel 1
  EXPECT_EQ(window_overlap(window_of(5, 1, 1, 3, 1), 1, {}), 6);             // a row and a pixel above
  EXPECT_EQ(window_overlap(window_of(4, 1, 1, 2, 2), 1, {}), -1);            // pixel 1: 1 and 2
  EXPECT_EQ(window_overlap(window_of(4, 1, 1, 2, 2), 1, {.tile = 4}), -16);  // all is read before
  EXPECT_EQ(window_overlap(window_of(2, 1, 4, 1, 1), 1, {.tile = 3, .overlaps_last = true}), 11);  // pixel 1 again: 12 and 1
}

TEST(Overlap, OfChannelsIsHowFarOutputsAreAhead) {
  EXPECT_EQ(ahead_by_channel(window_of(2, 4, 4, 1, 1), 1, 1), 0);    // depthwise
  EXPECT_EQ(ahead_by_channel(window_of(2, 4, 4, 1, 1), 1, 4), 3);    // all channels for each
  EXPECT_EQ(ahead_by_channel(window_of(2, 4, 12, 1, 1), 2, 2), 18);  // channel 11 from channels 2 and 3, int16
  EXPECT_EQ(ahead_by_channel(window_of(2, 4, 1, 1, 1), 1, 4), std::nullopt);
  EXPECT_EQ(ahead_in_lanes(8, 4), 0);
  EXPECT_EQ(ahead_in_lanes(9, 4), 3);  // channels 5 to 8 after 0 to 7
  EXPECT_EQ(ahead_by_block(33, 16), 32);
  EXPECT_EQ(ahead_by_block(16, 16), std::nullopt);
}

TEST(Overlap, OfValuesDependsOnTheirSizes) {
  EXPECT_EQ(elementwise_overlap(5, 1, 1), 0);
  EXPECT_EQ(elementwise_overlap(5, 1, 4), 12);
  EXPECT_EQ(elementwise_overlap(5, 4, 1), -3);
  EXPECT_EQ(elementwise_overlap(1, 4, 1), -4);
}

TEST(Overlap, OfATensorThatIsSeveralPartsIsThatOfTheLast) {
  GraphBuilder b;
  const TensorId x = b.input({1, 4, 1, 3});
  b.output(b.node("concatenation", {x, x}, {{"axis", 3}}));
  const Graph graph = b.finish();
  const NodeView view(graph, graph.nodes[0]);
  const KernelCall call = view.node().op->implementations(view)[0].lower(view);
  EXPECT_EQ(call.overlaps, (std::vector<Overlap>{{0, 24 - 9}, {1, 24 - 9}}));
}

/// Those that make a channel of the whole image before the next one: their outputs begin where their inputs do, or lie apart.
const std::set<std::string_view> kChannelAfterChannel = {
    "depthwise_conv_2d.3x3",      "depthwise_conv_2d.3x3_at_once", "depthwise_conv_2d.3x3_fitted",
    "depthwise_conv_2d.3x3_lean", "depthwise_conv_2d.short_rows",  "depthwise_conv_2d.rows",
    "depthwise_conv_2d.mve",      "depthwise_conv_2d.mve_small",   "depthwise_conv_2d.rv32_3x3"};

/// Closer by so much the output of a convolution is wrong.
constexpr std::int64_t kTooClose = 16;

/// Whether it is: the distance is the least one, what was written by then is as long, and each value of a window counts. Kernels
/// for workstations take as many pixels at once as their vectors have room for.
bool is_wrong_closer(const OverlappedLayer& layer) {
  if (!layer.row.name.starts_with("conv_2d.") || layer.row.isa == Isa::kWide || is_float(layer.input().type)) return false;
  const Tensor& weights = layer.graph->tensor(layer.graph->nodes[0].inputs[1]);
  const bool is_long = layer.overlap.bytes >= kTooClose || weights.shape[0] >= kTooClose;
  return is_long && layer.overlap.bytes - kTooClose > -layer.input().bytes() &&
         std::ranges::count(weights.values<std::int8_t>(), 0) * 8 < weights.elements();
}

/// Of these there are layers that are wrong closer.
const std::set<std::string_view> kLeast = {"conv_2d.packed", "conv_2d.by_bytes", "conv_2d.tiles",    "conv_2d.mve",
                                           "conv_2d.scalar", "conv_2d.rv32",     "conv_2d.pointwise"};

/// Random layers for every implementation of the targets that states an overlap: one of each, or two for operators with two
/// inputs.
std::vector<OverlappedLayer> layers_for(const std::vector<const Target*>& targets, std::uint32_t seed) {
  constexpr int kMostRounds = 60;
  Random random(seed);
  std::vector<OverlappedLayer> layers;
  std::set<std::string> missing, reached;
  for (int round = 0; round < kMostRounds && (round == 0 || !missing.empty()); ++round) {
    for (const LayerFamily& family : layer_families()) {
      std::shared_ptr<const Graph> graph;
      while (!graph) {
        try {
          graph = std::make_shared<const Graph>(family.make(random));
        } catch (const Error&) {
          continue;  // a shape that the operator refuses
        }
      }
      const NodeView view(*graph, graph->nodes[0]);
      for (const Implementation& row : view.node().op->implementations(view)) {
        const bool runs = std::ranges::any_of(targets, [&](const Target* target) { return target->has(row.isa); });
        if (!runs || row.library != KernelLibrary::kMote || kChannelAfterChannel.contains(row.name)) continue;
        const std::string name = fmt::format("{}: {}", view.node().op->name(), row.name);
        missing.insert(name);
        if (reached.contains(name)) continue;
        const auto stated = overlaps_of(graph, row);
        if (stated.empty() || (kLeast.contains(row.name) && !is_wrong_closer(stated[0]))) continue;
        layers.insert(layers.end(), stated.begin(), stated.end());
        reached.insert(name);
      }
    }
    for (const std::string& name : reached) missing.erase(name);
  }
  EXPECT_TRUE(missing.empty()) << "no random layer has these, or they state no overlap: "
                               << fmt::to_string(fmt::join(missing, " "));
  return layers;
}

/// The layers of all targets' implementations, run on one target.
void expect_equal_at_their_distances(const std::vector<const Target*>& of, const Target& on, std::uint32_t seed) {
  std::vector<OverlappedLayer> layers = layers_for(of, seed);
  const std::size_t count = layers.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_wrong_closer(layers[i])) continue;
    layers.push_back(layers[i]);
    layers.back().overlap.bytes -= kTooClose;
  }
  Random random(seed);
  const std::vector<bool> equal = run_overlapped(layers, on, random);
  for (std::size_t i = 0; i < layers.size(); ++i) EXPECT_EQ(equal[i], i < count) << layers[i].text();
}

TEST(Overlap, OutputsMayLieInsideInputsOnTheHost) {
  std::vector<const Target*> all;
  for (const std::string_view name : {"host", "cortex-m0plus", "cortex-m4", "cortex-m55", "rv32imc"})
    all.push_back(&find_target(name));
  expect_equal_at_their_distances(all, find_target("host"), 1);
}
TEST(Overlap, OutputsMayLieInsideInputsOnACortexM4) {
  expect_equal_at_their_distances({&find_target("cortex-m4")}, find_target("cortex-m4"), 2);
}
TEST(Overlap, OutputsMayLieInsideInputsOnACortexM55) {
  expect_equal_at_their_distances({&find_target("cortex-m55")}, find_target("cortex-m55"), 3);
}
TEST(Overlap, OutputsMayLieInsideInputsOnACortexM0plus) {
  expect_equal_at_their_distances({&find_target("cortex-m0plus")}, find_target("cortex-m0plus"), 4);
}

}  // namespace
}  // namespace mote::test
