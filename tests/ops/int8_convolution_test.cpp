// Int8 layers add in float, a run of products at a time; every value must be what whole numbers give, the largest too.

#include "ops/int8_convolution.hpp"

#include <gtest/gtest.h>

#include "common/float_graph.hpp"

namespace mote::test {
namespace {

/// 3x3 with a border, [1][h][w][depth] to as many outputs as there are scales.
struct Case {
  std::int32_t size, depth, outputs;
  bool depthwise, extreme;
};

std::vector<std::int8_t> random_int8(Random& random, std::size_t count, bool extreme) {
  std::vector<std::int8_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::int8_t>(extreme ? 127 : random.between(-128, 127)));
  return values;
}

Graph layer(const Case& c, Random& random) {
  GraphBuilder b;
  const TensorId x = b.input({1, c.size, c.size, c.depth}, quantized(0.5F, -128));
  const std::size_t weights = static_cast<std::size_t>(9 * c.depth * (c.depthwise ? 1 : c.outputs));
  const Shape shape = c.depthwise ? Shape{1, 3, 3, c.depth} : Shape{c.outputs, 3, 3, c.depth};
  const TensorId w = b.constant(shape, random_int8(random, weights, c.extreme), quantized(0.25F));
  const Attributes same{{"padding", Padding{Padding::Kind::kSame}}};
  b.output(
      b.node(c.depthwise ? "depthwise_conv_2d" : "conv_2d", {x, w}, same, quantized(static_cast<float>(9 * c.depth) * 16, 3)));
  return b.finish();
}

/// One channel after another, in whole numbers.
std::vector<std::int8_t> one_by_one(const Graph& graph, const Case& c, const Bytes& input) {
  const NodeView node(graph, graph.nodes[0]);
  const Finish finish(node, 0, 1, Activation::kNone);
  const auto weights = node.input(1).values<std::int8_t>();
  std::vector<std::int8_t> result;
  for (std::int32_t y = 0; y < c.size; ++y)
    for (std::int32_t x = 0; x < c.size; ++x)
      for (std::int32_t o = 0; o < c.outputs; ++o) {
        std::int32_t sum = 0;
        for (std::int32_t tap = 0; tap < 9; ++tap) {
          const std::int32_t iy = y - 1 + tap / 3;
          const std::int32_t ix = x - 1 + tap % 3;
          if (iy < 0 || ix < 0 || iy >= c.size || ix >= c.size) continue;
          for (std::int32_t i = c.depthwise ? o : 0; i < (c.depthwise ? o + 1 : c.depth); ++i) {
            const auto value = static_cast<std::int8_t>(input[static_cast<std::size_t>((iy * c.size + ix) * c.depth + i)]);
            const auto weight = weights[static_cast<std::size_t>(c.depthwise ? tap * c.depth + i : (o * 9 + tap) * c.depth + i)];
            sum += (value + 128) * weight;
          }
        }
        result.push_back(finish.apply<std::int8_t>(sum, static_cast<std::size_t>(o)));
      }
  return result;
}

TEST(Int8Convolution, IsThatOfOneChannelAfterAnother) {
  Random random(3);
  for (const Case& c : std::vector<Case>{{5, 1, 1, false, false},
                                         {5, 3, 6, false, false},
                                         {4, 57, 4, false, true},
                                         {4, 58, 9, false, true},
                                         {3, 600, 21, false, false},
                                         {3, 600, 2, false, true},
                                         {6, 1, 1, true, false},
                                         {6, 9, 9, true, true},
                                         {6, 20, 20, true, false}}) {
    const Graph graph = layer(c, random);
    Bytes input(static_cast<std::size_t>(graph.tensor(graph.inputs[0]).bytes()));
    for (auto& byte : input) byte = static_cast<std::uint8_t>(c.extreme ? 127 : random.between(0, 255));
    const std::vector<Bytes> got = Evaluator(graph).run({input});
    const std::vector<std::int8_t> wanted = one_by_one(graph, c, input);
    ASSERT_EQ(got[0].size(), wanted.size());
    EXPECT_EQ(std::memcmp(got[0].data(), wanted.data(), wanted.size()), 0) << c.size << " " << c.depth << " " << c.outputs;
  }
}

}  // namespace
}  // namespace mote::test
