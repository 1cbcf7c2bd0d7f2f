#include <cstdlib>

#include <gtest/gtest.h>

#include "common/arena_check.hpp"
#include "common/random_graph.hpp"
#include "common/random_rows.hpp"

namespace mote::test {
namespace {

/// How many graphs; MOTE_RANDOM_GRAPHS sets another number.
std::uint32_t graph_count() {
  const char* given = std::getenv("MOTE_RANDOM_GRAPHS");
  return given == nullptr ? 1200 : static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10));
}

/// Any scratch and any distance that outputs may keep from inputs.
void add_needs(const Graph& graph, Random& random, std::vector<NodeMemory>& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (random.one_in(3)) nodes[i].scratch_bytes = random.between(1, 100);
    nodes[i].overlaps.clear();
    for (int k = 0; k < static_cast<int>(graph.nodes[i].inputs.size()); ++k) {
      const TensorId id = graph.nodes[i].inputs[static_cast<std::size_t>(k)];
      if (id != kNoTensor && !graph.tensor(id).is_constant() && random.one_in(2)) nodes[i].overlaps.push_back({k, random.between(-20, 60)});
    }
  }
}

class RandomRegions : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomRegions, NothingThatIsStillReadIsOverwritten) {
  constexpr std::uint32_t kParts = 4;
  for (std::uint32_t seed = GetParam(); seed < graph_count(); seed += kParts) {
    SCOPED_TRACE(seed);
    const bool images = seed % 4 != 0;
    const Graph graph = images ? random_image_graph(seed) : random_graph(seed);
    Random random(seed);
    const std::vector<RowRegion> regions = random_regions(graph, random, images && random.one_in(4));
    std::vector<NodeMemory> nodes = node_memory(graph);
    if (random.one_in(2)) add_needs(graph, random, nodes);
    const MemoryPlan plan = plan_memory(graph, nodes, regions, {.scratch_on_stack = random.one_in(2), .turns = 40});
    ASSERT_EQ(arena_fault(graph, nodes, plan, regions), "");
    ASSERT_GE(plan.arena_bytes, plan.lower_bound_bytes);
    for (const std::int64_t live : plan.live_bytes) ASSERT_LE(live, plan.lower_bound_bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, RandomRegions, testing::Range(0U, 4U));

}  // namespace
}  // namespace mote::test
