// What `mote compress` says and writes, as a user sees it.

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

class CompressCommand : public testing::Test {
 protected:
  CompressCommand() {
    FloatBuilder b(1);
    const TensorId x = b.convolution(b.convolution(b.float_input({1, 4, 4, 2}), 8, 3), 6, 3);
    b.output(b.op("softmax", {b.dense(b.op("mean", {x, b.integers({1, 2})}), 3)}));
    const auto bytes = write_tflite(b.finish());
    write_file(model_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    Random random(4);
    const std::map<std::string, NpyArray> arrays{{"x", array_of("<f4", {40, 4, 4, 2}, random_floats(random, 40 * 32))},
                                                 {"y", array_of("<i8", {40}, std::vector<std::int64_t>(40, 1))}};
    const auto samples = npz_of(arrays);
    write_file(data_, {reinterpret_cast<const char*>(samples.data()), samples.size()});
  }

  ProcessResult compress(const std::vector<std::string>& more) {
    std::vector<std::string> words{"compress", model_.string(), "--data", data_.string(), "-o", output_.string()};
    words.insert(words.end(), more.begin(), more.end());
    return mote(words);
  }

  TemporaryDirectory directory_;
  fs::path model_ = directory_.path() / "model.tflite", output_ = directory_.path() / "out.tflite", data_ = directory_.path() / "data.npz";
};

TEST_F(CompressCommand, WritesASmallerModelOfIntegersAndSaysWhatItCost) {
  const ProcessResult result = compress({"--prune-macs", "40%"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  for (const char* part : {"MACs", "less", "original: accuracy", "pruned: SQNR", "quantized: SQNR", "drop of accuracy", "wrote "})
    EXPECT_TRUE(contains(result.output, part));
  const Graph made = import_tflite_file(output_);
  EXPECT_EQ(made.tensor(made.inputs[0]).type, DataType::kInt8);
}

TEST_F(CompressCommand, JsonHasALineForEachLayer) {
  const ProcessResult result = compress({"--prune-weights", "0.3", "--to-float", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  const auto json = nlohmann::json::parse(result.output);
  const auto& pruned = json.at("pruned");
  EXPECT_EQ(pruned.at("layers").size(), 3U);
  EXPECT_LE(pruned.at("weights").get<double>(), 0.7 * pruned.at("weights_before").get<double>());
  const Graph made = import_tflite_file(output_);
  EXPECT_EQ(made.tensor(made.inputs[0]).type, DataType::kFloat32);
  EXPECT_EQ(total_macs(made), pruned.at("macs").get<std::int64_t>());
}

TEST_F(CompressCommand, RefusesWhatIsNoShareOrTooMuch) {
  for (const auto& [share, part] : {std::pair{"half", "is no share"}, {"120%", "cannot go"}, {"99.9%", "can go"}}) {
    const ProcessResult result = compress({"--prune-macs", share});
    EXPECT_EQ(result.exit_code, 2) << share;
    EXPECT_TRUE(contains(result.errors, part));
    EXPECT_FALSE(fs::exists(output_));
  }
}

}  // namespace
}  // namespace mote::test
