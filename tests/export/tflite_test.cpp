#include "export/tflite.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random_graph.hpp"
#include "graph/print.hpp"
#include "import/tflite.hpp"
#include "ops/define.hpp"
#include "support/files.hpp"
#include "tflite_generated.h"

namespace mote::test {
namespace {

Graph written_and_read(const Graph& graph) { return import_tflite(write_tflite(graph), graph.name); }

std::vector<std::vector<Bytes>> answers(const Graph& graph, std::uint32_t seed) {
  Random random(seed);
  Evaluator evaluator(graph);
  std::vector<std::vector<Bytes>> result;
  for (int i = 0; i < 3; ++i) result.push_back(evaluator.run(random_inputs(graph, random)));
  return result;
}

std::vector<std::string> operators_of(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.emplace_back(node.op->name());
  return names;
}

class RoundTrip : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RoundTrip, OfRandomGraphsGivesTheSameGraphOrTheSameAnswers) {
  constexpr std::uint32_t kGraphs = 200;
  int same = 0;
  for (std::uint32_t seed = GetParam() * kGraphs; seed < (GetParam() + 1) * kGraphs; ++seed) {
    Graph graph = random_graph(seed);
    prune(graph);
    const Graph read = written_and_read(graph);
    if (print_graph(graph).find("padding=1,") == std::string::npos && graph.nodes.size() == read.nodes.size()) {
      ASSERT_EQ(print_graph(read), print_graph(graph)) << "seed " << seed;
      ++same;
    }
    ASSERT_EQ(answers(read, seed), answers(graph, seed)) << "seed " << seed << "\n" << print_graph(graph);
    ASSERT_EQ(write_tflite(read), write_tflite(written_and_read(read)));
  }
  EXPECT_GT(same, 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoundTrip, testing::Range(0U, 4U));

/// Every model of MOTE_SHARED_DIR/models/full and ops, if that variable is set.
std::vector<std::filesystem::path> shared_models() {
  std::vector<std::filesystem::path> paths;
  const char* shared = std::getenv("MOTE_SHARED_DIR");
  if (shared == nullptr) return paths;
  for (const char* folder : {"full", "ops"}) {
    std::error_code none;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(shared) / "models" / folder, none)) {
      if (entry.path().extension() == ".tflite") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(WriteTflite, EveryModelThatIsReadComesBackTheSame) {
  const auto paths = shared_models();
  if (paths.empty()) GTEST_SKIP() << "MOTE_SHARED_DIR names no models";
  int read = 0;
  for (const auto& path : paths) {
    Graph graph;
    try {
      graph = import_tflite_file(path);
    } catch (const Error&) {
      continue;
    }
    ++read;
    const std::vector<std::uint8_t> bytes = write_tflite(graph);
    EXPECT_EQ(print_graph(import_tflite(bytes, graph.name)), print_graph(graph)) << path;
    EXPECT_LE(bytes.size(), std::filesystem::file_size(path) + 8192) << path;
  }
  EXPECT_GT(read, 100);
}

TEST(WriteTflite, KeepsLabelsOrderOfAxesAndNames) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4, 4, 3}, {}, DataType::kFloat32);
  builder.output(builder.node("relu", {in}, {}, {}, DataType::kFloat32));
  Graph graph = builder.finish();
  graph.labels = {"cat", "a \"dog\"", "Vögel"};
  graph.tensor(graph.inputs[0]).file_axes = {0, 3, 1, 2};
  graph.nodes[0].name = "/features/Relu";
  EXPECT_EQ(print_graph(written_and_read(graph)), print_graph(graph));
}

TEST(WriteTflite, SaysNothingWhereThereIsNothingToSay) {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 4})}));
  Graph graph = builder.finish();
  graph.nodes[0].name = "relu_0";
  const auto bytes = write_tflite(graph);
  EXPECT_EQ(tflite::GetModel(bytes.data())->metadata(), nullptr);
}

