// State that lasts: what restart() keeps, and what comes back through save() and restore().

#include <algorithm>

#include <gtest/gtest.h>

#include "codegen/compile_library.hpp"
#include "common/values.hpp"
#include "emulate/boards.hpp"
#include "emulate/run_model.hpp"

namespace mote::test {
namespace {

/// Two windows over the same values, one of which lasts.
Graph two_windows() {
  return graph_of(R"(graph "windows"
tensor %0 int16 1x2 "values"
tensor %1 int16 3x2 "recent" state=010002000300040005000600
tensor %2 int16 2x2 "learned" state lasting
tensor %3 int16 3x2 "a"
tensor %4 int16 2x2 "b"
inputs (%0)
node push_window "recent" (%1 %0) -> (%3) axis=0
node push_window "learned" (%2 %0) -> (%4) axis=0
outputs (%3 %4)
)");
}

std::vector<Inference> inferences_of(const std::vector<StateEvents>& events) {
  std::vector<Inference> inferences;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto value = static_cast<std::int16_t>(100 * (i + 1));
    inferences.push_back({.inputs = {bytes_of<std::int16_t>({value, value})}, .events = events[i]});
  }
  return inferences;
}

class Lasting : public testing::TestWithParam<std::string_view> {};

TEST_P(Lasting, RestartKeepsIt) {
  const RunResult result =
      run_model(make_plan(two_windows(), find_target(GetParam())), inferences_of({{}, {.restart_before = true}}), false);
  EXPECT_EQ(values_of<std::int16_t>(result.outputs[1][0]), (std::vector<std::int16_t>{3, 4, 5, 6, 200, 200}));
  EXPECT_EQ(values_of<std::int16_t>(result.outputs[1][1]), (std::vector<std::int16_t>{100, 100, 200, 200}));
}

TEST_P(Lasting, ComesBackThroughBytes) {
  const RunResult result =
      run_model(make_plan(two_windows(), find_target(GetParam())), inferences_of({{}, {.restore_before = true}}), false);
  EXPECT_EQ(values_of<std::int16_t>(result.outputs[1][0]), (std::vector<std::int16_t>{3, 4, 5, 6, 200, 200}));
  EXPECT_EQ(values_of<std::int16_t>(result.outputs[1][1]), (std::vector<std::int16_t>{100, 100, 200, 200}));
}

INSTANTIATE_TEST_SUITE_P(Targets, Lasting, testing::Values("reference", "host", "cortex-m0plus"), [](const auto& info) {
  std::string name(info.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// Returns the number of the first expectation that fails, 0 when all hold.
constexpr std::string_view kMain = R"(#include <string.h>
#include "windows.h"

static windows_model model, other;

static short first_learned(windows_model* m) {
  short* in = windows_input0(m);
  in[0] = in[1] = 7;
  windows_run(m);
  return windows_output1(m)[0];
}

int main(void) {
  unsigned char saved[WINDOWS_LASTING_BYTES];
  windows_save(&model, saved); /* before the first run: what it begins with */
  windows_input0(&model)[0] = 5;
  windows_run(&model);
  if (!windows_restore(&model, saved, sizeof saved)) return 1;
  if (first_learned(&model) != 0) return 2;
  windows_save(&model, saved);
  if (windows_restore(&other, saved, sizeof saved - 1)) return 3;
  for (unsigned i = 0; i < 8 * sizeof saved; ++i) {
    saved[i / 8] ^= (unsigned char)(1u << i % 8);
    if (windows_restore(&other, saved, sizeof saved)) return 4;
    saved[i / 8] ^= (unsigned char)(1u << i % 8);
  }
  if (!windows_restore(&other, saved, sizeof saved)) return 5;
  if (first_learned(&other) != 7) return 6;
  windows_restart(&other);
  if (first_learned(&other) != 7) return 7;
  windows_reset(&other);
  return first_learned(&other) == 0 ? 0 : 8;
}
)";

TEST(LastingState, IsRefusedWhereAnyBitIsWrong) {
  MOTE_NEEDS("gcc");
  const TemporaryDirectory directory;
  FileSet files = generate_library(make_plan(two_windows(), host()), "windows");
  files["main.c"] = kMain;
  write_files(directory.path(), files);
  ASSERT_EQ(run_in(directory.path(), concat({{"g++"}, kStrict, {"-O1", "-I.", "-c", "windows.cpp", "-o", "model.o"}})), "");
  ASSERT_EQ(run_in(directory.path(),
                   {"gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "main.c", "model.o", "-lm", "-o", "program"}),
            "");
  const ProcessResult result = run_process({(directory.path() / "program").string()});
  EXPECT_TRUE(result.succeeded()) << result.describe();
}

TEST(LastingState, IsPartOfTheModelsHash) {
  Graph graph = two_windows();
  const std::uint64_t hash = model_hash(graph);
  graph.tensor(2).lasting = false;
  EXPECT_NE(model_hash(graph), hash);
}

}  // namespace
}  // namespace mote::test
