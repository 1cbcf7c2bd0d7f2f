// What the command says and returns when something is wrong: 0 done, 1 the check failed, 2 bad input or usage, 3 a tool is missing.

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "error/command.hpp"
#include "import/model_builder.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

void expect_failure(const ProcessResult& result, int code, const std::vector<std::string>& parts) {
  EXPECT_EQ(result.exit_code, code) << result.describe() << "\n" << result.errors;
  EXPECT_TRUE(result.errors.starts_with("mote: ")) << result.errors;
  for (const std::string& part : parts) EXPECT_TRUE(contains(result.errors, part));
}

TEST(ExitCode, DoneIs0) {
  const TemporaryDirectory directory;
  EXPECT_EQ(mote({"--version"}).exit_code, 0);
  EXPECT_EQ(mote({"--help"}).exit_code, 0);
  EXPECT_EQ(mote({"compile", "--help"}).exit_code, 0);
  EXPECT_EQ(mote({"targets"}).exit_code, 0);
  EXPECT_EQ(mote({"operators", "--json"}).exit_code, 0);
  EXPECT_EQ(mote({"inspect", kActivity}).exit_code, 0);
  EXPECT_EQ(mote({"compile", kActivity, "-t", "cortex-m4", "-o", directory.path().string()}).exit_code, 0);
  EXPECT_TRUE(fs::exists(directory.path() / "activity.hpp"));
}

TEST(ExitCode, DoneEvenForTheReferenceWithoutAnyTool) {
  const ProcessResult result = mote_without_tools({"run", kActivity, "-t", "reference", "-i", kWindows});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_TRUE(contains(result.output, "accuracy"));
}

/// A golden file for the example: one window of zeros, expected to give `score` everywhere.
fs::path zeros_expecting(const fs::path& directory, std::int8_t score) {
  const auto zeros = array_of("|i1", {1, 1, 100, 6}, std::vector<std::int8_t>(600, 0));
  const auto scores = array_of("|i1", {1, 4}, std::vector<std::int8_t>(4, score));
  const auto bytes = npz_of({{"zeros/x0", zeros}, {"zeros/y0_tflm", scores}});
  write_file(directory / "golden.npz", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return directory / "golden.npz";
}

TEST(ExitCode, AFailedCheckIs1) {
  const TemporaryDirectory directory;
  const ProcessResult result = mote({"verify", kActivity, "-t", "reference", "--golden", zeros_expecting(directory.path(), 33)});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_TRUE(contains(result.output, "first: case 'zeros', step 0, output 0, value 0: expected 33"));
}

TEST(ExitCode, BadUsageIs2) {
  EXPECT_EQ(mote({}).exit_code, 2);
  EXPECT_EQ(mote({"transmogrify"}).exit_code, 2);
  EXPECT_EQ(mote({"inspect"}).exit_code, 2);
  EXPECT_EQ(mote({"inspect", kActivity, "--io", "float16"}).exit_code, 2);
  EXPECT_EQ(mote({"inspect", kActivity, "--stop-after", "many"}).exit_code, 2);
  EXPECT_EQ(mote({"compile", kActivity, "-t", "cortex-m4"}).exit_code, 2) << "-o is missing";
}

TEST(ExitCode, AMissingFileIs2) { expect_failure(mote({"inspect", "/nonexistent/model.tflite"}), 2, {"/nonexistent/model.tflite: cannot be read: No such file"}); }

TEST(ExitCode, ADirectoryInsteadOfAFileIs2) { expect_failure(mote({"inspect", "/tmp"}), 2, {"/tmp: is a directory, a file is needed"}); }

TEST(ExitCode, AFileThatIsNoModelIs2) {
  expect_failure(mote({"inspect", kWindows}), 2, {kWindows + ": not a TensorFlow Lite model", "give a .tflite file"});
}

TEST(ExitCode, AnUnknownTargetIs2) {
  expect_failure(mote({"inspect", kActivity, "-t", "cortex-m99"}), 2, {"there is no target 'cortex-m99'", "targets: ", "cortex-m4"});
}

TEST(ExitCode, AnUnknownPassIs2) {
  expect_failure(mote({"inspect", kActivity, "--print-after", "magic"}), 2, {"there is no pass 'magic'", "passes: ", "fold_padding"});
}

TEST(ExitCode, ABadNameIs2AndWritesNothing) {
  const TemporaryDirectory directory;
  expect_failure(mote({"compile", kActivity, "-t", "cortex-m4", "-o", directory.path() / "out", "--name", "my-model"}), 2,
                 {"'my-model' cannot be the name of the library", "try --name my_model"});
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

TEST(ExitCode, AnUnsupportedModelIs2WithEveryReasonAndTheOperators) {
  const TemporaryDirectory directory;
  ModelBuilder builder;
  for (int i = 0; i < 3; ++i) builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_WHILE, {0}, {1});
  builder.custom_op("ethos-u", {1}, {2});
  const auto bytes = builder.finish({0}, {2});
  const fs::path path = directory.path() / "vela.tflite";
  write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  expect_failure(mote({"compile", path, "-t", "cortex-m4", "-o", directory.path() / "out"}), 2,
                 {path.string() + ": not supported:", "operator WHILE", "operator CUSTOM 'ethos-u'", "`mote operators` lists what is supported"});
  EXPECT_FALSE(fs::exists(directory.path() / "out"));
  const ProcessResult shown = mote({"inspect", path});
  expect_failure(shown, 2, {"operator WHILE"});
  EXPECT_TRUE(contains(shown.output, "CUSTOM 'ethos-u'"));
}

TEST(ExitCode, DirectoriesThatCannotBeMadeAre2) {
  expect_failure(mote({"compile", kActivity, "-t", "cortex-m4", "-o", "/proc/mote/out"}), 2, {"/proc/mote/out"});
  expect_failure(mote({"compile", kActivity, "-t", "cortex-m4", "-o", kActivity}), 2, {kActivity});
}

TEST(ExitCode, WhatCannotAllBeWrittenLeavesNothing) {
  const TemporaryDirectory directory;
  fs::create_directory(directory.path() / "activity.cpp");
  expect_failure(mote({"compile", kActivity, "-t", "cortex-m4", "-o", directory.path()}), 2, {"activity.cpp"});
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory.path())) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  EXPECT_EQ(files, std::vector<std::string>());
}

