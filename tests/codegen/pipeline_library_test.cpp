// The generated class Pipeline on boards: samples in pieces, lost ones and a sensor that fails, with an application of a few lines around it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "codegen/compile_library.hpp"
#include "codegen/generate.hpp"
#include "common/values.hpp"
#include "emulate/boards.hpp"
#include "emulate/emulator.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"
#include "pipeline/read_pipeline.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

/// Two channels; the last three instants of hops of two.
constexpr std::string_view kPipeline = R"(
name = "gesture"
[source]
rate = 100
channels = 2
format = "float32"
hop = 2
range = [-8, 8]
saturated = 2
stuck = 3
ring = 4
[[features]]
op = "frames"
length = 3
step = 2
)";

/// What stands in the place of a model: one run of it is one push of up to eight instants and all polls after it.
constexpr std::string_view kApplication = R"(#pragma once
#include "gesture.hpp"

namespace application {

inline constexpr int kInputCount = 2, kOutputCount = 1;
inline constexpr size_t kInputBytes[] = {4, 64};
inline constexpr size_t kOutputBytes[] = {52};

struct Report {
  int32_t taken, runs, faults, gaps, dropped, warm, total;
  float window[6];
};

class Model {
 public:
  void* input_data(int i) { return i == 0 ? static_cast<void*>(&count_) : samples_; }
  const void* output_data(int) const { return &report_; }
  void reset() {}
  void restart() {}
  void run();

 private:
  gesture::Pipeline pipeline_;
  int32_t count_ = 0;
  float samples_[16] = {};
  Report report_ = {};
};

}  // namespace application
)";
constexpr std::string_view kApplicationSource = R"(#include "application.hpp"
#include "gesture.cpp"

namespace application {

void Model::run() {
  report_ = {};
  report_.taken = static_cast<int32_t>(pipeline_.push(samples_, static_cast<uint32_t>(count_)));
  while (pipeline_.step()) {
    ++report_.runs;
    report_.faults |= pipeline_.last().faults;
    report_.warm += pipeline_.last() ? 1 : 0;
  }
  report_.gaps = static_cast<int32_t>(pipeline_.gaps());
  report_.dropped = static_cast<int32_t>(pipeline_.dropped());
  report_.total = static_cast<int32_t>(pipeline_.last().run);
  memcpy(report_.window, pipeline_.model().output_data(0), sizeof report_.window);
}

}  // namespace application
)";

struct Report {
  std::int32_t taken, runs, faults, gaps, dropped, warm, total;
  float window[6];
};

Plan plan_for(const Target& target) {
  Graph graph = parse_pipeline(kPipeline, "gesture.toml");
  run_passes(graph, {});
  return make_plan(graph, target);
}

/// What the application reports for each push of instants (both channels of an instant hold its number).
std::vector<Report> reports_of(const Target& target, const std::vector<std::vector<float>>& pushes) {
  const TemporaryDirectory directory;
  FileSet files = generate_library(plan_for(target), "gesture");
  files["application.hpp"] = kApplication;
  files["application.cpp"] = kApplicationSource;
  write_files(directory.path(), files);
  EmulationJob job;
  job.source_dir = directory.path();
  job.model_name = "application";
  job.input_bytes = {4, 64};
  job.output_bytes = {sizeof(Report)};
  job.keeps_state = true;
  for (const auto& push : pushes) {
    std::vector<float> samples(16, 0.0F);
    for (std::size_t i = 0; i < push.size(); ++i) samples[2 * i] = samples[2 * i + 1] = push[i];
    Bytes bytes = bytes_of<std::int32_t>({static_cast<std::int32_t>(push.size())});
    const Bytes values = bytes_of<float>(samples);
    bytes.insert(bytes.end(), values.begin(), values.end());
    job.samples.push_back({false, bytes, {}});
  }
  std::vector<Report> reports;
  for (const auto& output : emulate(target, job).outputs) {
    Report report;
    std::memcpy(&report, output.data(), sizeof report);
    reports.push_back(report);
  }
  return reports;
}

class PipelineLibrary : public testing::TestWithParam<std::string_view> {};

/// Channel 0 of the window.
std::vector<float> window_of(const Report& report) { return {report.window[0], report.window[2], report.window[4]}; }

