#include "passes/variables.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "graph/print.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {
namespace {

/// Runs both graphs on the same frames, from a fresh state.
void expect_same_answers(const Graph& a, const Graph& b) {
  Evaluator first(a);
  Evaluator second(b);
  Random random(7);
  for (int step = 0; step < 9; ++step) {
    if (step == 6) {
      first.reset();
      second.reset();
    }
    std::vector<Bytes> inputs;
    for (const TensorId id : a.inputs) inputs.push_back(random.bytes(static_cast<std::size_t>(a.tensor(id).bytes())));
    EXPECT_EQ(first.run(inputs), second.run(inputs)) << "step " << step;
  }
}

bool has(const Graph& graph, std::string_view op) { return print_graph(graph).find("node " + std::string(op) + " ") != std::string::npos; }

/// A history of 2 frames to which one more is joined; the last two of the three are kept. `slice_from` names the first that is kept.
Graph history(const std::string& initial = "", const std::string& slice_from = "01000000") {
  return graph_of(R"(graph "g"
tensor %0 int8 1x1x2 "frame" scale=[0.5] zero_point=[-1]
tensor %1 int8 1x2x2 "old" scale=[0.5] zero_point=[-1] state)" +
                  initial + R"(
tensor %2 int8 1x2x2 "read" scale=[0.5] zero_point=[-1]
tensor %3 int8 1x3x2 "joined" scale=[0.5] zero_point=[-1]
tensor %4 int32 3 "begin" constant=00000000)" +
                  slice_from + R"(00000000
tensor %5 int32 3 "size" constant=010000000200000002000000
tensor %6 int8 1x2x2 "kept" scale=[0.5] zero_point=[-1]
tensor %7 int8 1x2x2 "assigned" scale=[0.5] zero_point=[-1]
tensor %8 int8 1x3x2 "out" scale=[0.5] zero_point=[-1]
inputs (%0)
node read_variable "read" (%1) -> (%2)
node concatenation "join" (%2 %0) -> (%3) axis=1 activation=none
node slice "keep" (%3 %4 %5) -> (%6)
node assign_variable "assign" (%1 %6) -> (%7)
node relu "use" (%3) -> (%8)
outputs (%8)
)");
}

TEST(MakeWindows, AHistoryBecomesAWindow) {
  Graph graph = history("=01020304");
  const Graph before = graph;
  EXPECT_TRUE(make_windows(graph));
  EXPECT_EQ(print_graph(graph), R"(graph "g"
tensor %0 int8 1x1x2 "frame" scale=[0.5] zero_point=[-1]
tensor %1 int8 1x3x2 "old" scale=[0.5] zero_point=[-1] state=ffff01020304
tensor %2 int8 1x3x2 "joined" scale=[0.5] zero_point=[-1]
tensor %3 int8 1x3x2 "out" scale=[0.5] zero_point=[-1]
inputs (%0)
node push_window "join" (%1 %0) -> (%2) axis=1
node relu "use" (%2) -> (%3)
outputs (%3)
)");
  EXPECT_NO_THROW(verify(graph));
  expect_same_answers(before, graph);
}

TEST(MakeWindows, ReadsBackWhatItPrints) {
  const std::string text = print_graph(history("=01020304"));
  EXPECT_EQ(print_graph(graph_of(text)), text);
}

TEST(MakeWindows, NotWhenTheBeginningIsKept) {
  Graph graph = history("", "00000000");
  EXPECT_FALSE(make_windows(graph));
  EXPECT_TRUE(has(graph, "assign_variable"));
}

TEST(MakeWindows, AWholeWindowWhoseBeginningGoes) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 int8 1x1x2 "frame" scale=[0.5] zero_point=[-1]
tensor %1 int8 1x3x2 "window" scale=[0.5] zero_point=[-1] state=010203040506
tensor %2 int8 1x3x2 "read" scale=[0.5] zero_point=[-1]
tensor %3 int32 3 "begin" constant=000000000100000000000000
tensor %4 int32 3 "size" constant=010000000200000002000000
tensor %5 int8 1x2x2 "end" scale=[0.5] zero_point=[-1]
tensor %6 int8 1x3x2 "joined" scale=[0.5] zero_point=[-1]
tensor %7 int8 1x3x2 "assigned" scale=[0.5] zero_point=[-1]
tensor %8 int8 1x3x2 "out" scale=[0.5] zero_point=[-1]
inputs (%0)
node read_variable "read" (%1) -> (%2)
node slice "drop" (%2 %3 %4) -> (%5)
node concatenation "join" (%5 %0) -> (%6) axis=1 activation=none
node assign_variable "assign" (%1 %6) -> (%7)
node relu "use" (%6) -> (%8)
outputs (%8)
)");
  const Graph before = graph;
  EXPECT_TRUE(make_windows(graph));
  EXPECT_TRUE(has(graph, "push_window"));
  EXPECT_FALSE(has(graph, "read_variable") || has(graph, "slice") || has(graph, "assign_variable"));
  expect_same_answers(before, graph);
}

/// Counts up: the answer is the sum before (or after) the assignment.
Graph counter(bool read_late) {
  const std::string assign = "node assign_variable \"assign\" (%1 %3) -> (%4)\n";
  const std::string use = "node relu \"use\" (%2) -> (%5)\n";
  return graph_of(R"(graph "g"
tensor %0 int8 2 "in" scale=[0.5] zero_point=[0]
tensor %1 int8 2 "sum" scale=[0.5] zero_point=[0] state
tensor %2 int8 2 "before" scale=[0.5] zero_point=[0]
tensor %3 int8 2 "new" scale=[0.5] zero_point=[0]
tensor %4 int8 2 "assigned" scale=[0.5] zero_point=[0]
tensor %5 int8 2 "out" scale=[0.5] zero_point=[0]
inputs (%0)
node read_variable "read" (%1) -> (%2)
node add "add" (%2 %0) -> (%3) activation=none
)" + (read_late ? assign + use : use + assign) +
                  "outputs (%5)\n");
}

TEST(ReadInPlace, WhenNothingIsAssignedBeforeTheLastReader) {
  Graph graph = counter(false);
  const Graph before = graph;
  EXPECT_TRUE(read_in_place(graph));
  EXPECT_FALSE(has(graph, "read_variable"));
  expect_same_answers(before, graph);
}

TEST(ReadInPlace, NotWhenTheOldValueIsReadAfterTheAssignment) {
  Graph graph = counter(true);
  EXPECT_FALSE(read_in_place(graph));
  EXPECT_TRUE(has(graph, "read_variable"));
}

}  // namespace
}  // namespace mote::test
