// `mote evaluate` from the outside: what it says, writes and returns.

#include <nlohmann/json.hpp>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "error/command.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

ProcessResult evaluate(std::vector<std::string> words) {
  words.insert(words.begin(), {"evaluate", kActivity});
  return mote(std::move(words));
}

/// The JSON of an evaluation without what differs from run to run.
nlohmann::json metrics_of(const ProcessResult& result) {
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  nlohmann::json json = nlohmann::json::parse(result.output);
  for (const char* key : {"build_seconds", "seconds", "processor_seconds", "threads", "target"}) json.erase(key);
  return json;
}

TEST(Evaluate, TellsWhatTheModelIsWorth) {
  const ProcessResult result = evaluate({"--data", kWindows});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  for (const char* part : {"activity on host: 40 samples", "task: classify (the model ends in a softmax)", "accuracy 40/40 = 100.00 %", "Badminton", "macro mean", "samples a second"})
    EXPECT_TRUE(contains(result.output, part));
}

TEST(Evaluate, GivesTheSameNumbersWithAnyNumberOfThreadsAndEverywhere) {
  const auto json = metrics_of(evaluate({"--data", kWindows, "--json"}));
  EXPECT_EQ(json["accuracy"], 1.0);
  EXPECT_EQ(json["confusion"][1][1], 10);
  EXPECT_EQ(metrics_of(evaluate({"--data", kWindows, "--json", "--threads", "1"})), json);
  EXPECT_EQ(metrics_of(evaluate({"--data", kWindows, "--json", "--threads", "3"})), json);
  EXPECT_EQ(metrics_of(evaluate({"--data", kWindows, "--json", "-t", "reference"})), json);
}

TEST(Evaluate, BoardsGiveTheSamePredictions) {
  const TemporaryDirectory directory;
  const fs::path host = directory.path() / "host.csv";
  const fs::path board = directory.path() / "board.csv";
  const ProcessResult result = evaluate({"--data", kWindows, "-t", "cortex-m4", "--predictions", board});
  if (result.exit_code == 3) GTEST_SKIP() << result.errors;
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  ASSERT_EQ(evaluate({"--data", kWindows, "--predictions", host}).exit_code, 0);
  const auto text = read_file(host);
  EXPECT_EQ(text, read_file(board));
  EXPECT_TRUE(contains({text.begin(), text.end()}, "sample,truth,predicted,score_Badminton,score_Running,score_Standing,score_Walking\n0,"));
}

TEST(Evaluate, ChecksThatFailAre1) {
  EXPECT_EQ(evaluate({"--data", kWindows, "-t", "reference", "--min-accuracy", "1"}).exit_code, 0);
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "one.npz";
  const auto bytes = npz_of({{"x", array_of("<f4", {2, 600}, std::vector<float>(1200, 0))}, {"y", array_of<std::int64_t>("<i8", {2}, {0, 2})}});
  write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const ProcessResult result = evaluate({"--data", path, "-t", "reference", "--min-accuracy", "0.9"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(contains(result.errors, "accuracy is 0.5, at least 0.9 is asked for"));
  EXPECT_TRUE(contains(result.output, "accuracy 1/2"));
  EXPECT_EQ(evaluate({"--data", path, "-t", "reference", "--max-rmse", "1"}).exit_code, 2) << "there is no RMSE of classes";
}

TEST(Evaluate, BadDataIs2AndNamesFileAndPlace) {
  const TemporaryDirectory directory;
  const auto expect = [&](const std::string& name, const std::string& content, const std::string& part) {
    write_file(directory.path() / name, content);
    const ProcessResult result = evaluate({"--data", directory.path() / name, "-t", "reference"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(contains(result.errors, name + ": "));
    EXPECT_TRUE(contains(result.errors, part));
  };
  const auto npz = [](const std::map<std::string, NpyArray>& arrays) {
    const auto bytes = npz_of(arrays);
    return std::string(bytes.begin(), bytes.end());
  };
  const NpyArray x = array_of("<f4", {2, 1, 100, 6}, std::vector<float>(1200, 0));
  const std::string whole = npz({{"x", x}, {"y", array_of<std::int64_t>("<i8", {2}, {0, 1})}});
  expect("swapped.npz", npz({{"x", array_of("<f4", {2, 6, 100}, std::vector<float>(1200, 0))}}), "x.transpose(0, 2, 1)");
  expect("unlabelled.npz", npz({{"x", x}}), "the data has no labels\n  a .npz holds them in y");
  expect("range.npz", npz({{"x", x}, {"y", array_of<std::int64_t>("<i8", {2}, {0, 4})}}), "label 4 of sample 1 is out of range: the model has 4 classes");
  expect("empty.npz", npz({{"x", array_of<float>("<f4", {0, 600}, {})}}), "0 values do not fill");
  expect("cut.npz", whole.substr(0, whole.size() / 2), "not a .npz archive, or cut off");
  expect("none.npz", "", "the file is empty");
  expect("rows.csv", "1,2,3\n4,5\n", "line 2 has 2 cells");
  expect("empty.csv", "", "there are no rows");
}

TEST(Evaluate, ADirectoryThatDoesNotFitIs2) {
  const TemporaryDirectory directory;
  write_files(directory.path(), {{"walk/a.wav", "RIFF"}});
  const ProcessResult result = evaluate({"--data", directory.path(), "-t", "reference"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.errors, "takes features, not raw sound"));
}

TEST(Evaluate, PredictionsThatCannotBeWrittenAre2) {
  const ProcessResult result = evaluate({"--data", kWindows, "-t", "reference", "--predictions", "/proc/mote/out.csv"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.errors, "/proc/mote/out.csv: cannot be written"));
}

}  // namespace
}  // namespace mote::test
