#include "compare/diff_models.hpp"

#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "common/random_graph.hpp"
#include "compare/dump.hpp"
#include "data/samples.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

constexpr int kLayers = 5;

/// A chain of 3x3 convolutions over an image, in float32 or int8.
Graph convolutions(DataType type) {
  Random random(7);
  GraphBuilder builder;
  const bool real = type == DataType::kFloat32;
  const auto scale = [&](float value) { return real ? Quantization{} : quantized(value, 0); };
  TensorId at = builder.input({1, 6, 6, 3}, scale(1.0F / 64), type);
  for (int i = 0; i < kLayers; ++i) {
    std::vector<float> reals(81);
    std::vector<std::int8_t> steps(81);
    for (std::size_t k = 0; k < 81; ++k) {
      steps[k] = static_cast<std::int8_t>(random.between(-40, 40));
      reals[k] = static_cast<float>(steps[k]) / 128.0F;
    }
    const TensorId weights =
        real ? builder.constant<float>({3, 3, 3, 3}, reals) : builder.constant<std::int8_t>({3, 3, 3, 3}, steps, quantized(1.0F / 128));
    at = builder.node("conv_2d", {at, weights, kNoTensor}, {{"padding", Padding{Padding::Kind::kSame}}}, scale(1.0F / 64), type);
  }
  builder.output(at);
  Graph graph = builder.finish();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) graph.nodes[i].name = "conv_" + std::to_string(i);
  return graph;
}

/// Another value for one weight of a layer.
Graph broken(Graph graph, std::size_t layer) {
  Tensor& weights = graph.tensor(graph.nodes[layer].inputs[1]);
  auto bytes = *weights.data;
  if (is_float(weights.type)) {
    const float value = 5;
    std::memcpy(&bytes[40 * sizeof value], &value, sizeof value);
  } else {
    bytes[40] = static_cast<std::uint8_t>(bytes[40] < 128 ? 0x80 : 0x7F);
  }
  weights.data = std::make_shared<const Bytes>(std::move(bytes));
  return graph;
}

DiffSide side(Graph graph, const std::string& target = "reference") { return {std::move(graph), find_target(target), {}, "model"}; }

class DiffModels : public testing::Test {
 protected:
  DiffModels() {
    Random random(3);
    std::vector<float> values(kSamples * 108);
    for (float& value : values) value = random.fraction() * 2 - 1;
    write("data.npy", format_npy(array_of("<f4", {kSamples, 6, 6, 3}, values)));
  }
  void write(const std::string& name, const std::string& bytes) { write_file(path(name), bytes); }
  std::filesystem::path path(const std::string& name) const { return directory_.path() / name; }
  DiffResult diff(const DiffSide& a, const DiffSide& b, const DiffOptions& options = {}) const { return diff_models(a, b, path("data.npy"), options); }

  /// What the reference makes of the data, by tensor name.
  std::map<std::string, NpyArray> dump_of(const Graph& graph) {
    std::map<std::string, Bytes> bytes;
    std::vector<Inference> inferences;
    for (auto& inputs : read_samples(path("data.npy"), graph).inputs) inferences.push_back({inputs, false});
    std::map<std::string, NpyArray> arrays;
    for (const auto& [id, values] : run_layers(graph, find_target("reference"), inferences).tensors) {
      Bytes all;
      for (const Bytes& each : values.values) all.insert(all.end(), each.begin(), each.end());
      std::vector<std::int64_t> shape{kSamples, 6, 6, 3};
      arrays[values.tensor.name] = {is_float(values.tensor.type) ? "<f4" : "|i1", shape, all};
    }
    return arrays;
  }
  void write_dump(const std::map<std::string, NpyArray>& arrays) {
    const auto bytes = npz_of(arrays);
    write("dump.npz", std::string(bytes.begin(), bytes.end()));
  }

  static constexpr std::int64_t kSamples = 3;
  TemporaryDirectory directory_;
};

