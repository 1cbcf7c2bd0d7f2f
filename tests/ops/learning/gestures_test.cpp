// Activities that a user teaches in the field, three windows of each: here, and on emulated boards.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "common/paths.hpp"
#include "common/state_nodes.hpp"
#include "common/values.hpp"
#include "emulate/boards.hpp"
#include "emulate/run_model.hpp"
#include "support/files.hpp"
#include "support/npy.hpp"

namespace mote::test {
namespace {

constexpr std::size_t kChannels = 6, kLessons = 3;

struct Window {
  std::vector<float> spreads;  ///< of each channel
  std::int32_t label = 0;
};

std::vector<Window> windows() {
  const auto arrays = parse_npz(read_file(std::string(kSourceDirectory) + "/examples/activity/test_windows.npz"));
  const auto values = values_of<float>(arrays.at("x").bytes);
  const auto labels = values_of<std::int32_t>(arrays.at("y").bytes);
  const std::size_t size = values.size() / labels.size(), length = size / kChannels;
  std::vector<Window> result;
  for (std::size_t w = 0; w < labels.size(); ++w) {
    Window window{{}, labels[w]};
    for (std::size_t c = 0; c < kChannels; ++c) {
      double sum = 0, squares = 0;
      for (std::size_t t = 0; t < length; ++t) {
        const double value = double{values[w * size + t * kChannels + c]};
        sum += value;
        squares += value * value;
      }
      const double mean = sum / static_cast<double>(length);
      window.spreads.push_back(static_cast<float>(std::sqrt(squares / static_cast<double>(length) - mean * mean)));
    }
    result.push_back(std::move(window));
  }
  return result;
}

class Gestures : public testing::TestWithParam<std::tuple<std::string_view, std::string_view>> {};

TEST_P(Gestures, AreKnownWhenTaughtAndAfterALossOfPower) {
  const auto& [target, op] = GetParam();
  Graph graph;
  graph.name = "gestures";
  Attributes attributes{{"classes", 4}};
  if (op == "nearest_examples") attributes["capacity"] = 12;
  add_node(graph, op, {add_input(graph, {static_cast<std::int32_t>(kChannels)})}, attributes);
  verify(graph);
  std::vector<std::size_t> lessons(4);
  std::vector<Window> asked;
  std::vector<Inference> inferences;
  for (const Window& window : windows()) {
    std::size_t& given = lessons[static_cast<std::size_t>(window.label)];
    if (given == kLessons) {
      asked.push_back(window);
      continue;
    }
    ++given;
    inferences.push_back({.inputs = {bytes_of(window.spreads)}, .events = {.teach = window.label}});
  }
  const std::size_t taught = inferences.size();
  ASSERT_EQ(taught, 4 * kLessons);
  for (const Window& window : asked) inferences.push_back({.inputs = {bytes_of(window.spreads)}});
  inferences[taught].events.restore_before = true;
  const RunResult result = run_model(make_plan(graph, find_target(target)), inferences, false);
  EXPECT_EQ(values_of<std::int32_t>(result.outputs[0][0])[0], -1) << "nothing has been taught";
  std::size_t right = 0;
  for (std::size_t i = 0; i < asked.size(); ++i)
    right += values_of<std::int32_t>(result.outputs[taught + i][0])[0] == asked[i].label ? 1 : 0;
  EXPECT_EQ(right, asked.size());
}

INSTANTIATE_TEST_SUITE_P(Targets, Gestures,
                         testing::Combine(testing::Values("reference", "host", "cortex-m0plus"),
                                          testing::Values("nearest_prototypes", "nearest_examples")),
                         [](const auto& info) {
                           std::string name = std::string(std::get<0>(info.param)) + "_" + std::string(std::get<1>(info.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mote::test
