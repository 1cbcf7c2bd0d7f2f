// ADD and SUB in one shift against two roundings, for every pair of inputs.

#include "ops/sum_int8.hpp"

#include <random>

#include <gtest/gtest.h>

namespace {

mote::Tensor tensor(float scale, std::int32_t zero_point) {
  mote::Tensor result;
  result.type = mote::DataType::kInt8;
  result.shape = {4, 5};
  result.quantization.scales = {scale};
  result.quantization.zero_points = {zero_point};
  return result;
}

/// An ADD or SUB of random scales; `alike`: scales whose sums often lie halfway between outputs.
mote::Graph random_graph(std::mt19937& engine, bool alike) {
  const auto scale = [&] { return alike ? 0.25F : std::uniform_real_distribution<float>(0.01F, 0.3F)(engine); };
  const auto zero_point = [&] { return std::uniform_int_distribution<std::int32_t>(-128, 127)(engine); };
  mote::Graph graph;
  const float a = scale(), b = scale();
  graph.tensors = {
      tensor(a, zero_point()), tensor(b, zero_point()),
      tensor(alike ? 0.5F : std::max(a, b) * std::uniform_real_distribution<float>(0.4F, 2.0F)(engine), zero_point())};
  mote::Node node;
  node.inputs = {0, 1};
  node.outputs = {2};
  graph.nodes.push_back(std::move(node));
  return graph;
}

void expect_exact(int sign, bool alike, int at_least) {
  std::mt19937 engine(5);
  int fitted = 0;
  for (int i = 0; i < 20; ++i) {
    const mote::Graph graph = random_graph(engine, alike);
    const mote::NodeView node(graph, graph.nodes[0]);
    const auto activation = i % 4 == 0 ? mote::Activation::kRelu : mote::Activation::kNone;
    const auto sum = mote::fit_one_shift_sum(node, sign, activation);
    if (!sum) continue;
    ++fitted;
    const mote::SumScaling scaling = mote::sum_scaling(node);
    const auto [low, high] = mote::activation_range(activation, node.output());
    for (int a = -128; a < 128; ++a)
      for (int b = -128; b < 128; ++b) {
        const std::int32_t left = mote::requantize((a - node.input(0).zero_point()) << 20, scaling.a);
        const std::int32_t right = mote::requantize((b - node.input(1).zero_point()) << 20, scaling.b);
        const std::int32_t exact = mote::requantize(left + sign * right, scaling.output) + node.output().zero_point();
        const auto high_part = [](std::int64_t value, std::int64_t factor) { return (256 * value * factor) >> 16; };
        const std::int64_t one = high_part(a, sum->a_factor) + high_part(b, sum->b_factor) + sum->offset;
        ASSERT_EQ(one, static_cast<std::int32_t>(one));
        ASSERT_EQ(std::clamp<std::int64_t>(one >> sum->shift, low, high), std::clamp(exact, low, high)) << a << " " << b;
      }
  }
  EXPECT_GE(fitted, at_least);
}

TEST(OneShiftSum, EqualsTwoRoundingsForEveryPair) {
  expect_exact(1, false, 15);
  expect_exact(-1, false, 15);
}
TEST(OneShiftSum, OfHalves) {
  expect_exact(1, true, 10);
  expect_exact(-1, true, 10);
}

}  // namespace