TEST_F(DiffModels, FindsTheLayerWithAnotherWeight) {
  for (const DataType type : {DataType::kFloat32, DataType::kInt8}) {
    const Graph graph = convolutions(type);
    EXPECT_EQ(first_divergence(diff(side(graph), side(graph)).layers), nullptr);
    for (std::size_t layer = 0; layer < kLayers; ++layer) {
      const DiffResult result = diff(side(graph), side(broken(graph, layer)), {.steps = 0, .relative = {}, .progress = {}});
      ASSERT_EQ(result.layers.size(), static_cast<std::size_t>(kLayers));
      ASSERT_NE(first_divergence(result.layers), nullptr);
      EXPECT_EQ(first_divergence(result.layers)->node, "conv_" + std::to_string(layer));
      for (std::size_t before = 0; before < layer; ++before) EXPECT_EQ(result.layers[before].total.differing, 0);
    }
  }
}

TEST_F(DiffModels, FloatAgainstInt8StaysWithinAFewStepsUntilAWeightIsBroken) {
  const Graph real = convolutions(DataType::kFloat32);
  const Graph quantized = convolutions(DataType::kInt8);
  const DiffResult sound = diff(side(real), side(quantized));
  EXPECT_EQ(first_divergence(sound.layers), nullptr);
  EXPECT_GT(sound.layers[0].total.differing, 0);
  EXPECT_GT(sound.layers[0].total.signal_to_noise_db, 20);
  for (std::size_t layer = 0; layer < kLayers; ++layer) {
    const DiffResult result = diff(side(real), side(broken(quantized, layer)));
    ASSERT_NE(first_divergence(result.layers), nullptr) << layer;
    EXPECT_EQ(first_divergence(result.layers)->node, "conv_" + std::to_string(layer));
  }
}

TEST_F(DiffModels, BothSidesAreGivenTheQuantizedNumbers) {
  // Numbers between the steps of the input's scale; a layer that hands them on unchanged must not differ.
  GraphBuilder real;
  real.output(real.node("relu", {real.input({1, 6, 6, 3}, {}, DataType::kFloat32)}, {}, {}, DataType::kFloat32));
  GraphBuilder steps;
  steps.output(steps.node("relu", {steps.input({1, 6, 6, 3}, quantized(0.25F))}, {}, quantized(0.25F)));
  for (const bool swapped : {false, true}) {
    const DiffSide a = side(swapped ? steps.finish() : real.finish());
    const DiffSide b = side(swapped ? real.finish() : steps.finish());
    EXPECT_EQ(diff(a, b).layers[0].total.differing, 0);
  }
}

TEST_F(DiffModels, ThisMachineHoldsWhatTheReferenceHolds) {
  for (const DataType type : {DataType::kFloat32, DataType::kInt8}) {
    const DiffResult result = diff(side(convolutions(type)), side(convolutions(type), "host"));
    EXPECT_EQ(result.layers.size(), static_cast<std::size_t>(kLayers));
    EXPECT_EQ(first_divergence(result.layers), nullptr);
    EXPECT_EQ(result.tolerance.steps, 0);
  }
}

TEST_F(DiffModels, DumpedLayersAreCompared) {
  const Graph graph = convolutions(DataType::kInt8);
  write_dump(dump_of(graph));
  EXPECT_EQ(first_divergence(diff_with_dump(side(graph), path("dump.npz"), path("data.npy"), {}).layers), nullptr);
  const DiffResult result = diff_with_dump(side(broken(graph, 2)), path("dump.npz"), path("data.npy"), {});
  ASSERT_NE(first_divergence(result.layers), nullptr);
  EXPECT_EQ(first_divergence(result.layers)->node, "conv_2");
}

