#include <gtest/gtest.h>

#include "common/random_graph.hpp"
#include "graph/print.hpp"
#include "passes/passes.hpp"

namespace mote::test {
namespace {

/// Several inferences in a row, so that state counts.
std::vector<std::vector<Bytes>> answers(const Graph& graph, std::uint32_t seed) {
  Random random(seed);
  Evaluator evaluator(graph);
  std::vector<std::vector<Bytes>> result;
  for (int i = 0; i < 3; ++i) result.push_back(evaluator.run(random_inputs(graph, random)));
  return result;
}

class SameAnswers : public testing::TestWithParam<std::uint32_t> {};

TEST_P(SameAnswers, BeforeAndAfterEveryPass) {
  constexpr std::uint32_t kGraphs = 250;
  int changed = 0;
  for (std::uint32_t seed = GetParam() * kGraphs; seed < (GetParam() + 1) * kGraphs; ++seed) {
    Graph graph = random_graph(seed);
    const auto expected = answers(graph, seed);
    for (int passes = 1; passes <= static_cast<int>(all_passes().size()); ++passes) {
      Graph rewritten = graph;
      const auto count = [&](std::string_view) { ++changed; };
      run_passes(rewritten, {.print_after = {}, .stop_after = passes, .log = count});
      ASSERT_EQ(answers(rewritten, seed), expected) << "seed " << seed << ", after " << passes << " passes\n" << print_graph(graph);
    }
  }
  EXPECT_GT(changed, 20) << "the graphs give the passes nothing to do";
}

INSTANTIATE_TEST_SUITE_P(Seeds, SameAnswers, testing::Range(0U, 4U));

}  // namespace
}  // namespace mote::test
