#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "graph/print.hpp"
#include "passes/passes.hpp"

namespace mote::test {
namespace {

/// Both passes have something to do.
Graph work_for_every_pass() {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4, 4, 1});
  const TensorId same = builder.node("reshape", {in, builder.integers({1, 4, 4, 1})});
  const TensorId padded = builder.node("pad", {same, builder.constant<std::int32_t>({4, 2}, {0, 0, 1, 1, 1, 1, 0, 0})});
  const TensorId weights = builder.constant<std::int8_t>({1, 3, 3, 1}, std::vector<std::int8_t>(9, 1), quantized(0.1F));
  builder.output(builder.node("conv_2d", {padded, weights, kNoTensor}));
  return builder.finish();
}

TEST(RunPasses, StopAfterRunsThatMany) {
  Graph by_hand = work_for_every_pass();
  const int count = static_cast<int>(all_passes().size());
  for (int stop = 0; stop <= count; ++stop) {
    Graph graph = work_for_every_pass();
    run_passes(graph, {.print_after = {}, .stop_after = stop, .log = {}});
    if (stop > 0) all_passes()[static_cast<std::size_t>(stop) - 1].apply(by_hand);
    prune(by_hand);
    EXPECT_EQ(print_graph(graph), print_graph(by_hand));
  }
  for (const int all : {-1, count + 1000}) {
    Graph graph = work_for_every_pass();
    run_passes(graph, {.print_after = {}, .stop_after = all, .log = {}});
    EXPECT_EQ(print_graph(graph), print_graph(by_hand));
    EXPECT_EQ(graph.nodes.size(), 1U);
  }
}

TEST(RunPasses, LogsWhatChangedAndPrintsAfterThePassAskedFor) {
  Graph graph = work_for_every_pass();
  std::string log;
  run_passes(graph, {.print_after = "fold_padding", .stop_after = -1, .log = [&](std::string_view text) { log += text; }});
  EXPECT_TRUE(contains(log, "(remove_no_ops): 2 operators, 3 before;"));
  EXPECT_TRUE(contains(log, "(fold_padding): 1 operators, 2 before;"));
  EXPECT_TRUE(contains(log, "padding=1,1,1,1"));
}

TEST(RunPasses, SaysNothingOfPassesThatChangeNothing) {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 4})}));
  Graph graph = builder.finish();
  run_passes(graph, {.print_after = {}, .stop_after = -1, .log = [](std::string_view text) { ADD_FAILURE() << text; }});
}

TEST(RunPasses, AnUnknownNameIsAnErrorThatListsThePasses) {
  Graph graph = work_for_every_pass();
  const std::string message = error_of([&] { run_passes(graph, {.print_after = "fold_pading", .stop_after = -1, .log = {}}); });
  EXPECT_TRUE(contains(message, "there is no pass 'fold_pading'"));
  for (const Pass& pass : all_passes()) EXPECT_TRUE(contains(message, std::string(pass.name)));
}

}  // namespace
}  // namespace mote::test