TEST_F(DiffModels, DumpsOfOtherTypesAndOrdersAreTakenAsWhatTheyMean) {
  const Graph graph = convolutions(DataType::kInt8);
  auto arrays = dump_of(graph);
  int number = 0;
  for (auto& [name, array] : arrays) {
    if (number == 0) {  // uint8, moved by 128
      array.descr = "|u1";
      for (std::uint8_t& byte : array.bytes) byte ^= 0x80;
    } else if (number == 1) {  // real numbers
      std::vector<float> reals;
      for (const std::uint8_t byte : array.bytes) reals.push_back(static_cast<float>(static_cast<std::int8_t>(byte)) / 64.0F);
      array = array_of("<f4", array.shape, reals);
    } else if (number == 2) {  // channels first
      const Bytes before = array.bytes;
      for (std::size_t s = 0; s < kSamples; ++s)
        for (std::size_t p = 0; p < 36; ++p)
          for (std::size_t c = 0; c < 3; ++c) array.bytes[s * 108 + c * 36 + p] = before[s * 108 + p * 3 + c];
      array.shape = {kSamples, 3, 6, 6};
    }
    ++number;
  }
  write_dump(arrays);
  const DiffResult result = diff_with_dump(side(graph), path("dump.npz"), path("data.npy"), {});
  EXPECT_EQ(result.layers.size(), static_cast<std::size_t>(kLayers));
  EXPECT_EQ(first_divergence(result.layers), nullptr);
}

TEST_F(DiffModels, DumpsThatDoNotFitAreRefused) {
  const Graph graph = convolutions(DataType::kInt8);
  const auto message = [&](const std::map<std::string, NpyArray>& arrays) {
    write_dump(arrays);
    return error_of([&] { diff_with_dump(side(graph), path("dump.npz"), path("data.npy"), {}); });
  };
  const auto sound = dump_of(graph);
  EXPECT_TRUE(contains(message({{"nobody", sound.begin()->second}}), "no array is named for a tensor"));
  auto wrong = sound;
  wrong.begin()->second = array_of("|i1", {1, 6, 6, 3}, std::vector<std::int8_t>(108));
  EXPECT_TRUE(contains(message(wrong), "the model's tensor 1x6x6x3 in each of 3 inferences"));
  wrong.begin()->second = array_of("|i1", {kSamples, 9, 4, 3}, std::vector<std::int8_t>(kSamples * 108));
  EXPECT_TRUE(contains(message(wrong), "(3, 9, 4, 3)"));
  wrong.begin()->second = array_of("<i2", {kSamples, 6, 6, 3}, std::vector<std::int16_t>(kSamples * 108));
  EXPECT_TRUE(contains(message(wrong), "the array is <i2"));
  write("dump.npz", "PK not really");
  EXPECT_TRUE(contains(error_of([&] { diff_with_dump(side(graph), path("dump.npz"), path("data.npy"), {}); }), "dump.npz"));
}

TEST_F(DiffModels, ModelsOfDifferentTasksAreRefused) {
  GraphBuilder other;
  other.output(other.node("relu", {other.input({1, 4})}));
  EXPECT_TRUE(contains(error_of([&] { diff(side(convolutions(DataType::kInt8)), side(other.finish())); }), "input 0 is 1x6x6x3"));
}

TEST(RunLayers, GivesTheReferencesValuesHoweverTheyAreCut) {
  const Graph graph = random_graph(3);
  Random random(3);
  std::vector<Inference> inferences;
  for (int i = 0; i < 3; ++i) inferences.push_back({random_inputs(graph, random), i == 2});
  const LayerValues expected = run_layers(graph, find_target("reference"), inferences);
  std::int64_t bytes = 0;
  for (const auto& [id, values] : expected.tensors) bytes += values.tensor.bytes();
  // A third for the outputs of one part: about two parts.
  Target target = find_target("host");
  target.ram.length = static_cast<std::uint32_t>((64 << 10) + make_plan(graph, target).memory.arena_bytes + 2 * bytes);
  const LayerValues actual = run_layers(graph, target, inferences);
  ASSERT_EQ(actual.tensors.size(), expected.tensors.size());
  for (const auto& [id, values] : expected.tensors) EXPECT_EQ(actual.tensors.at(id).values, values.values) << values.tensor.name;
}

}  // namespace
}  // namespace mote::test
