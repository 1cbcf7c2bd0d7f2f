#include <cmath>

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "emulate/run_model.hpp"
#include "ops/evaluate.hpp"
#include "select/plan.hpp"

namespace mote::test {
namespace {

/// A layer with weights of this shape, whose channels lie along `axis`.
struct Layer {
  const char* name;
  const char* op;
  Shape input, weights;
  std::int32_t axis;
  Attributes attributes;
};

std::ostream& operator<<(std::ostream& out, const Layer& each) { return out << each.name; }

constexpr std::uint32_t kSeed = 11;

float between(Random& random) { return static_cast<float>(random.between(-1000, 1000)) / 500.0F; }

/// The layer with int8 weights, or with the same weights as float32.
Graph graph_of(const Layer& layer, bool as_int8, bool per_channel, bool bias) {
  Random random(kSeed);
  const auto channels = static_cast<std::size_t>(layer.weights[static_cast<std::size_t>(layer.axis)]);
  Quantization quantization{{}, {}, layer.axis};
  for (std::size_t c = 0; c < (per_channel ? channels : 1); ++c) {
    quantization.scales.push_back(0.003F * static_cast<float>(c + 1));
    quantization.zero_points.push_back(0);
  }
  std::vector<std::int8_t> stored(static_cast<std::size_t>(element_count(layer.weights)));
  std::vector<float> real;
  const auto stride = static_cast<std::size_t>(layer.axis == 0 ? stored.size() / channels : 1);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    stored[i] = static_cast<std::int8_t>(random.between(-127, 127));
    real.push_back(static_cast<float>(stored[i]) * quantization.scales[per_channel ? i / stride % channels : 0]);
  }
  std::vector<float> biases;
  for (std::size_t c = 0; c < channels; ++c) biases.push_back(between(random));
  GraphBuilder b;
  const TensorId in = b.input(layer.input, {}, DataType::kFloat32);
  const TensorId weights = as_int8 ? b.constant(layer.weights, stored, quantization) : b.constant(layer.weights, real);
  const TensorId added = bias ? b.constant(Shape{static_cast<std::int32_t>(channels)}, biases) : kNoTensor;
  b.output(b.node(layer.op, {in, weights, added}, layer.attributes, {}, DataType::kFloat32));
  return b.finish();
}

Bytes random_input(const Graph& graph) {
  Random random(kSeed + 1);
  std::vector<float> values(static_cast<std::size_t>(graph.tensor(graph.inputs[0]).elements()));
  for (float& value : values) value = between(random);
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

void expect_near(const Bytes& got, const Bytes& expected) {
  ASSERT_EQ(got.size(), expected.size());
  std::vector<float> a(got.size() / sizeof(float)), b(a.size());
  std::memcpy(a.data(), got.data(), got.size());
  std::memcpy(b.data(), expected.data(), expected.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-4 * (1 + std::abs(b[i]))) << i;
}

class WeightOnly : public testing::TestWithParam<Layer> {};

TEST_P(WeightOnly, GivesWhatTheRealWeightsGive) {
  for (const bool per_channel : {false, true}) {
    for (const bool bias : {false, true}) {
      const Graph graph = graph_of(GetParam(), true, per_channel, bias);
      const Graph real = graph_of(GetParam(), false, per_channel, bias);
      const Bytes input = random_input(graph);
      const Bytes expected = Evaluator(real).run({input})[0];
      expect_near(Evaluator(graph).run({input})[0], expected);
      expect_near(run_model(make_plan(graph, find_target("host")), {{{input}}}, false).outputs[0][0], expected);
    }
  }
}

TEST_P(WeightOnly, GivesTheSameOnABoardWithAByteForEachWeight) {
  const Graph graph = graph_of(GetParam(), true, true, true);
  const Bytes input = random_input(graph);
  const Plan plan = make_plan(graph, find_target("cortex-m4"));
  EXPECT_LT(plan.constant_bytes(), element_count(GetParam().weights) + 8 * GetParam().weights[static_cast<std::size_t>(GetParam().axis)] + 1);
  expect_near(run_model(plan, {{{input}}}, false).outputs[0][0], Evaluator(graph).run({input})[0]);
}

const Padding kSame{.kind = Padding::Kind::kSame};

INSTANTIATE_TEST_SUITE_P(
    Layers, WeightOnly,
    testing::Values(Layer{"fully_connected", "fully_connected", {3, 13}, {5, 13}, 0, {{"activation", Activation::kRelu}}},
                    Layer{"pointwise", "conv_2d", {1, 3, 4, 6}, {7, 1, 1, 6}, 0, {}},
                    Layer{"window", "conv_2d", {2, 7, 6, 3}, {4, 3, 2, 3}, 0, {{"padding", kSame}, {"stride_h", 2}, {"activation", Activation::kRelu6}}},
                    Layer{"groups", "conv_2d", {1, 5, 5, 6}, {4, 3, 3, 3}, 0, {{"dilation_w", 2}}},
                    Layer{"depthwise", "depthwise_conv_2d", {1, 6, 5, 4}, {1, 3, 3, 4}, 3, {{"padding", kSame}}},
                    Layer{"depthwise_many", "depthwise_conv_2d", {1, 6, 5, 2}, {1, 2, 3, 6}, 3, {{"stride_w", 2}}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mote::test
