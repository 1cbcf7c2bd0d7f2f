#include "compress/prune/allocation.hpp"

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "graph/operator.hpp"

namespace mote::test {
namespace {

/// Groups of 6, 8 and 10 channels, one behind the other.
Graph three_layers() {
  FloatBuilder b(1);
  TensorId x = b.float_input({1, 8, 8, 3});
  for (const std::int32_t channels : {6, 8, 10}) x = b.depthwise(b.convolution(x, channels, 3));
  b.output(b.convolution(x, 2, 1));
  return b.finish();
}

struct Parts {
  Graph graph = three_layers();
  ChannelUnits units{graph};
  std::vector<UnitGroup> groups = unit_groups(graph, units);
  CostModel macs{graph, units, groups, PruneCost::kMacs};
  std::vector<std::size_t> counts{6, 8, 10};
  /// All channels but one of each group at the same loss.
  std::vector<LossCurve> alike{{{{0, 0.0}, {5, 1.0}}}, {{{0, 0.0}, {7, 1.0}}}, {{{0, 0.0}, {9, 1.0}}}};
};

TEST(Allocation, TheCostIsThatOfTheCutGraph) {
  const Parts p;
  ASSERT_EQ(p.groups.size(), 3U);
  for (const PruneCost cost : {PruneCost::kMacs, PruneCost::kWeights}) {
    const CostModel model(p.graph, p.units, p.groups, cost);
    const std::vector<std::size_t> kept{2, 8, 7};
    std::vector<bool> keep(p.units.count(), true);
    for (std::size_t g = 0; g < 3; ++g)
      for (std::size_t i = kept[g]; i < p.groups[g].units.size(); ++i)
        keep[static_cast<std::size_t>(p.groups[g].units[i])] = false;
    EXPECT_NEAR(model.cost(kept), static_cast<double>(graph_cost(without_units(p.graph, p.units, keep), cost)), 1e-6);
    EXPECT_NEAR(model.cost({6, 8, 10}), static_cast<double>(graph_cost(p.graph, cost)), 1e-6);
  }
}

TEST(Allocation, TakesFromTheGroupThatLosesLeastAndNoMoreThanNeeded) {
  const Parts p;
  const LossCurve dear{{{0, 0.0}, {5, 10.0}}};
  const LossCurve cheap{{{0, 0.0}, {7, 0.01}}};
  const double whole = p.macs.cost(p.counts);
  const auto kept = allocate(p.macs, {dear, cheap, dear}, p.counts, 0.7 * whole);
  EXPECT_EQ(kept[0], 6U);
  EXPECT_LT(kept[1], 8U);
  EXPECT_LE(p.macs.cost(kept), 0.7 * whole);
  EXPECT_GT(p.macs.cost({kept[0], kept[1] + 1, kept[2]}), 0.7 * whole);
  EXPECT_EQ(allocate(p.macs, {dear, dear, dear}, p.counts, whole), p.counts);
}

TEST(Allocation, KeepsMultiplesInGroupsThatLoseAny) {
  const Parts p;
  for (const double share : {0.9, 0.6, 0.3}) {
    const auto kept = allocate(p.macs, p.alike, p.counts, share * p.macs.cost(p.counts), 4);
    EXPECT_LE(p.macs.cost(kept), share * p.macs.cost(p.counts));
    for (std::size_t g = 0; g < 3; ++g) EXPECT_TRUE(kept[g] == p.counts[g] || kept[g] % 4 == 0 || kept[g] < 4) << kept[g];
  }
}

TEST(Allocation, GivesTheLeastWhereTheGoalIsOutOfReach) {
  const Parts p;
  EXPECT_EQ(allocate(p.macs, p.alike, p.counts, 1.0), (std::vector<std::size_t>{1, 1, 1}));
}

}  // namespace
}  // namespace mote::test