TEST(WriteTflite, StoresEqualConstantsOnceAndAligned) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 64});
  const std::vector<std::int8_t> values(64, 7);
  const TensorId a = builder.constant<std::int8_t>({1, 64}, values, quantized(0.5F));
  const TensorId b = builder.constant<std::int8_t>({1, 64}, values, quantized(0.25F));
  builder.output(builder.node("add", {builder.node("add", {in, a}), b}));
  const auto bytes = write_tflite(builder.finish());
  const tflite::Model& model = *tflite::GetModel(bytes.data());
  int with_data = 0;
  for (const tflite::Buffer* buffer : *model.buffers()) {
    if (buffer->data() == nullptr) continue;
    const auto place = buffer->data()->data() - bytes.data();
    EXPECT_EQ(place % 16, 0);
    with_data += buffer->data()->size() == 64 ? 1 : 0;
  }
  EXPECT_EQ(with_data, 1);
  EXPECT_EQ(model.buffers()->Get(0)->data(), nullptr);
}

TEST(WriteTflite, StatesCodesAndVersionsThatTypesNeed) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 8});
  const TensorId sum = builder.node("add", {in, in});
  builder.output(builder.node("relu6", {sum}));
  const auto bytes = write_tflite(builder.finish());
  const tflite::Model& model = *tflite::GetModel(bytes.data());
  EXPECT_EQ(model.version(), 3U);
  ASSERT_EQ(model.operator_codes()->size(), 2U);
  const tflite::OperatorCode& add = *model.operator_codes()->Get(0);
  EXPECT_EQ(add.builtin_code(), tflite::BuiltinOperator_ADD);
  EXPECT_EQ(add.deprecated_builtin_code(), tflite::BuiltinOperator_ADD);
  EXPECT_EQ(add.version(), 2);
}

TEST(WriteTflite, KeepsWideBiasesAndState) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 2}, quantized(0.5F), DataType::kInt16);
  const TensorId weights = builder.constant<std::int8_t>({1, 2}, {1, 2}, quantized(0.5F));
  const TensorId bias = builder.constant<std::int64_t>({1}, {std::int64_t{1} << 36}, quantized(0.25F));
  builder.output(builder.node("fully_connected", {in, weights, bias}, {}, quantized(0.5F), DataType::kInt16));
  const Graph graph = builder.finish();
  EXPECT_EQ(print_graph(written_and_read(graph)), print_graph(graph));
}

/// in -> op with `padding` -> out.
Graph padded(const std::string& op, const Padding& padding, DataType type = DataType::kInt8) {
  GraphBuilder builder;
  const bool real = type == DataType::kFloat32;
  const Quantization scale = real ? Quantization{} : quantized(0.5F, type == DataType::kInt8 ? 5 : 0);
  const TensorId in = builder.input({1, 6, 5, 2}, scale, type);
  Attributes attributes{{"padding", padding}, {"stride_h", 2}, {"stride_w", 1}};
  std::vector<TensorId> inputs{in};
  if (op == "conv_2d" || op == "depthwise_conv_2d") {
    const Shape shape = op == "conv_2d" ? Shape{2, 3, 3, 2} : Shape{1, 3, 3, 2};
    const auto count = static_cast<std::size_t>(element_count(shape));
    std::vector<float> values(count);
    std::vector<std::int8_t> steps(count);
    for (std::size_t i = 0; i < count; ++i) {
      steps[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 % 101) - 50);
      values[i] = static_cast<float>(steps[i]) / 16.0F;
    }
    inputs.push_back(real ? builder.constant<float>(shape, values) : builder.constant<std::int8_t>(shape, steps, quantized(0.01F)));
    inputs.push_back(kNoTensor);
  } else {
    attributes["k_h"] = 3;
    attributes["k_w"] = 3;
  }
  builder.output(builder.node(op, inputs, attributes, scale, type));
  return builder.finish();
}

constexpr Padding given(std::int32_t top, std::int32_t left, std::int32_t bottom, std::int32_t right) {
  return {Padding::Kind::kGiven, top, left, bottom, right};
}

TEST(WriteTflite, StatedPaddingOfConvolutionsBecomesPad) {
  for (const char* op : {"conv_2d", "depthwise_conv_2d"}) {
    for (const DataType type : {DataType::kInt8, DataType::kFloat32}) {
      const Graph graph = padded(op, given(2, 1, 1, 2), type);
      const Graph read = written_and_read(graph);
      EXPECT_EQ(operators_of(read), (std::vector<std::string>{"pad", op}));
      EXPECT_EQ(answers(read, 1), answers(graph, 1)) << op;
    }
  }
}

