#include "passes/fuse_quantized.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "graph/operator.hpp"
#include "graph/print.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {
namespace {

TEST(FuseQuantized, AFloatLayerBetweenScalesBecomesAnIntegerOne) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 int8 1x2 "in" scale=[0.5] zero_point=[3]
tensor %1 float32 1x2 "real_in"
tensor %2 int8 1x2 "weights" scale=[0.25] zero_point=[0] constant=01ff
tensor %3 float32 1x2 "real_weights"
tensor %4 int32 1 "bias" scale=[0.125] zero_point=[0] constant=05000000
tensor %5 float32 1 "real_bias"
tensor %6 float32 1x1 "real_out"
tensor %7 int8 1x1 "out" scale=[2] zero_point=[-1]
inputs (%0)
node dequantize "a" (%0) -> (%1)
node dequantize "b" (%2) -> (%3)
node dequantize "c" (%4) -> (%5)
node fully_connected "dense" (%1 %3 %5) -> (%6) keep_num_dims=false activation=relu
node quantize "d" (%6) -> (%7)
outputs (%7)
)");
  EXPECT_TRUE(fuse_quantized(graph));
  EXPECT_EQ(print_graph(graph), R"(graph "g"
tensor %0 int8 1x2 "in" scale=[0.5] zero_point=[3]
tensor %1 int8 1x2 "weights" scale=[0.25] zero_point=[0] constant=01ff
tensor %2 int32 1 "bias" scale=[0.125] zero_point=[0] constant=05000000
tensor %3 int8 1x1 "out" scale=[2] zero_point=[-1]
inputs (%0)
node fully_connected "dense" (%0 %1 %2) -> (%3) keep_num_dims=false activation=relu
outputs (%3)
)");
  EXPECT_NO_THROW(verify(graph));
}

/// Real values of two int8 inputs into `op`, whose result is quantized again.
struct Between {
  std::string op = "add";
  Attributes attributes = {};
  Quantization first = quantized(0.5F, 3), second = quantized(0.25F, -7), result = quantized(0.75F, 1);
  int inputs = 2;
  bool real_is_output = false;

  Graph graph() const {
    GraphBuilder b;
    std::vector<TensorId> reals;
    for (const Quantization* each : {&first, &second}) {
      if (static_cast<int>(reals.size()) < inputs) reals.push_back(b.node("dequantize", {b.input({1, 8}, *each)}, {}, {}, DataType::kFloat32));
    }
    const TensorId real = b.node(op, reals, attributes, {}, DataType::kFloat32);
    b.output(b.node("quantize", {real}, {}, result));
    if (real_is_output) b.output(real);
    return b.finish();
  }
};

std::string operators(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes) text += fmt::format("{}{}", text.empty() ? "" : " ", node.op->name());
  return text;
}

std::string fused(const Between& between) {
  Graph graph = between.graph();
  fuse_quantized(graph);
  verify(graph);
  return operators(graph);
}

TEST(FuseQuantized, ScalesOfNeighboursAreMetByRequantization) {
  EXPECT_EQ(fused({}), "add");
  const Attributes last{{"axis", 1}};
  EXPECT_EQ(fused({.op = "concatenation", .attributes = last}), "quantize quantize concatenation");
  EXPECT_EQ(fused({.op = "concatenation", .attributes = last, .second = quantized(0.75F, 1)}), "quantize concatenation");
  EXPECT_EQ(fused({.op = "softmax", .inputs = 1}), "softmax quantize") << "its result has a scale of its own";
  EXPECT_EQ(fused({.op = "softmax", .result = quantized(1.0F / 256, -128), .inputs = 1}), "softmax");
}

TEST(FuseQuantized, WhatIsReadAsFloatStaysFloat) {
  EXPECT_EQ(fused({.real_is_output = true}), "dequantize dequantize add quantize");
}

TEST(FuseQuantized, ResultsAreWithinAStepOfTheFloatOperators) {
  for (const Between& each : {Between{}, Between{.op = "concatenation", .attributes = {{"axis", 1}}}, Between{.op = "softmax", .inputs = 1},
                              Between{.op = "mul", .result = quantized(20.0F, 2)}, Between{.op = "logistic", .result = quantized(0.01F, -20), .inputs = 1}}) {
    const Graph before = each.graph();
    Graph after = before;
    ASSERT_TRUE(fuse_quantized(after));
    std::vector<Bytes> inputs;
    for (std::size_t i = 0; i < before.inputs.size(); ++i) {
      Bytes values;
      for (int v = 0; v < 8; ++v) values.push_back(static_cast<std::uint8_t>(37 * v + 91 * static_cast<int>(i)));
      inputs.push_back(values);
    }
    const Bytes expected = Evaluator(before).run(inputs)[0];
    const Bytes got = Evaluator(after).run(inputs)[0];
    for (std::size_t v = 0; v < got.size(); ++v)
      EXPECT_NEAR(static_cast<std::int8_t>(got[v]), static_cast<std::int8_t>(expected[v]), 1) << each.op << " " << v;
  }
}

TEST(FuseQuantized, LayersOnFloatsKeepTheirWeightsInBytes) {
  GraphBuilder b;
  const TensorId weights = b.constant<std::int8_t>({2, 3}, {1, 2, 3, 4, 5, 6}, quantized(0.5F));
  const TensorId real = b.node("dequantize", {weights}, {}, {}, DataType::kFloat32);
  b.output(b.node("fully_connected", {b.input({1, 3}, {}, DataType::kFloat32), real, kNoTensor}, {}, {}, DataType::kFloat32));
  Graph graph = b.finish();
  EXPECT_TRUE(fuse_quantized(graph));
  EXPECT_EQ(operators(graph), "fully_connected");
  EXPECT_EQ(NodeView(graph, graph.nodes[0]).input(1).type, DataType::kInt8);
}

TEST(FuseQuantized, WeightsWithAZeroPointBecomeFloats) {
  GraphBuilder b;
  const TensorId weights = b.constant<std::int8_t>({1, 2}, {1, 2}, quantized(0.5F, 1));
  const TensorId real = b.node("dequantize", {weights}, {}, {}, DataType::kFloat32);
  b.output(b.node("fully_connected", {b.input({1, 2}, {}, DataType::kFloat32), real, kNoTensor}, {}, {}, DataType::kFloat32));
  Graph graph = b.finish();
  EXPECT_TRUE(fuse_quantized(graph));
  ASSERT_EQ(operators(graph), "fully_connected");
  const Tensor& constant = NodeView(graph, graph.nodes[0]).input(1);
  ASSERT_EQ(constant.type, DataType::kFloat32);
  EXPECT_EQ(constant.values<float>()[0], 0.0F);
  EXPECT_EQ(constant.values<float>()[1], 0.5F);
}

}  // namespace
}  // namespace mote::test