TEST(ExitCode, BadInputDataIs2) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "data.csv";
  write_file(path, "1,2,3\n");
  expect_failure(mote({"run", kActivity, "-t", "reference", "-i", path}), 2, {path.string() + ": line 1 has 3 numbers"});
  expect_failure(mote({"run", kActivity, "-t", "reference", "-i", "/nonexistent.npz"}), 2, {"/nonexistent.npz: cannot be read"});
  write_file(directory.path() / "data.txt", "1,2,3\n");
  expect_failure(mote({"run", kActivity, "-t", "reference", "-i", directory.path() / "data.txt"}), 2, {"known: .npy, .npz, .csv, .bin"});
}

TEST(ExitCode, AGoldenFileWithoutTheColumnIs2) {
  const TemporaryDirectory directory;
  const fs::path golden = zeros_expecting(directory.path(), 0);
  expect_failure(mote({"verify", kActivity, "-t", "reference", "--golden", golden, "--expect", "onnx"}), 2,
                 {golden.string(), "there is no array 'zeros/y0_onnx'", "the file has: zeros/x0, zeros/y0_tflm"});
}

TEST(ExitCode, AnOutputThatCannotBeWrittenIs2) {
  expect_failure(mote({"run", kActivity, "-t", "reference", "-i", kWindows, "-o", "/proc/mote/out.npy"}), 2, {"/proc/mote/out.npy: cannot be written"});
}

TEST(ExitCode, AMissingCrossCompilerIs3WithTheInstallCommand) {
  expect_failure(mote_without_tools({"run", kActivity, "-t", "cortex-m4", "-i", kWindows}), 3, {"is needed and was not found", "install it with: apt-get install"});
}

TEST(ExitCode, AMissingNativeCompilerIs3WithTheInstallCommand) {
  expect_failure(mote_without_tools({"run", kActivity, "-t", "host", "-i", kWindows}), 3, {"a C++ compiler is needed and was not found", "install it with: apt-get install g++"});
}

// Names come from the model: any bytes.
TEST(ExitCode, NamesThatAreNoUtf8DoNoHarm) {
  const TemporaryDirectory directory;
  ModelBuilder builder;
  builder.name_prefix = "caf\xE9 \xFF";
  builder.tensor({1, 4});
  builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_RELU, {0}, {1});
  const auto bytes = builder.finish({0}, {1});
  const fs::path path = directory.path() / "latin.tflite";
  write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  EXPECT_EQ(mote({"inspect", path, "--json"}).exit_code, 0);
  const ProcessResult compiled = mote({"compile", path, "-t", "cortex-m4", "-o", directory.path() / "out"});
  EXPECT_EQ(compiled.exit_code, 0) << compiled.errors;
}

}  // namespace
}  // namespace mote::test
