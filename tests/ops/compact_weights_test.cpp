// Layers whose weights have a structure: every implementation that takes less flash gives the reference's bytes.

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/library_check.hpp"
#include "common/random.hpp"
#include "emulate/run_model.hpp"
#include "select/plan.hpp"

namespace mote::test {
namespace {

enum class Structure { kFourBits, kTwoBits, kClusters, kSparse, kBlocks, kSkewed };
constexpr Structure kStructures[] = {Structure::kFourBits, Structure::kTwoBits, Structure::kClusters,
                                     Structure::kSparse,   Structure::kBlocks,  Structure::kSkewed};

std::vector<std::int8_t> structured_weights(Random& random, Structure structure, std::int32_t channels, std::size_t depth) {
  std::vector<std::int8_t> book(20);
  for (auto& value : book) value = static_cast<std::int8_t>(random.between(-128, 127));
  std::vector<std::int8_t> weights(static_cast<std::size_t>(channels) * depth);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    int value = 0;
    switch (structure) {
      case Structure::kFourBits:
        value = random.between(-8, 7);
        break;
      case Structure::kTwoBits:
        value = random.between(-2, 1);
        break;
      case Structure::kClusters:
        value = book[static_cast<std::size_t>(random.between(0, 19))];
        break;
      case Structure::kSparse:
        value = random.between(0, 5) == 0 ? random.between(-128, 127) : 0;
        break;
      case Structure::kBlocks:
        value = (i % depth * 7 + i / depth / 4 * 3) % 5 == 0 ? random.between(-128, 127) : 0;
        break;
      case Structure::kSkewed:
        value = random.between(-20, 20) * random.between(0, 6);
        break;
    }
    weights[i] = static_cast<std::int8_t>(value);
  }
  return weights;
}

Quantization per_channel(Random& random, std::int32_t channels, float scale) {
  Quantization quantization{{}, {}, 0};
  for (std::int32_t c = 0; c < channels; ++c) {
    quantization.scales.push_back(scale * static_cast<float>(random.between(50, 200)) / 100.0F);
    quantization.zero_points.push_back(0);
  }
  return quantization;
}

/// Convolutions of all structures one behind the other, then fully connected layers, some of them rectified.
Graph layers() {
  Random random(4);
  GraphBuilder b;
  TensorId x = b.input({1, 3, 5, 11}, quantized(0.05F, 3));
  const auto weighted = [&](std::string_view op, Shape shape, Structure structure, Attributes attributes) {
    const std::int32_t channels = shape[0];
    const bool rectified = random.between(0, 1) == 1;
    attributes["activation"] = rectified ? Activation::kRelu : Activation::kNone;
    const auto depth = static_cast<std::size_t>(element_count(shape) / channels);
    const auto weights = structured_weights(random, structure, channels, depth);
    const TensorId w = b.constant(std::move(shape), weights, per_channel(random, channels, 0.0004F));
    std::vector<std::int32_t> bias(static_cast<std::size_t>(channels));
    for (auto& value : bias) value = random.between(-9000, 9000);
    x = b.node(op, {x, w, b.constant(Shape{channels}, bias)}, attributes, quantized(0.05F, rectified ? -128 : 5));
  };
  std::int32_t depth = 11;
  for (const Structure structure : kStructures) {
    const std::int32_t channels = random.between(9, 70), k = random.between(0, 1);
    weighted("conv_2d", {channels, 1 + k, 1 + 2 * k, depth}, structure, {{"padding", Padding{Padding::Kind::kSame}}});
    depth = channels;
  }
  x = b.node("reshape", {x, b.integers({1, 15 * depth})}, {}, b.tensor(x).quantization);
  std::int32_t features = 15 * depth;
  for (const Structure structure : kStructures) {
    const std::int32_t units = random.between(9, 40);
    weighted("fully_connected", {units, features}, structure, {});
    features = units;
  }
  b.output(x);
  return b.finish();
}

void expect_every_rank_equals_reference(const Graph& graph, std::string_view target) {
  const auto inputs = random_inputs(graph, 9, 2);
  Evaluator reference(graph);
  for (const Plan& plan : make_plans_of_every_rank(graph, find_target(target))) {
    std::vector<Inference> inferences;
    for (const auto& each : inputs) inferences.push_back({.inputs = each, .reset_before = false});
    const RunResult result = run_model(plan, inferences, false);
    for (std::size_t n = 0; n < inputs.size(); ++n) EXPECT_EQ(result.outputs[n], reference.run(inputs[n]));
  }
}

std::set<std::string> implementations(const Graph& graph, std::string_view target) {
  std::set<std::string> names;
  for (const auto& node : make_plan(graph, find_target(target)).alternatives) {
    for (const Alternative& each : node) names.insert(each.implementation);
  }
  return names;
}

TEST(CompactWeights, EveryImplementationEqualsTheReference) { expect_every_rank_equals_reference(layers(), "host"); }

TEST(CompactWeights, EveryFormHasRowsOnEveryCore) {
  const Graph graph = layers();
  std::map<std::string, std::set<std::string>> rows;
  for (const std::string target : {"cortex-m0plus", "cortex-m4", "cortex-m55", "rv32imc"})
    rows[target] = implementations(graph, target);
  for (const std::string op : {"conv_2d", "fully_connected"}) {
    const auto has = [&](const std::string& target, const std::string& row) {
      EXPECT_TRUE(rows[target].contains(op + "." + row)) << op << "." << row << " on " << target;
    };
    for (const std::string target : {"cortex-m0plus", "cortex-m4", "cortex-m55", "rv32imc"}) has(target, "sparse");
    for (const std::string code : {"clustered", "huffman"}) {
      has("cortex-m0plus", code + "_scalar");
      has("cortex-m4", code + (op == "conv_2d" ? "_packed" : "_by_bytes"));
      has("cortex-m55", code + "_mve");
      has("rv32imc", code + "_rv32");
    }
  }
  for (const std::string codes : {"codes_4", "codes_2"})
    EXPECT_TRUE(rows["cortex-m4"].contains("fully_connected." + codes)) << codes;
  EXPECT_TRUE(rows["cortex-m0plus"].contains("fully_connected.scalar_codes_4"));
}

TEST(CompactWeights, AreTakenWhereFlashIsShortAndNotElsewhere) {
  const Graph graph = layers();
  const Plan fastest = make_plan(graph, find_target("cortex-m0plus"));
  const auto is_coded = [](const Step& step) { return step.call.function == "unpacked"; };
  EXPECT_TRUE(std::ranges::none_of(fastest.steps, is_coded));
  SelectionOptions options;
  options.flash_bytes = (fastest.constant_bytes() + fastest.predicted_code_bytes) * 7 / 10;
  const Plan small = make_plan(graph, find_target("cortex-m0plus"), options);
  EXPECT_TRUE(std::ranges::any_of(small.steps, is_coded));
  EXPECT_LE(small.constant_bytes() + small.predicted_code_bytes, *options.flash_bytes);
}

TEST(CompactWeights, ZerosAreSkippedUnderFloatActivations) {
  Random random(6);
  GraphBuilder b;
  const auto sparse = [&](Shape shape) {
    const auto weights =
        structured_weights(random, Structure::kSparse, shape[0], static_cast<std::size_t>(element_count(shape) / shape[0]));
    const Quantization quantization = per_channel(random, shape[0], 0.002F);
    return b.constant(std::move(shape), weights, quantization);
  };
  const std::vector<float> bias(21, 0.5F);
  TensorId x = b.input({1, 5, 6, 9}, {}, DataType::kFloat32);
  x = b.node("conv_2d", {x, sparse({21, 3, 2, 9}), b.constant(Shape{21}, bias)}, {{"padding", Padding{Padding::Kind::kSame}}}, {},
             DataType::kFloat32);
  x = b.node("conv_2d", {x, sparse({13, 1, 1, 21})}, {{"activation", Activation::kRelu6}}, {}, DataType::kFloat32);
  x = b.node("reshape", {x, b.integers({1, 390})}, {}, {}, DataType::kFloat32);
  b.output(b.node("fully_connected", {x, sparse({7, 390})}, {}, {}, DataType::kFloat32));
  const Graph graph = b.finish();
  const Plan plan = make_plan(graph, find_target("host"));
  EXPECT_EQ(std::count_if(plan.steps.begin(), plan.steps.end(),
                          [](const Step& step) { return step.call.function == "conv_2d_sparse_weight_only"; }),
            3);
  expect_library_equals_reference(graph, random_inputs(graph, 3, 2));
}

TEST(CompactWeights, DenseWeightsHaveNoSuchRows) {
  Random random(8);
  GraphBuilder b;
  const TensorId x = b.input({1, 5, 5, 16});
  std::vector<std::int8_t> weights(32 * 16);
  for (auto& weight : weights) weight = static_cast<std::int8_t>(random.between(-127, 127));
  b.output(b.node("conv_2d", {x, b.constant(Shape{32, 1, 1, 16}, weights, quantized(0.01F))}));
  for (const std::string target : {"cortex-m0plus", "cortex-m4", "cortex-m55", "rv32imc"}) {
    for (const std::string& name : implementations(b.finish(), target)) {
      EXPECT_TRUE(name.find("sparse") == std::string::npos && name.find("clustered") == std::string::npos &&
                  name.find("huffman") == std::string::npos)
          << name;
    }
  }
}

}  // namespace
}  // namespace mote::test