TEST(WriteTflite, StatedPaddingOfMaxPoolBecomesPadv2WithTheLowest) {
  for (const DataType type : {DataType::kInt8, DataType::kInt16, DataType::kFloat32}) {
    const Graph graph = padded("max_pool_2d", given(2, 1, 1, 2), type);
    const Graph read = written_and_read(graph);
    EXPECT_EQ(operators_of(read), (std::vector<std::string>{"padv2", "max_pool_2d"}));
    EXPECT_EQ(answers(read, 1), answers(graph, 1));
  }
}

TEST(WriteTflite, StatedPaddingThatIsSameOrValidIsCalledSo) {
  // 6 rows, stride 2, window 3: `same` puts one row behind; 5 columns, stride 1: one on either side.
  for (const char* op : {"conv_2d", "max_pool_2d", "average_pool_2d"}) {
    const Graph same = written_and_read(padded(op, given(0, 1, 1, 1)));
    EXPECT_TRUE(contains(print_graph(same), "padding=same")) << op;
    EXPECT_EQ(operators_of(same), std::vector<std::string>{op});
    EXPECT_EQ(answers(same, 1), answers(padded(op, given(0, 1, 1, 1)), 1));
    EXPECT_TRUE(contains(print_graph(written_and_read(padded(op, given(0, 0, 0, 0)))), "padding=valid")) << op;
  }
}

TEST(WriteTflite, StatedPaddingOfAverageIsRefused) {
  const std::string message = error_of([] { write_tflite(padded("average_pool_2d", given(2, 1, 1, 2))); });
  EXPECT_TRUE(contains(message, "average_pool_2d"));
  EXPECT_TRUE(contains(message, "padding of 2, 1, 1 and 2"));
}

TEST(WriteTflite, StatedPaddingOfTransposedConvolutionsBecomesSlice) {
  // out = (in - 1) * stride + window - before, and one row more that only the bias reaches.
  for (const std::int32_t more : {0, 1}) {
    GraphBuilder builder;
    const TensorId in = builder.input({1, 4, 3, 2}, {}, DataType::kFloat32);
    const TensorId shape = builder.integers({1, 7 + more, 5, 1});
    std::vector<float> values(18);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) - 7.0F;
    const TensorId weights = builder.constant<float>({1, 3, 3, 2}, values);
    builder.output(builder.node("transpose_conv", {shape, weights, in},
                                {{"padding", given(2, 1, 0, 1)}, {"stride_h", 2}, {"stride_w", 2}}, {}, DataType::kFloat32));
    const Graph graph = builder.finish();
    const Graph read = written_and_read(graph);
    EXPECT_EQ(operators_of(read), (std::vector<std::string>{"transpose_conv", "slice"}));
    EXPECT_EQ(answers(read, 1), answers(graph, 1));
  }
}

/// What a sound model is refused with whose notes have been exchanged for these.
std::string error_with_notes(const std::string& notes) {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 4})}));
  Graph graph = builder.finish();
  graph.nodes[0].name = "relu_0";
  graph.labels = {std::string(80, 'x')};
  auto bytes = write_tflite(graph);
  const std::string written = "{\"labels\":[\"" + graph.labels[0] + "\"]}";
  const auto place = std::search(bytes.begin(), bytes.end(), written.begin(), written.end());
  EXPECT_NE(place, bytes.end());
  std::string padded = notes;
  padded.resize(written.size(), ' ');
  std::copy(padded.begin(), padded.end(), place);
  return error_of([&] { import_tflite(bytes, "noted"); });
}

TEST(WriteTflite, NotesThatAreNotOursAreRefused) {
  EXPECT_TRUE(contains(error_with_notes("{"), "not a JSON object"));
  EXPECT_TRUE(contains(error_with_notes("[1]"), "not a JSON object"));
  EXPECT_TRUE(contains(error_with_notes(R"({"labels": 3})"), "labels are not a list"));
  EXPECT_TRUE(contains(error_with_notes(R"({"labels": [3]})"), "labels are not a list of texts"));
  EXPECT_TRUE(contains(error_with_notes(R"({"input_axes": []})"), "do not fit the model's borders"));
  EXPECT_TRUE(contains(error_with_notes(R"({"input_axes": [[0, 0]]})"), "does not fit its shape 1x4"));
  EXPECT_TRUE(contains(error_with_notes(R"({"input_axes": [["a"]]})"), "not a list of numbers"));
}

}  // namespace
}  // namespace mote::test
