#include "compress/mixed_precision.hpp"

#include <algorithm>

namespace mote {

namespace {

/// Nodes in the order in which they should become wider.
std::vector<std::size_t> by_cost(const std::vector<LayerCost>& costs) {
  std::vector<LayerCost> sorted = costs;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const LayerCost& a, const LayerCost& b) { return a.quality.sqnr_db < b.quality.sqnr_db; });
  std::vector<std::size_t> nodes;
  for (const LayerCost& cost : sorted) nodes.push_back(cost.node);
  return nodes;
}

Precision wider(const Graph& graph, std::size_t node, Precision now) {
  return now == Precision::kInt8 && can_be(graph, node, Precision::kInt16) ? Precision::kInt16 : Precision::kFloat;
}

/// Nodes that only move values follow the node that makes their first input.
void follow(const Graph& graph, std::vector<Precision>& nodes) {
  const std::vector<std::int32_t> makers = producers(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!has_integer_activations(nodes[n])) continue;
    const NodeView view(graph, graph.nodes[n]);
    const QuantizationRule rule = view.node().op->quantization(view, activation_type(nodes[n]));
    if (rule.scales != QuantizationRule::Scales::kShared || rule.activations.size() != 1) continue;
    const std::int32_t maker =
        makers[static_cast<std::size_t>(view.node().inputs[static_cast<std::size_t>(rule.activations[0])])];
    if (maker >= 0 && can_be(graph, n, nodes[static_cast<std::size_t>(maker)])) nodes[n] = nodes[static_cast<std::size_t>(maker)];
  }
}

}  // namespace

MixedPrecision hold_drop(const Graph& graph, const Trial& uniform, const std::vector<LayerCost>& costs, double max_drop,
                         const MakeTrial& make) {
  if (uniform.drop <= max_drop || costs.empty()) return {uniform, {}};
  const std::vector<std::size_t> order = by_cost(costs);
  const std::vector<Precision>& base = uniform.scheme.nodes;
  const auto attempt = [&](const std::vector<std::size_t>& kept) {
    std::vector<Precision> nodes = base;
    for (const std::size_t n : kept) nodes[n] = wider(graph, n, base[n]);
    follow(graph, nodes);
    return make(nodes);
  };
  const auto first = [&](std::size_t count) {
    return std::vector<std::size_t>(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
  };
  std::size_t too_few = 0;
  std::size_t enough = order.size();
  std::vector<std::size_t> kept = first(enough);
  Trial best = attempt(kept);
  if (best.drop <= max_drop) {
    while (enough - too_few > 1) {
      const std::size_t middle = (too_few + enough) / 2;
      Trial trial = attempt(first(middle));
      if (trial.drop <= max_drop) {
        enough = middle;
        best = std::move(trial);
      } else {
        too_few = middle;
      }
    }
    kept = first(enough);
    constexpr std::size_t kMostReturns = 8;
    for (std::size_t tried = 0; tried < kMostReturns && tried + 1 < enough; ++tried) {
      std::vector<std::size_t> fewer = kept;
      std::erase(fewer, order[enough - 2 - tried]);  // the last one was needed
      Trial trial = attempt(fewer);
      if (trial.drop > max_drop) continue;
      kept = std::move(fewer);
      best = std::move(trial);
    }
  }
  std::sort(kept.begin(), kept.end());
  return {std::move(best), std::move(kept)};
}

}  // namespace mote
