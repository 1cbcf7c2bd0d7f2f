#include <gtest/gtest.h>

#include "common/arena_check.hpp"
#include "common/random_graph.hpp"
#include "memory/plan_memory.hpp"

namespace mote::test {
namespace {

/// Any needs that the kernels might come to have.
std::vector<NodeMemory> random_memory(const Graph& graph, Random& random) {
  std::vector<NodeMemory> result = node_memory(graph);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (random.one_in(3)) result[i].scratch_bytes = random.between(1, 100);
    const Node& node = graph.nodes[i];
    for (int k = 0; k < static_cast<int>(node.inputs.size()) && result[i].in_place.empty(); ++k) {
      const bool computed = node.inputs[static_cast<std::size_t>(k)] != kNoTensor && !graph.tensor(node.inputs[static_cast<std::size_t>(k)]).is_constant();
      if (computed && random.one_in(3)) result[i].in_place.push_back(k);
    }
  }
  return result;
}

class RandomPlans : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomPlans, NothingThatIsStillNeededIsOverwritten) {
  constexpr std::uint32_t kGraphs = 100;
  for (std::uint32_t seed = GetParam() * kGraphs; seed < (GetParam() + 1) * kGraphs; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = random_graph(seed);
    Random random(seed);
    for (const auto& nodes : {node_memory(graph), random_memory(graph, random)}) {
      const MemoryPlan plan = plan_memory(graph, nodes);
      ASSERT_EQ(arena_fault(graph, nodes, plan), "");
      ASSERT_GE(plan.arena_bytes, plan.lower_bound_bytes);
      for (const std::int64_t live : plan.live_bytes) ASSERT_LE(live, plan.lower_bound_bytes);
    }
  }
}

TEST_P(RandomPlans, AreTheSameTwice) {
  const Graph graph = random_graph(GetParam() + 10'000);
  const auto nodes = node_memory(graph);
  const MemoryPlan one = plan_memory(graph, nodes);
  const MemoryPlan two = plan_memory(graph, nodes);
  EXPECT_EQ(one.tensor_offsets, two.tensor_offsets);
  EXPECT_EQ(one.scratch_offsets, two.scratch_offsets);
  EXPECT_EQ(one.is_view, two.is_view);
  EXPECT_EQ(one.arena_bytes, two.arena_bytes);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPlans, testing::Range(0U, 8U));

}  // namespace
}  // namespace mote::test