TEST_P(PipelineLibrary, TakesSamplesInPiecesAndStartsAnewBehindLostOnes) {
  const auto reports = reports_of(find_target(GetParam()), {{1}, {2, 3, 4, 5}, {6, 7, 1, 2, 3, 4}, {5, 6}});
  EXPECT_EQ(reports[0].taken, 1);
  EXPECT_EQ(reports[0].runs, 0);

  EXPECT_EQ(reports[1].taken, 3) << "the ring holds four";
  EXPECT_EQ(reports[1].dropped, 1);
  EXPECT_EQ(reports[1].runs, 2);
  EXPECT_EQ(reports[1].warm, 1) << "the first run does not fill the window";
  EXPECT_EQ(window_of(reports[1]), (std::vector<float>{2, 3, 4}));

  EXPECT_EQ(reports[2].taken, 4);
  EXPECT_EQ(reports[2].gaps, 1);
  EXPECT_EQ(reports[2].dropped, 3);
  EXPECT_EQ(reports[2].warm, 1);
  EXPECT_EQ(window_of(reports[2]), (std::vector<float>{7, 1, 2}));

  EXPECT_EQ(reports[3].gaps, 2);
  EXPECT_EQ(reports[3].total, 5);
  EXPECT_EQ(reports[3].warm, 0);
  EXPECT_EQ(window_of(reports[3]), (std::vector<float>{0, 5, 6}));
}

TEST_P(PipelineLibrary, TellsFaultsOfTheSensor) {
  const auto reports = reports_of(find_target(GetParam()), {{5, 6}, {9, 9}, {9, 1}, {NAN, 2}, {3, 4}});
  std::vector<std::int32_t> faults;
  for (const Report& report : reports) faults.push_back(report.faults);
  EXPECT_EQ(faults, (std::vector<std::int32_t>{0, 2, 6, 1, 0}));
  EXPECT_EQ(window_of(reports[3]), (std::vector<float>{1, 1, 2})) << "the last good value stands for what is no number";
}

INSTANTIATE_TEST_SUITE_P(Targets, PipelineLibrary, testing::Values("host", "cortex-m0plus", "cortex-m4", "cortex-m55"), [](const auto& info) {
  std::string name(info.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

constexpr std::string_view kMain = R"(#include "gesture.h"

static gesture_pipeline pipeline;

int main(void) {
  const float samples[] = {1, 1, 2, 2, 3, 3, 4, 4, 9, 9};
  if (gesture_push(&pipeline, samples, 4) != 4) return 1;
  if (gesture_poll(&pipeline) != 0) return 2;
  if (gesture_output0(gesture_of(&pipeline))[4] != 4.0f) return 3;
  if (gesture_poll(&pipeline) != -1) return 4;
  if (gesture_faults(&pipeline) != 0) return 5;
  if (gesture_push(&pipeline, samples, 5) != 4 || gesture_dropped(&pipeline) != 1) return 6;
  return 0;
}
)";

TEST(PipelineLibraryInC, GivesTheSame) {
  MOTE_NEEDS("gcc");
  const TemporaryDirectory directory;
  FileSet files = generate_library(plan_for(host()), "gesture");
  files["main.c"] = kMain;
  write_files(directory.path(), files);
  ASSERT_EQ(run_in(directory.path(), concat({{"g++"}, kStrict, {"-O1", "-I.", "-c", "gesture.cpp", "-o", "model.o"}})), "");
  ASSERT_EQ(run_in(directory.path(),
                   {"gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "main.c", "model.o", "-lm", "-o", "program"}),
            "");
  const ProcessResult result = run_process({(directory.path() / "program").string()});
  EXPECT_TRUE(result.succeeded()) << result.describe();
}

TEST(PipelineLibraryWarnings, ThereAreNone) {
  for (const Compiler& compiler : {kGcc, kClang, kCortexM4, kCortexM0plus}) {
    if (!installed(compiler.program)) continue;
    const TemporaryDirectory directory;
    write_files(directory.path(), generate_library(plan_for(host()), "gesture"));
    EXPECT_EQ(run_in(directory.path(), concat({{compiler.program}, compiler.flags, kStrict, {"-O2", "-I.", "-c", "gesture.cpp", "-o", "model.o"}})), "") << compiler.name;
  }
}

}  // namespace
}  // namespace mote::test
