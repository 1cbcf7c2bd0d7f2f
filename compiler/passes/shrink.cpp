#include "passes/shrink.hpp"

#include <algorithm>

#include "passes/rewrite.hpp"
#include "passes/shrink_check.hpp"

namespace mote {

namespace {

/// Tensors whose channels can only go together: the output of a kMixed node and what kCoupled nodes make of it.
struct Chain {
  std::size_t head = 0;                                   ///< the kMixed node that makes the channels
  std::vector<TensorId> tensors;                          ///< its output, then those of the coupled nodes
  std::vector<std::size_t> coupled;                       ///< nodes inside
  std::vector<std::pair<std::size_t, TensorId>> readers;  ///< kMixed nodes that read one of the tensors
};

/// Of integers alone are ranges known.
ChannelFlow flow_of(const Graph& graph, const Node& node) {
  const NodeView view(graph, node);
  const bool integers = view.has_input(0) && view.input(0).type == DataType::kInt8;
  return integers ? node.op->channel_flow(view) : ChannelFlow::kOpaque;
}

/// The chain behind node `head`, unless one of its tensors is tied to something that cannot lose channels.
std::optional<Chain> chain_behind(const Graph& graph, std::size_t head, const std::vector<std::vector<std::int32_t>>& read_by) {
  Chain chain{head, {graph.nodes[head].outputs[0]}, {}, {}};
  for (std::size_t i = 0; i < chain.tensors.size(); ++i) {
    const TensorId id = chain.tensors[i];
    if (is_graph_output(graph, id)) return std::nullopt;
    for (const std::int32_t reader : read_by[static_cast<std::size_t>(id)]) {
      const Node& node = graph.nodes[static_cast<std::size_t>(reader)];
      if (node.inputs[0] != id || std::count(node.inputs.begin(), node.inputs.end(), id) != 1) return std::nullopt;
      switch (flow_of(graph, node)) {
        case ChannelFlow::kMixed:
          chain.readers.emplace_back(reader, id);
          break;
        case ChannelFlow::kCoupled:
          chain.coupled.push_back(static_cast<std::size_t>(reader));
          chain.tensors.push_back(node.outputs[0]);
          break;
        default:
          return std::nullopt;
      }
    }
  }
  return chain;
}

std::optional<std::int32_t> constant_of(const Interval& interval) {
  return interval.constant() ? std::optional(interval.lowest) : std::nullopt;
}

bool can_go(const Graph& graph, const Chain& chain, const std::vector<Ranges>& ranges, std::size_t c) {
  return std::all_of(chain.readers.begin(), chain.readers.end(), [&](const auto& reader) {
    const Node& node = graph.nodes[reader.first];
    const auto value = constant_of(ranges[static_cast<std::size_t>(reader.second)][c]);
    return node.op->can_drop_input(NodeView(graph, node), c, value);
  });
}

void cut(Graph& graph, const Chain& chain, const std::vector<Ranges>& ranges, const std::vector<bool>& keep,
         ShrinkReport& report) {
  const auto all_of = [](std::int32_t extent) { return std::vector<bool>(static_cast<std::size_t>(extent), true); };
  for (const TensorId id : chain.tensors) {
    for (std::size_t c = 0; c < keep.size(); ++c) {
      if (!keep[c])
        report.removed.push_back({id, static_cast<std::int32_t>(c), constant_of(ranges[static_cast<std::size_t>(id)][c])});
    }
  }
  Node& head = graph.nodes[chain.head];
  const std::int32_t head_inputs = graph.tensor(head.inputs[0]).shape.back();
  head.op->keep_channels(graph, head, all_of(head_inputs),
                         std::vector<std::optional<std::int32_t>>(static_cast<std::size_t>(head_inputs)), keep);
  for (const std::size_t i : chain.coupled) {
    Node& node = graph.nodes[i];
    node.op->keep_channels(graph, node, keep, {}, keep);
  }
  for (const auto& [i, id] : chain.readers) {
    Node& node = graph.nodes[i];
    std::vector<std::optional<std::int32_t>> values;
    for (const Interval& each : ranges[static_cast<std::size_t>(id)]) values.push_back(constant_of(each));
    node.op->keep_channels(graph, node, keep, values, all_of(graph.tensor(node.outputs[0]).shape.back()));
  }
  const auto left = static_cast<std::int32_t>(std::count(keep.begin(), keep.end(), true));
  for (const TensorId id : chain.tensors) graph.tensor(id).shape.back() = left;
}

}  // namespace

std::vector<Ranges> channel_ranges(const Graph& graph) {
  std::vector<Ranges> ranges;
  for (const Tensor& tensor : graph.tensors) ranges.push_back(whole_ranges(tensor));
  for (const Node& node : graph.nodes) {
    const NodeView view(graph, node);
    const ChannelFlow flow = flow_of(graph, node);
    if (node.outputs.size() != 1 || (flow != ChannelFlow::kMixed && flow != ChannelFlow::kCoupled)) continue;
    ranges[static_cast<std::size_t>(node.outputs[0])] =
        node.op->output_ranges(view, ranges[static_cast<std::size_t>(node.inputs[0])]);
  }
  return ranges;
}

ShrinkReport shrink(Graph& graph) {
  ShrinkReport report;
  report.macs_before = total_macs(graph);
  const std::vector<Ranges> ranges = channel_ranges(graph);
  const auto read_by = consumers(graph);
  // From the outputs backwards: columns that go with a later layer's rows can leave an earlier channel unused.
  for (std::size_t head = graph.nodes.size(); head-- > 0;) {
    const Node& node = graph.nodes[head];
    if (flow_of(graph, node) != ChannelFlow::kMixed) continue;
    const std::optional<Chain> chain = chain_behind(graph, head, read_by);
    if (!chain || chain->readers.empty()) continue;
    const auto channels = static_cast<std::size_t>(graph.tensor(node.outputs[0]).shape.back());
    std::vector<bool> keep(channels, true);
    for (std::size_t c = 0; c < channels; ++c) keep[c] = !can_go(graph, *chain, ranges, c);
    if (std::find(keep.begin(), keep.end(), true) == keep.end()) keep[0] = true;  // a tensor needs one channel
    if (std::find(keep.begin(), keep.end(), false) != keep.end()) cut(graph, *chain, ranges, keep, report);
  }
  report.macs_after = total_macs(graph);
  return report;
}

bool shrink_pass(Graph& graph) {
  const Graph before = graph;
  const ShrinkReport report = shrink(graph);
  check_shrink(before, report);
  return !report.removed.empty();
}

}  // namespace mote
