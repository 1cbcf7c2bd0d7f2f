// What `mote quantize` says and writes, as a user sees it.

#include <cmath>

#include <nlohmann/json.hpp>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/float_graph.hpp"
#include "error/command.hpp"
#include "export/tflite.hpp"
#include "import/tflite.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

class QuantizeCommand : public testing::Test {
 protected:
  QuantizeCommand() {
    FloatBuilder b(1);
    const TensorId x = b.convolution(b.float_input({1, 4, 4, 2}), 6, 3);
    b.output(b.op("softmax", {b.dense(b.op("mean", {x, b.integers({1, 2})}), 3)}));
    const auto bytes = write_tflite(b.finish());
    write_file(model_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  /// A file of samples with this leading shape; one value may be set.
  fs::path data(std::vector<std::int64_t> shape, std::vector<std::int64_t> labels = {}, float first = 0.5F) {
    std::int64_t elements = 1;
    for (const std::int64_t extent : shape) elements *= extent;
    Random random(4);
    std::vector<float> values = random_floats(random, static_cast<std::size_t>(elements));
    if (!values.empty()) values[0] = first;
    std::map<std::string, NpyArray> arrays{{"x", array_of("<f4", shape, values)}};
    if (!labels.empty()) arrays["y"] = array_of("<i8", {static_cast<std::int64_t>(labels.size())}, labels);
    const auto bytes = npz_of(arrays);
    write_file(directory_.path() / "data.npz", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return directory_.path() / "data.npz";
  }

  ProcessResult quantize(const fs::path& samples, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"quantize", model_.string(), "--data", samples.string(), "-o", output_.string()};
    words.insert(words.end(), more.begin(), more.end());
    return mote(words);
  }

  void expect_refused(const ProcessResult& result, const std::string& part) {
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_TRUE(contains(result.errors, part));
    EXPECT_FALSE(fs::exists(output_));
  }

  TemporaryDirectory directory_;
  fs::path model_ = directory_.path() / "model.tflite", output_ = directory_.path() / "out.tflite";
};

TEST_F(QuantizeCommand, WritesAModelOfIntegersAndSaysWhatItCost) {
  const ProcessResult result = quantize(data({20, 4, 4, 2}));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_TRUE(contains(result.output, "of the float model's decisions"));
  EXPECT_TRUE(contains(result.output, "alone as integers"));
  const Graph graph = import_tflite_file(output_);
  for (const Node& node : graph.nodes) EXPECT_EQ(graph.tensor(node.outputs[0]).type, DataType::kInt8);
}

TEST_F(QuantizeCommand, WritesTheSameBytesTwice) {
  const fs::path samples = data({20, 4, 4, 2});
  quantize(samples, {"--rounding", "learned"});
  const auto first = read_file(output_);
  quantize(samples, {"--rounding", "learned"});
  EXPECT_EQ(read_file(output_), first);
}

TEST_F(QuantizeCommand, GivesTheFiguresAsJson) {
  const ProcessResult result = quantize(data({4, 4, 4, 2}, {0, 1, 2, 0}), {"--json", "--max-drop", "50%", "--calibration", "percentile"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["measure"], "accuracy");
  EXPECT_EQ(json["layers"].size(), 4U);
  EXPECT_TRUE(json["held"]);
  EXPECT_EQ(json["bytes"], fs::file_size(output_));
  EXPECT_EQ(json["notes"].size(), 1U) << "four samples are few";
}

TEST_F(QuantizeCommand, RefusesBadDataAndOptions) {
  expect_refused(quantize(data({3, 5, 5})), "data.npz");
  expect_refused(quantize(data({0, 4, 4, 2})), "");
  expect_refused(quantize(data({20, 4, 4, 2}, {}, std::nanf(""))), "nan");
  expect_refused(quantize(data({20, 4, 4, 2}, {1, 2})), "labels");
  expect_refused(quantize(directory_.path() / "nowhere.npz"), "nowhere.npz");
  expect_refused(quantize(data({20, 4, 4, 2}), {"--max-drop", "little"}), "write 1% or 0.01");
  expect_refused(quantize(data({20, 4, 4, 2}), {"--keep", "nobody"}), "no layer 'nobody'");
  expect_refused(quantize(data({20, 4, 4, 2}), {"--calibration", "guess"}), "guess");
}

}  // namespace
}  // namespace mote::test
