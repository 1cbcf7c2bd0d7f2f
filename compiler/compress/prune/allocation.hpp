#pragma once

#include <vector>

#include "compress/prune/channel_units.hpp"
#include "compress/prune/prune.hpp"

namespace mote {

/// What a graph costs when some units of its groups are gone, from the shares of channels that stay.
class CostModel {
 public:
  CostModel(const Graph& graph, const ChannelUnits& units, const std::vector<UnitGroup>& groups, PruneCost cost);

  /// `kept`: how many units of each group stay.
  double cost(const std::vector<std::size_t>& kept) const;

 private:
  /// Of a tensor's channels, so many are of each group, the rest is fixed.
  struct Channels {
    double fixed = 0, all = 0;
    std::vector<std::pair<std::size_t, double>> per_unit;  ///< group, channels for each of its units
  };
  struct NodeCost {
    double cost = 0;
    Channels in, out;  ///< none: what it costs does not depend on them
  };
  static double share(const Channels& channels, const std::vector<std::size_t>& kept);

  std::vector<NodeCost> nodes_;
};

std::int64_t node_cost(const Graph& graph, std::size_t node, PruneCost cost);
std::int64_t graph_cost(const Graph& graph, PruneCost cost);

/// What is lost when units of a group go: errors at some counts of removed units, ascending from (0, 0).
struct LossCurve {
  std::vector<std::pair<std::size_t, double>> points;
  double at(std::size_t removed) const;
};

/// How many units of each group stay so that the cost is at most `goal`. Again and again the unit goes that costs the least loss
/// for what it saves, looking ahead along its group's curve; then units come back for which there is room. A group that loses any
/// keeps a multiple of `multiple`, unless it is smaller. Where the goal cannot be met, as few as there can be.
std::vector<std::size_t> allocate(const CostModel& model, const std::vector<LossCurve>& curves,
                                  const std::vector<std::size_t>& units, double goal, std::size_t multiple = 1);

}  // namespace mote
