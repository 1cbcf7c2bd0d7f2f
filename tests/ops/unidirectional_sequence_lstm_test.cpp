// What UNIDIRECTIONAL_SEQUENCE_LSTM refuses, and runs that start from zero. Its numbers are compared with TensorFlow Lite Micro's
// by tests/differential.

#include "ops/unidirectional_sequence_lstm.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random.hpp"
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
      for (std::int32_t i = 0; i < kUnits * depth; ++i)
        values.push_back(static_cast<std::int8_t>((37 * i + 29 * gate) % 251 - 125));
      return builder.constant({kUnits, depth}, values, quantized(0.02F));
    };
    const auto at = static_cast<std::size_t>(gate);
    inputs[UnidirectionalSequenceLstm::kWeights + at] = weights(kWidth);
    inputs[UnidirectionalSequenceLstm::kRecurrentWeights + at] = weights(kUnits);
    inputs[UnidirectionalSequenceLstm::kBias + at] =
        builder.constant<std::int32_t>({kUnits}, {100, -200, 300, 50}, quantized(0.001F));
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
    return [at](GraphBuilder& b, std::vector<TensorId>& inputs) {
      inputs[at] = b.constant<std::int16_t>({kUnits}, {1, 2, 3, 4}, quantized(0.1F));
    };
  };
  EXPECT_TRUE(contains(refusal(with(10)), "peephole weights"));
  EXPECT_TRUE(contains(refusal(with(16)), "a projection"));
  EXPECT_TRUE(contains(refusal(with(21)), "layer normalization"));
  EXPECT_TRUE(
      contains(refusal([](auto&, auto& inputs) { inputs[1] = kNoTensor; }), "no weights for its input gate (coupled gates"));
  EXPECT_TRUE(contains(refusal([](auto&, auto& inputs) { inputs[13] = kNoTensor; }), "no bias for its forget gate"));
  EXPECT_TRUE(contains(refusal([](auto&, auto&) {}, {{"activation", Activation::kRelu}}), "activation relu"));
}

TEST(UnidirectionalSequenceLstm, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) {
                         inputs[5] = b.template constant<std::int8_t>({2, 2}, {1, 2, 3, 4}, quantized(0.1F));
                       }),
                       "has the shape"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) {
                         inputs[1] = b.template constant<float>({kUnits, kWidth}, std::vector<float>(8));
                       }),
                       "hybrid"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) {
                         inputs[19] = b.state({1, kUnits}, quantized(0.0007F), DataType::kInt16);
                       }),
                       "not a power of two"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) { inputs[18] = b.input({1, kUnits}, kOutput); }), "is not a variable"));
  EXPECT_TRUE(contains(refusal([](auto&, auto& inputs) { inputs[18] = kNoTensor; }), "no tensor for its state"));
  EXPECT_TRUE(contains(refusal([](auto& b, auto& inputs) {
                         inputs[18] = b.state({1, kUnits}, quantized(0.5F), DataType::kInt8);
                       }),
                       "differ in scale"));
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

/// A float layer with weights of usual size, and the same in integers of `type`.
struct Pair {
  Graph real, integer;
};

Pair layer_pair(DataType type, std::int32_t time, std::int32_t width, std::int32_t units) {
  Random random(7);
  GraphBuilder real;
  std::vector<TensorId> inputs(UnidirectionalSequenceLstm::kInputs, kNoTensor);
  const auto numbers = [&](std::int32_t count, float size) {
    std::vector<float> values;
    for (std::int32_t i = 0; i < count; ++i) values.push_back(size * (static_cast<float>(random.between(-1000, 1000)) / 1000.0F));
    return values;
  };
  inputs[0] = real.input({1, time, width}, {}, DataType::kFloat32);
  for (std::size_t gate = 0; gate < 4; ++gate) {
    inputs[UnidirectionalSequenceLstm::kWeights + gate] = real.constant<float>({units, width}, numbers(units * width, 0.6F));
    inputs[UnidirectionalSequenceLstm::kRecurrentWeights + gate] =
        real.constant<float>({units, units}, numbers(units * units, 0.4F));
    inputs[UnidirectionalSequenceLstm::kBias + gate] = real.constant<float>({units}, numbers(units, 1.0F));
  }
  inputs[UnidirectionalSequenceLstm::kOutputState] = real.state({1, units}, {}, DataType::kFloat32);
  inputs[UnidirectionalSequenceLstm::kCellState] = real.state({1, units}, {}, DataType::kFloat32);
  real.output(real.node("unidirectional_sequence_lstm", inputs, {{"restarts", true}}, {}, DataType::kFloat32));
  Pair pair{real.finish(), {}};
  const Node& node = pair.real.nodes[0];
  const float narrow = type == DataType::kInt16 ? 1.0F / 256.0F : 1.0F;
  const auto as_integer = [&](TensorId id, float scale) {
    Tensor tensor = pair.real.tensor(id);
    tensor.type = type;
    tensor.quantization = quantized(scale * narrow);
    return tensor;
  };
  Graph& made = pair.integer;
  Node copy{node.name, node.op, node.inputs, {}};
  const Tensor in = as_integer(node.inputs[0], 2.0F / 127.0F);
  const Tensor out = as_integer(node.outputs[0], 1.0F / 127.0F);
  copy.inputs[0] = made.add_tensor(in);
  made.inputs = {copy.inputs[0]};
  for (IntegerInput& each : node.op->integer_inputs(NodeView(pair.real, node), in, out, [](int) { return 3.0F; })) {
    copy.inputs[static_cast<std::size_t>(each.input)] = made.add_tensor(std::move(each.tensor));
  }
  copy.outputs = {made.add_tensor(out)};
  made.outputs = copy.outputs;
  made.nodes.push_back(std::move(copy));
  verify(made);
  return pair;
}

template <typename Value>
double largest_error(const Pair& pair) {
  Random random(11);
  const Tensor& in = pair.integer.tensor(pair.integer.inputs[0]);
  const Tensor& out = pair.integer.tensor(pair.integer.outputs[0]);
  std::vector<Value> stored;
  std::vector<float> real;
  for (std::int64_t i = 0; i < in.elements(); ++i) {
    stored.push_back(static_cast<Value>(static_cast<float>(random.between(-127, 127)) / 127.0F * 2.0F / in.scale()));
    real.push_back(static_cast<float>(stored.back()) * in.scale());
  }
  const auto bytes = [](const auto& values) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(values.data());
    return Bytes(begin, begin + values.size() * sizeof(values[0]));
  };
  const Bytes expected = Evaluator(pair.real).run({bytes(real)})[0];
  const Bytes actual = Evaluator(pair.integer).run({bytes(stored)})[0];
  double error = 0;
  for (std::size_t i = 0; i < expected.size() / sizeof(float); ++i) {
    float exact = 0;
    Value value = 0;
    std::memcpy(&exact, &expected[i * sizeof exact], sizeof exact);
    std::memcpy(&value, &actual[i * sizeof value], sizeof value);
    error = std::max(error, std::abs(static_cast<double>(exact) - static_cast<double>(value) * static_cast<double>(out.scale())));
  }
  return error;
}

TEST(UnidirectionalSequenceLstm, BecomesIntegersThatStayNear) {
  const double int8_error = largest_error<std::int8_t>(layer_pair(DataType::kInt8, 12, 5, 9));
  EXPECT_GT(int8_error, 0.0);
  EXPECT_LT(int8_error, 0.05);
  EXPECT_LT(largest_error<std::int16_t>(layer_pair(DataType::kInt16, 12, 5, 9)), 0.02);
}

}  // namespace
}  // namespace mote::test
