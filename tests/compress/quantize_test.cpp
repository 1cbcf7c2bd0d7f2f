#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/float_graph.hpp"
#include "compress/quantize.hpp"
#include "compress/lockstep.hpp"
#include "emulate/run_model.hpp"
#include "export/tflite.hpp"
#include "graph/print.hpp"
#include "import/tflite.hpp"
#include "passes/passes.hpp"

namespace mote::test {
namespace {

std::vector<DataType> types_of(const Graph& graph, std::string_view op) {
  std::vector<DataType> types;
  for (const Node& node : graph.nodes) {
    if (node.op->name() == op) types.push_back(graph.tensor(node.outputs[0]).type);
  }
  return types;
}

QuantizeOptions quick() {
  QuantizeOptions options;
  options.sensitivity = false;
  return options;
}

Graph classifier() {
  FloatBuilder b(1);
  TensorId x = b.float_input({1, 8, 8, 2});
  x = b.convolution(x, 6, 3);
  x = b.op("add", {x, b.convolution(x, 6, 3, Activation::kNone)}, {{"activation", Activation::kRelu}});
  x = b.op("concatenation", {b.convolution(x, 3, 1), b.convolution(x, 4, 1, Activation::kNone)}, {{"axis", 3}});
  x = b.op("mean", {x, b.integers({1, 2})});
  b.output(b.op("softmax", {b.dense(x, 5)}));
  return b.finish();
}

TEST(Quantize, MakesEveryNodeInt8) {
  const Graph graph = classifier();
  const QuantizeResult result = quantize(graph, random_samples(graph, 32, 2), {}, quick());
  for (const Node& node : result.graph.nodes) EXPECT_EQ(result.graph.tensor(node.outputs[0]).type, DataType::kInt8) << node.name;
  EXPECT_EQ(result.graph.tensor(result.graph.inputs[0]).type, DataType::kInt8);
  EXPECT_EQ(result.graph.tensor(result.graph.outputs[0]).quantization, quantized(1.0F / 256, -128));
  EXPECT_TRUE(types_of(result.graph, "quantize").empty());
  EXPECT_GT(result.quality.sqnr_db, 25);
  EXPECT_TRUE(result.notes.empty());
}

TEST(Quantize, JoinedTensorsShareOneScale) {
  const Graph graph = classifier();
  const Graph made = quantize(graph, random_samples(graph, 32, 2), {}, quick()).graph;
  for (const Node& node : made.nodes) {
    if (node.op->name() != "concatenation") continue;
    for (const TensorId id : node.inputs) EXPECT_EQ(made.tensor(id).quantization, made.tensor(node.outputs[0]).quantization);
  }
}

TEST(Quantize, WeightsHaveTheFormThatIsAskedFor) {
  const Graph graph = classifier();
  QuantizeOptions options = quick();
  options.forms = {{"*", parse_weight_form("int4")}, {graph.nodes[0].name, parse_weight_form("clusters6")}};
  const QuantizeResult result = quantize(graph, random_samples(graph, 32, 2), {}, options);
  EXPECT_GT(result.quality.sqnr_db, 12);
  int layers = 0;
  for (const Node& node : result.graph.nodes) {
    if (node.op->name() != "conv_2d" && node.op->name() != "fully_connected") continue;
    std::set<std::int8_t> codes;
    for (const std::int8_t code : result.graph.tensor(node.inputs[1]).values<std::int8_t>()) codes.insert(code);
    if (node.name == graph.nodes[0].name) {
      EXPECT_LE(codes.size(), 6U);
    } else {
      EXPECT_GE(*codes.begin(), -7) << node.name;
      EXPECT_LE(*codes.rbegin(), 7) << node.name;
    }
    ++layers;
  }
  EXPECT_EQ(layers, 5);
  options.forms = {{"nobody", parse_weight_form("int4")}};
  EXPECT_TRUE(contains(error_of([&] { quantize(graph, random_samples(graph, 8, 2), {}, options); }), "no layer 'nobody'"));
  options.forms = {{graph.nodes[0].name, parse_weight_form("5:16")}};
  EXPECT_TRUE(contains(error_of([&] { quantize(graph, random_samples(graph, 8, 2), {}, options); }), "18 weights, which are not whole runs of 16"));
}

TEST(Quantize, FloatBordersKeepInputsAndOutputsFloat) {
  const Graph graph = classifier();
  QuantizeOptions options = quick();
  options.float_borders = true;
  const Graph made = quantize(graph, random_samples(graph, 8, 2), {}, options).graph;
  EXPECT_EQ(made.tensor(made.inputs[0]).type, DataType::kFloat32);
  EXPECT_EQ(made.tensor(made.outputs[0]).type, DataType::kFloat32);
  EXPECT_EQ(types_of(made, "quantize").size(), 1U);
  EXPECT_EQ(types_of(made, "dequantize").size(), 1U);
}

TEST(Quantize, WiderActivationsLoseLess) {
  const Graph graph = classifier();
  const SampleInputs samples = random_samples(graph, 32, 2);
  QuantizeOptions options = quick();
  const double int8 = quantize(graph, samples, {}, options).quality.sqnr_db;
  options.activations = Precision::kInt16;
  const QuantizeResult wide = quantize(graph, samples, {}, options);
  EXPECT_EQ(types_of(wide.graph, "conv_2d"), std::vector<DataType>(4, DataType::kInt16));
  options.activations = Precision::kWeights;
  const QuantizeResult weights = quantize(graph, samples, {}, options);
  EXPECT_EQ(types_of(weights.graph, "conv_2d"), std::vector<DataType>(4, DataType::kFloat32));
  EXPECT_GT(wide.quality.sqnr_db, int8 + 3);
  EXPECT_GT(weights.quality.sqnr_db, int8 + 3);
}

TEST(Quantize, KeepsTheLayersThatAreAskedFor) {
  const Graph graph = classifier();
  QuantizeOptions options = quick();
  options.keep = {graph.nodes[1].name};
  const SampleInputs samples = random_samples(graph, 8, 2);
  const auto weights_of_first_float = [](const Graph& made) {
    for (const Node& node : made.nodes) {
      if (node.op->name() == "conv_2d" && is_float(made.tensor(node.outputs[0]).type)) return made.tensor(node.inputs[1]).type;
    }
    return DataType::kBool;
  };
  const Graph made = quantize(graph, samples, {}, options).graph;
  EXPECT_EQ(weights_of_first_float(made), DataType::kInt8);
  EXPECT_EQ(types_of(made, "dequantize").size(), 1U);
  EXPECT_EQ(types_of(made, "quantize").size(), 1U);
  options.keep_weights = true;
  EXPECT_EQ(weights_of_first_float(quantize(graph, samples, {}, options).graph), DataType::kFloat32);
  options.keep = {"nobody"};
  EXPECT_TRUE(contains(error_of([&] { quantize(graph, samples, {}, options); }), "no layer 'nobody'"));
}

/// A layer whose inputs are one part in 300 of the largest: int8 loses it all.
Graph with_a_fragile_layer() {
  FloatBuilder b(3);
  const TensorId x = b.float_input({1, 32});
  std::vector<float> gains(32, 0.003F);
  gains[0] = 1.0F;
  const TensorId scaled = b.op("mul", {b.op("tanh", {x}), b.constant<float>({32}, gains)});
  std::vector<float> weights(32 * 4, 0.0F);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 32 == 0 ? 0.0F : 2.0F * b.random().fraction() - 1.0F;
  const TensorId sums = b.op("fully_connected", {scaled, b.constant<float>({4, 32}, weights), kNoTensor});
  b.output(b.op("softmax", {b.op("mul", {sums, b.constant<float>({1}, {300.0F})})}));
  return b.finish();
}

TEST(Quantize, SensitivityNamesTheFragileLayer) {
  const Graph graph = with_a_fragile_layer();
  const QuantizeResult result = quantize(graph, random_samples(graph, 64, 4, 2.0F), {}, {});
  ASSERT_FALSE(result.costs.empty());
  const auto worst = std::min_element(result.costs.begin(), result.costs.end(), [](const auto& a, const auto& b) { return a.quality.sqnr_db < b.quality.sqnr_db; });
  EXPECT_TRUE(worst->node == 1 || worst->node == 2) << worst->name;
  for (const LayerCost& cost : result.costs) EXPECT_TRUE(cost.quality.agreement.has_value());
}

TEST(Quantize, MixedPrecisionHoldsTheDropWithFewLayers) {
  const Graph graph = with_a_fragile_layer();
  const SampleInputs samples = random_samples(graph, 64, 4, 2.0F);
  QuantizeOptions options;
  options.max_drop = 0.05;
  const QuantizeResult result = quantize(graph, samples, {}, options);
  EXPECT_LT(*result.uniform.agreement, 0.9);
  EXPECT_GE(*result.quality.agreement, 0.95);
  EXPECT_GE(result.kept.size(), 1U);
  EXPECT_LT(result.kept.size(), result.costs.size());
}

TEST(Quantize, LabelsMakeAccuracyTheMeasure) {
  const Graph graph = with_a_fragile_layer();
  const SampleInputs samples = random_samples(graph, 64, 4, 2.0F);
  std::vector<std::int32_t> labels;
  for (const auto& sample : samples) {
    const std::vector<float> answer = float_answers(graph, sample);
    labels.push_back(static_cast<std::int32_t>(std::max_element(answer.begin(), answer.end()) - answer.begin()));
  }
  QuantizeOptions options;
  options.max_drop = 0.0;
  const QuantizeResult result = quantize(graph, samples, {{}, labels}, options);
  EXPECT_EQ(*result.exact.accuracy, 1.0);
  EXPECT_EQ(*result.quality.accuracy, 1.0);
  EXPECT_EQ(drop_measure(result.quality), "accuracy");
}

TEST(Quantize, OperatorsWithoutIntegersStayFloat) {
  FloatBuilder b(1);
  const TensorId x = b.convolution(b.float_input({1, 4, 4, 2}), 4, 1);
  const TensorId state = b.state({1, 4 * 2}, {}, DataType::kFloat32);
  const TensorId row = b.op("mean", {x, b.integers({1, 2})});
  b.output(b.dense(b.op("svdf", {row, b.weights({4, 4}, 1.0F), b.weights({4, 2}, 1.0F), b.weights({4}, 1.0F), state}), 3));
  const Graph graph = b.finish();
  const QuantizeResult result = quantize(graph, random_samples(graph, 16, 2), {}, quick());
  EXPECT_EQ(types_of(result.graph, "svdf"), std::vector<DataType>{DataType::kFloat32});
  EXPECT_EQ(types_of(result.graph, "conv_2d"), std::vector<DataType>{DataType::kInt8});
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_TRUE(contains(result.notes[0], "svdf"));
}

TEST(Quantize, SaysWhatIsWrongWithTheData) {
  const Graph graph = classifier();
  EXPECT_TRUE(contains(error_of([&] { quantize(graph, {}, {}, quick()); }), "no samples"));
  SampleInputs samples = random_samples(graph, 3, 2);
  EXPECT_TRUE(contains(error_of([&] { quantize(graph, samples, {{}, {1, 2}}, quick()); }), "2 labels for 3 samples"));
  const float bad = std::numeric_limits<float>::infinity();
  std::memcpy(samples[1][0].data(), &bad, sizeof bad);
  EXPECT_TRUE(contains(error_of([&] { quantize(graph, samples, {}, quick()); }), "sample 1 gives"));
  const SampleInputs zeros(10, {Bytes(samples[0][0].size(), 0)});
  const QuantizeResult result = quantize(graph, zeros, {}, quick());
  ASSERT_FALSE(result.notes.empty());
  EXPECT_TRUE(contains(result.notes[0], "is 0 everywhere"));
}

TEST(Quantize, AnIntegerModelIsRefused) {
  const QuantizeResult made = quantize(classifier(), random_samples(classifier(), 8, 1), {}, quick());
  EXPECT_TRUE(contains(error_of([&] { quantize(made.graph, {{Bytes(128, 0)}}, {}, quick()); }), "float32"));
}

class RandomQuantized : public testing::TestWithParam<Precision> {};

TEST_P(RandomQuantized, GraphsRunTheSameEverywhere) {
  const Target host = find_target("host");
  for (std::uint32_t seed = 0; seed < (GetParam() == Precision::kInt8 ? 4 : 2); ++seed) {
    const Graph graph = random_float_graph(seed + 10 * static_cast<std::uint32_t>(GetParam()));
    const SampleInputs samples = random_samples(graph, 24, seed);
    QuantizeOptions options = quick();
    options.activations = GetParam();
    options.tune.learned_rounding = seed % 2 == 0;
    const QuantizeResult result = quantize(graph, samples, {}, options);
    EXPECT_GT(result.quality.sqnr_db, 12) << seed << "\n" << print_graph(result.graph);
    const std::vector<std::uint8_t> file = write_tflite(result.graph);
    Graph read = import_tflite(file, "random");
    run_passes(read, {});
    const SampleInputs inputs = converted_inputs(graph, read, samples);
    std::vector<Inference> inferences;
    std::vector<std::vector<Bytes>> expected;
    for (const auto& sample : inputs) {
      inferences.push_back({sample, false});
      expected.push_back(Evaluator(result.graph).run(sample));
    }
    if (GetParam() == Precision::kWeights) continue;  // floats are compared within a tolerance elsewhere
    EXPECT_EQ(run_model(make_plan(read, host), inferences, false).outputs, expected) << seed << "\n" << print_graph(result.graph);
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, RandomQuantized, testing::Values(Precision::kInt8, Precision::kInt16, Precision::kWeights));

}  // namespace
}  // namespace mote::test
