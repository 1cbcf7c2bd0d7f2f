#include "memory/order.hpp"

#include <algorithm>
#include <numeric>

#include "graph/operator.hpp"
#include "memory/order_search.hpp"
#include "memory/plan_memory.hpp"

namespace mote {

namespace {

/// Nodes that a search may look at: a tenth of a second.
constexpr std::int64_t kMostWork = 1'000'000;

/// Cuts the nodes where one comes after all before it and before all behind it. That one is a segment of its own.
std::vector<Segment> segments_of(const OrderModel& model) {
  const auto count = static_cast<std::int32_t>(model.nodes.size());
  std::vector<std::int32_t> first_later(model.nodes.size(), count), last_earlier(model.nodes.size(), -1);
  for (std::int32_t i = 0; i < count; ++i) {
    for (const std::int32_t later : model.nodes[static_cast<std::size_t>(i)].later) {
      first_later[static_cast<std::size_t>(i)] = std::min(first_later[static_cast<std::size_t>(i)], later);
      last_earlier[static_cast<std::size_t>(later)] = std::max(last_earlier[static_cast<std::size_t>(later)], i);
    }
  }
  // All before node k lead to it if each has a later one up to k; all behind it depend on it if each has an earlier one from k
  // on.
  std::vector<std::int32_t> from(model.nodes.size() + 1, count);
  for (std::size_t k = model.nodes.size(); k-- > 0;) from[k] = std::min(from[k + 1], last_earlier[k]);
  std::vector<Segment> segments;
  std::size_t begin = 0;
  std::int32_t until = 0;
  for (std::size_t k = 0; k < model.nodes.size(); ++k) {
    const auto at = static_cast<std::int32_t>(k);
    if (until <= at && from[k + 1] >= at) {
      if (begin < k) segments.push_back({begin, k});
      segments.push_back({k, k + 1});
      begin = k + 1;
    }
    until = std::max(until, first_later[k]);
  }
  if (begin < model.nodes.size()) segments.push_back({begin, model.nodes.size()});
  return segments;
}

/// What a node takes at least, whatever runs before it.
std::int64_t least_bytes(const OrderModel& model, const OrderedNode& node) {
  std::int64_t bytes = model.state_bytes;
  for (const std::int32_t storage : node.touched) bytes += model.storages[static_cast<std::size_t>(storage)].bytes;
  return node.result < 0 ? bytes : bytes - model.storages[static_cast<std::size_t>(node.result)].bytes;
}

/// A segment and the most that lives while its nodes run in the graph's own order.
struct SegmentPeak {
  Segment segment;
  std::int64_t bytes = 0;
};

/// Those with the highest peaks first.
std::vector<SegmentPeak> peaks_of(const OrderModel& model, const std::vector<Segment>& segments) {
  RunNodes run(model);
  std::vector<SegmentPeak> peaks;
  for (const Segment& segment : segments) {
    SegmentPeak& peak = peaks.emplace_back(SegmentPeak{segment});
    for (std::size_t node = segment.begin; node < segment.end; ++node) {
      peak.bytes = std::max(peak.bytes, run.bytes_during(node));
      run.run(node);
    }
  }
  std::stable_sort(peaks.begin(), peaks.end(), [](const SegmentPeak& a, const SegmentPeak& b) { return a.bytes > b.bytes; });
  return peaks;
}

/// What no order can do without.
std::int64_t lower_bound(const OrderModel& model, const std::vector<SegmentPeak>& peaks) {
  RunNodes run(model);
  std::int64_t bytes = run.live_bytes();
  for (const OrderedNode& node : model.nodes) bytes = std::max(bytes, least_bytes(model, node));
  for (const SegmentPeak& each : peaks) bytes = std::max(bytes, each.segment.size() == 1 ? each.bytes : 0);
  for (std::size_t node = 0; node < model.nodes.size(); ++node) run.run(node);
  return std::max(bytes, run.live_bytes());
}

/// What each node asks of memory before implementations are chosen.
std::vector<NodeMemory> bare_memory(const Graph& graph) {
  std::vector<NodeMemory> list;
  for (const Node& node : graph.nodes)
    list.push_back({0, replaceable_inputs(graph, node), node.op->aliases(NodeView(graph, node))});
  return list;
}

}  // namespace

NodeOrder best_order(const OrderModel& model) {
  NodeOrder order;
  order.nodes.resize(model.nodes.size());
  std::iota(order.nodes.begin(), order.nodes.end(), 0);
  order.given_peak_bytes = peak_of_order(model, order.nodes);
  const std::vector<SegmentPeak> peaks = peaks_of(model, segments_of(model));
  std::int64_t bound = lower_bound(model, peaks);
  std::int64_t reached = bound;
  std::int64_t work = kMostWork;
  std::vector<std::size_t> nodes = order.nodes;
  for (const auto& [segment, bytes] : peaks) {
    if (bytes <= reached) break;
    const SegmentOrder found = search_order(model, segment, {reached, bytes}, work);
    std::copy(found.nodes.begin(), found.nodes.end(), nodes.begin() + static_cast<std::ptrdiff_t>(segment.begin));
    if (found.proven && found.peak_bytes > reached) bound = found.peak_bytes;
    reached = std::max(reached, found.peak_bytes);
  }
  order.peak_bytes = reached;
  order.proven = bound == reached;
  if (order.is_better()) order.nodes = std::move(nodes);
  MOTE_CHECK(peak_of_order(model, order.nodes) == order.peak_bytes);
  return order;
}

NodeOrder best_order(const Graph& graph) { return best_order(order_model(graph)); }

Graph reordered(Graph graph, const NodeOrder& order) {
  MOTE_CHECK(order.nodes.size() == graph.nodes.size());
  std::vector<Node> nodes;
  for (const std::size_t index : order.nodes) nodes.push_back(std::move(graph.nodes[index]));
  graph.nodes = std::move(nodes);
  return graph;
}

Graph in_best_order(Graph graph) {
  const NodeOrder order = best_order(graph);
  if (!order.is_better()) return graph;
  Graph other = reordered(graph, order);
  const bool smaller = plan_memory(other, bare_memory(other)).arena_bytes < plan_memory(graph, bare_memory(graph)).arena_bytes;
  return smaller ? other : graph;
}

}  // namespace mote
