// What UNIDIRECTIONAL_SEQUENCE_LSTM refuses, and runs that start from zero. Its numbers are compared with TensorFlow Lite Micro's
// by tests/differential.

#include "ops/unidirectional_sequence_lstm.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {
namespace {

constexpr std::int32_t kTime = 3, kWidth = 2, kUnits = 4;
const Quantization kOutput = quantized(1.0F / 128.0F, 5);

/// The inputs of an int8 node, in the graph of `builder`.
std::vector<TensorId> int8_inputs(GraphBuilder& builder) {
  std::vector<TensorId> inputs(UnidirectionalSequenceLstm::kInputs, kNoTensor);
  inputs[0] = builder.input({1, kTime, kWidth}, quantized(0.05F, -3));
  for (int gate = 0; gate < 4; ++gate) {
    const auto weights = [&](std::int32_t depth) {
      std::vector<std::int8_t> values;
      for (std::int32_t i = 0; i < kUnits * depth; ++i) values.push_back(static_cast<std::int8_t>((37 * i + 29 * gate) % 251 - 125));
      return builder.constant({kUnits, depth}, values, quantized(0.02F));
    };
    const auto at = static_cast<std::size_t>(gate);
    inputs[UnidirectionalSequenceLstm::kWeights + at] = weights(kWidth);
    inputs[UnidirectionalSequenceLstm::kRecurrentWeights + at] = weights(kUnits);
    inputs[UnidirectionalSequenceLstm::kBias + at] = builder.constant<std::int32_t>({kUnits}, {100, -200, 300, 50}, quantized(0.001F));
  }
  inputs[UnidirectionalSequenceLstm::kOutputState] = builder.state({1, kUnits}, kOutput, DataType::kInt8);
  inputs[UnidirectionalSequenceLstm::kCellState] = builder.state({1, kUnits}, quantized(1.0F / 2048.0F), DataType::kInt16);
  return inputs;
}

/// The message about a node whose inputs `change` has spoilt.
template <typename Change>
std::string refusal(Change&& change, const Attributes& attributes = {}) {
  GraphBuilder builder;
  std::vector<TensorId> inputs = int8_inputs(builder);
  change(builder, inputs);
  return error_of([&] { builder.node("unidirectional_sequence_lstm", inputs, attributes, kOutput); });
}

TEST(UnidirectionalSequenceLstm, RefusesVariantsByName) {
  const auto with = [](std::size_t at) {
    return [at](GraphBuilder& b, std::vector<TensorId>& inputs) { inputs[at] = b.constant<std::int16_t>({kUnits}, {1, 2, 3, 4}, quantized(0.1F)); };
  };
  EXPECT_TRUE(contains(refusal(with(10)), "peephole weights"));
  EXPECT_TRUE(contains(refusal(with(16)), "a projection"));
  EXPECT_TRUE(contains(refusal(with(21)), "layer normalization"));
  EXPECT_TRUE(contains(refusal([](auto&, auto& inputs) { inputs[1] = kNoTensor; }), "no weights for its input gate (coupled gates"));
  EXPECT_TRUE(contains(refusal([](auto&, auto& inputs) { inputs[13] = kNoTensor; }), "no bias for its forget gate"));
  EXPECT_TRUE(contains(refusal([](auto&, auto&) {}, {{"activation", Activation::kRelu}}), "activation relu"));
}

TEST(UnidirectionalSequenceLstm, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) { inputs[5] = b.template constant<std::int8_t>({2, 2}, {1, 2, 3, 4}, quantized(0.1F)); }),
                       "has the shape"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) { inputs[1] = b.template constant<float>({kUnits, kWidth}, std::vector<float>(8)); }), "hybrid"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) { inputs[19] = b.state({1, kUnits}, quantized(0.0007F), DataType::kInt16); }), "not a power of two"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) { inputs[18] = b.input({1, kUnits}, kOutput); }), "is not a variable"));
  EXPECT_TRUE(contains(refusal([](auto&, auto& inputs) { inputs[18] = kNoTensor; }), "no tensor for its state"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) { inputs[18] = b.state({1, kUnits}, quantized(0.5F), DataType::kInt8); }), "differ in scale"));
}

Bytes run(const Graph& graph, int times, std::int8_t start) {
  Evaluator evaluator(graph);
  Bytes in(kTime * kWidth);
  Bytes out;
  for (int i = 0; i < times; ++i) {
    for (std::size_t k = 0; k < in.size(); ++k) in[k] = static_cast<std::uint8_t>(start + 31 * static_cast<int>(k));
    out = evaluator.run({in})[0];
  }
  return out;
}

TEST(UnidirectionalSequenceLstm, MayStartEveryRunFromZero) {
  const auto graph = [](bool restarts) {
    GraphBuilder builder;
    const std::vector<TensorId> inputs = int8_inputs(builder);
    builder.output(builder.node("unidirectional_sequence_lstm", inputs, {{"restarts", restarts}}, kOutput));
    return builder.finish();
  };
  const Bytes first = run(graph(false), 1, 7);
  EXPECT_NE(run(graph(false), 2, 7), first);
  EXPECT_EQ(run(graph(true), 1, 7), first);
  EXPECT_EQ(run(graph(true), 2, 7), first);
}

}  // namespace
}  // namespace mote::test
