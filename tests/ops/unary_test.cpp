#include "ops/unary.hpp"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "ops/evaluate.hpp"

namespace mote {
namespace {

using test::GraphBuilder;
using test::quantized;

struct Curve {
  std::string name;
  Attributes attributes;
  std::function<double(double)> real;
  /// Output quantization for an input's.
  std::function<Quantization(const Quantization&)> output;
  DataType type = DataType::kInt8;
};

double hard_swish(double x) { return x * std::min(std::max(x + 3.0, 0.0), 6.0) / 6.0; }

std::vector<Curve> curves() {
  const auto fixed = [](float scale, std::int32_t zero_point) {
    return [=](const Quantization&) { return quantized(scale, zero_point); };
  };
  const auto same = [](const Quantization& in) { return in; };
  const auto other = [](const Quantization& in) { return quantized(in.scale() * 1.3F, -in.zero_point() / 2); };
  return {{"logistic", {}, [](double x) { return 1.0 / (1.0 + std::exp(-x)); }, fixed(1.0F / 256.0F, -128)},
          {"tanh", {}, [](double x) { return std::tanh(x); }, fixed(1.0F / 128.0F, 0)},
          {"hard_swish", {}, hard_swish, other},
          {"relu", {}, [](double x) { return std::max(x, 0.0); }, other},
          {"relu", {}, [](double x) { return std::max(x, 0.0); }, same},
          {"relu6", {}, [](double x) { return std::min(std::max(x, 0.0), 6.0); }, same},
          {"leaky_relu", {{"alpha", 0.3F}}, [](double x) { return x > 0.0 ? x : 0.3 * x; }, other},
          {"quantize", {}, [](double x) { return x; }, other}};
}

/// The operator on every int8 value, from -128 on, in one tensor.
std::vector<std::int8_t> all_results(const Graph& graph) {
  Bytes in(256);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<std::uint8_t>(static_cast<int>(i) - 128);
  const Bytes out = Evaluator(graph).run({in})[0];
  return {out.begin(), out.end()};
}

TEST(Unary, Int8IsWithinTwoStepsOfReal) {
  test::Random random(1);
  for (const Curve& curve : curves()) {
    for (int trial = 0; trial < 40; ++trial) {
      const Quantization in = quantized(0.005F + 0.1F * random.fraction(), random.between(-128, 127));
      const Quantization out = curve.output(in);
      GraphBuilder build;
      const TensorId x = build.input({256}, in);
      build.output(build.node(curve.name, {x}, curve.attributes, out));
      const std::vector<std::int8_t> results = all_results(build.finish());
      for (int q = -128; q <= 127; ++q) {
        const double exact = curve.real(in.scale() * (q - in.zero_point())) / out.scale() + out.zero_point();
        const double limited = std::min(std::max(exact, -128.0), 127.0);
        ASSERT_NEAR(results[static_cast<std::size_t>(q + 128)], limited, 2.0)
            << curve.name << " of " << q << ", scale " << in.scale() << ", zero point " << in.zero_point();
      }
    }
  }
}

TEST(Unary, LookupTableHoldsTheReference) {
  for (const Curve& curve : curves()) {
    GraphBuilder build;
    const TensorId x = build.input({256}, quantized(0.05F, 7));
    build.output(build.node(curve.name, {x}, curve.attributes, curve.output(quantized(0.05F, 7))));
    const Graph graph = build.finish();
    const KernelCall call = lower_lookup(NodeView(graph, graph.nodes[0]));
    const std::vector<std::int8_t> results = all_results(graph);
    ASSERT_EQ(call.constants.size(), 1U);
    ASSERT_EQ(call.constants[0].bytes.size(), 256U);
    for (int q = -128; q <= 127; ++q) {
      ASSERT_EQ(static_cast<std::int8_t>(call.constants[0].bytes[static_cast<std::uint8_t>(q)]),
                results[static_cast<std::size_t>(q + 128)])
          << curve.name << " of " << q;
    }
    EXPECT_EQ(call.in_place, std::vector<int>{0});
  }
}

TEST(Unary, OutputMayTakeTheInputsMemoryOnlyWhereItIsSafe) {
  const auto in_place = [](DataType from, DataType to) {
    GraphBuilder build;
    const Quantization q = quantized(0.5F);
    const TensorId x = build.input({4}, q, from);
    build.output(build.node("cast", {x}, {}, q, to));
    const Graph graph = build.finish();
    const NodeView node(graph, graph.nodes[0]);
    return !node.node().op->implementations(node)[0].lower(node).in_place.empty();
  };
  EXPECT_TRUE(in_place(DataType::kInt32, DataType::kInt8));
  EXPECT_TRUE(in_place(DataType::kFloat32, DataType::kFloat32));
  EXPECT_FALSE(in_place(DataType::kInt32, DataType::kInt16));
  EXPECT_FALSE(in_place(DataType::kInt8, DataType::kInt16));
}

std::string refusal(std::string_view op, const Quantization& in, const Quantization& out, DataType type = DataType::kInt8) {
  return test::error_of([&] {
    GraphBuilder build;
    const TensorId x = build.input({1, 8}, in, type);
    build.output(build.node(op, {x}, {}, out, type));
    build.finish();
  });
}

TEST(Unary, RefusesQuantizationThatTheResultDoesNotHave) {
  EXPECT_TRUE(test::contains(refusal("logistic", quantized(0.1F), quantized(1.0F / 256.0F, 0)), "1/256 and -128"));
  EXPECT_TRUE(test::contains(refusal("logistic", quantized(0.1F), quantized(0.01F, -128)), "1/256 and -128"));
  EXPECT_TRUE(test::contains(refusal("tanh", quantized(0.1F), quantized(1.0F / 256.0F, 0)), "1/128 and 0"));
  EXPECT_TRUE(test::contains(refusal("tanh", quantized(0.1F), quantized(1.0F / 128.0F), DataType::kInt16), "1/32768 and 0"));
  EXPECT_TRUE(test::contains(refusal("relu6", quantized(0.1F), quantized(0.2F)), "differ in scale"));
  EXPECT_TRUE(test::contains(refusal("hard_swish", quantized(0.1F), quantized(0.0001F)), "16-bit arithmetic"));
  EXPECT_TRUE(test::contains(refusal("hard_swish", quantized(0.1F), quantized(0.1F), DataType::kInt16), "int16"));
  EXPECT_TRUE(test::contains(refusal("softmax", quantized(0.1F), quantized(1.0F / 256.0F, 0)), "1/256 and -128"));
  EXPECT_TRUE(test::contains(refusal("softmax", quantized(1e-9F), quantized(1.0F / 256.0F, -128)), "too small"));
  EXPECT_TRUE(test::contains(refusal("log_softmax", quantized(0.1F), quantized(1.0F / 256.0F, -128)), "0.0625 and 127"));
  EXPECT_TRUE(test::contains(refusal("logistic", quantized(3.0F), quantized(1.0F / 32768.0F), DataType::kInt16), "too large"));
  EXPECT_TRUE(test::contains(refusal("relu", Quantization{}, quantized(0.1F)), "without scale"));
}

TEST(Unary, CastSaturatesWhereCLeavesItOpen) {
  GraphBuilder build;
  const TensorId x = build.input({6}, {}, DataType::kFloat32);
  build.output(build.node("cast", {x}, {}, {}, DataType::kInt8));
  const std::vector<float> values{300.0F, -1e20F, NAN, -1.9F, 1.9F, INFINITY};
  Bytes in(values.size() * sizeof(float));
  std::memcpy(in.data(), values.data(), in.size());
  const Graph graph = build.finish();
  const Bytes out = Evaluator(graph).run({in})[0];
  const std::vector<std::int8_t> expected{127, -128, 0, -1, 1, 127};
  EXPECT_EQ(std::vector<std::int8_t>(out.begin(), out.end()), expected);
}

TEST(Unary, SoftmaxOfManyEqualValuesIsZeroOnceTheyAreBelowHalfAStep) {
  for (const std::int32_t depth : {300, 511, 513, 1000, 5000}) {
    GraphBuilder build;
    const TensorId x = build.input({1, depth}, quantized(0.1F, 3));
    build.output(build.node("softmax", {x}, {}, quantized(1.0F / 256.0F, -128)));
    const Graph graph = build.finish();
    const Bytes out = Evaluator(graph).run({Bytes(static_cast<std::size_t>(depth), 5)})[0];
    const auto expected = static_cast<std::int8_t>(std::lround(256.0 / depth) - 128);
    for (const std::uint8_t value : out) ASSERT_EQ(static_cast<std::int8_t>(value), expected) << depth;
  }
}

}  // namespace
}  // namespace mote
