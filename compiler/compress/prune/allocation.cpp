#include "compress/prune/allocation.hpp"

#include <algorithm>
#include <limits>

#include "compress/layers.hpp"
#include "graph/operator.hpp"

namespace mote {

std::int64_t node_cost(const Graph& graph, std::size_t node, PruneCost cost) {
  const NodeView view(graph, graph.nodes[node]);
  if (cost == PruneCost::kMacs) return view.node().op->macs(view);
  std::int64_t numbers = 0;
  for (const TensorId id : view.node().inputs) {
    if (id != kNoTensor && graph.tensor(id).is_constant() && is_float(graph.tensor(id).type))
      numbers += graph.tensor(id).elements();
  }
  return numbers;
}

std::int64_t graph_cost(const Graph& graph, PruneCost cost) {
  std::int64_t total = 0;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) total += node_cost(graph, n, cost);
  return total;
}

CostModel::CostModel(const Graph& graph, const ChannelUnits& units, const std::vector<UnitGroup>& groups, PruneCost cost) {
  std::vector<std::size_t> group_of(units.count(), groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (const std::int32_t unit : groups[g].units) group_of[static_cast<std::size_t>(unit)] = g;
  const auto channels_of = [&](TensorId id) {
    Channels result;
    std::vector<double> counts(groups.size() + 1, 0.0);
    for (const std::int32_t unit : units.of(id))
      ++counts[unit == ChannelUnits::kFixed ? groups.size() : group_of[static_cast<std::size_t>(unit)]];
    result.fixed = counts.back();
    result.all = static_cast<double>(units.of(id).size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (counts[g] > 0) result.per_unit.emplace_back(g, counts[g] / static_cast<double>(groups[g].units.size()));
    }
    return result;
  };
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto own = static_cast<double>(node_cost(graph, n, cost));
    if (own == 0) continue;
    const NodeView view(graph, graph.nodes[n]);
    const auto layer = layer_at(graph, n);
    const Channels out = channels_of(view.node().outputs[0]);
    if (!layer || view.node().op->channel_flow(view) != ChannelFlow::kMixed) {
      nodes_.push_back({own, {}, out});
      continue;
    }
    // A bias has nothing to do with the inputs.
    const double rest = cost == PruneCost::kMacs ? 0 : own - static_cast<double>(layer->outputs * layer->taps);
    nodes_.push_back({own - rest, channels_of(view.node().inputs[0]), out});
    nodes_.push_back({rest, {}, out});
  }
}

double CostModel::share(const Channels& channels, const std::vector<std::size_t>& kept) {
  if (channels.all == 0) return 1;
  double left = channels.fixed;
  for (const auto& [group, per_unit] : channels.per_unit) left += per_unit * static_cast<double>(kept[group]);
  return left / channels.all;
}

double CostModel::cost(const std::vector<std::size_t>& kept) const {
  double total = 0;
  for (const NodeCost& node : nodes_) total += node.cost * share(node.in, kept) * share(node.out, kept);
  return total;
}

double LossCurve::at(std::size_t removed) const {
  for (std::size_t i = 1; i < points.size(); ++i) {
    const auto& [from, low] = points[i - 1];
    const auto& [to, high] = points[i];
    if (removed <= to) return low + (high - low) * static_cast<double>(removed - from) / static_cast<double>(to - from);
  }
  return points.back().second;
}

namespace {

/// The next count below, or above, at which a group may stand: a multiple, or all of its units.
std::size_t next_below(std::size_t kept, std::size_t multiple) {
  return kept <= multiple ? kept - 1 : (kept - 1) / multiple * multiple;
}
std::size_t next_above(std::size_t kept, std::size_t multiple, std::size_t all) {
  return std::min(all, kept < multiple ? kept + 1 : (kept / multiple + 1) * multiple);
}

/// The last step may have saved more than was asked: units come back while there is room, the dearest loss first.
void give_back(const CostModel& model, const std::vector<LossCurve>& curves, const std::vector<std::size_t>& units, double goal,
               std::size_t multiple, std::vector<std::size_t>& kept) {
  for (;;) {
    double most = -1;
    std::vector<std::size_t> best;
    for (std::size_t g = 0; g < units.size(); ++g) {
      if (kept[g] == units[g]) continue;
      std::vector<std::size_t> more = kept;
      more[g] = next_above(kept[g], multiple, units[g]);
      const double won = curves[g].at(units[g] - kept[g]) - curves[g].at(units[g] - more[g]);
      if (model.cost(more) > goal || !(won > most)) continue;
      most = won;
      best = std::move(more);
    }
    if (best.empty()) return;
    kept = std::move(best);
  }
}

}  // namespace

std::vector<std::size_t> allocate(const CostModel& model, const std::vector<LossCurve>& curves,
                                  const std::vector<std::size_t>& units, double goal, std::size_t multiple) {
  std::vector<std::size_t> kept = units;
  double cost = model.cost(kept);
  while (cost > goal) {
    double best = std::numeric_limits<double>::infinity();
    std::size_t best_group = units.size();
    for (std::size_t g = 0; g < units.size(); ++g) {
      const std::size_t least = units[g] - curves[g].points.back().first;
      const double now = curves[g].at(units[g] - kept[g]);
      std::vector<std::size_t> fewer = kept;
      while (fewer[g] > least && next_below(fewer[g], multiple) >= least) {
        fewer[g] = next_below(fewer[g], multiple);
        const double saved = cost - model.cost(fewer);
        const double price = (curves[g].at(units[g] - fewer[g]) - now) / std::max(saved, 1e-9);
        if (!(price < best)) continue;
        best = price;
        best_group = g;
      }
    }
    if (best_group == units.size()) break;
    kept[best_group] = next_below(kept[best_group], multiple);
    cost = model.cost(kept);
  }
  if (cost <= goal) give_back(model, curves, units, goal, multiple, kept);
  return kept;
}

}  // namespace mote
