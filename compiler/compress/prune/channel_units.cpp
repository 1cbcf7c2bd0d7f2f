#include "compress/prune/channel_units.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "compress/layers.hpp"
#include "graph/operator.hpp"

namespace mote {

namespace {

/// Channels of all tensors, numbered through, and which of them are one.
class Ties {
 public:
  explicit Ties(const Graph& graph) : graph_(graph) {
    std::size_t count = 0;
    for (const Tensor& tensor : graph.tensors) {
      begin_.push_back(count);
      count += tensor.is_constant() || tensor.shape.empty() ? 0 : static_cast<std::size_t>(tensor.shape.back());
    }
    begin_.push_back(count);
    parent_.resize(count);
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    fixed_.resize(count, false);
  }

  std::size_t channels(TensorId id) const { return begin_[at(id) + 1] - begin_[at(id)]; }
  void tie(TensorId a, std::size_t i, TensorId b, std::size_t j) {
    const std::size_t x = root(begin_[at(a)] + i);
    const std::size_t y = root(begin_[at(b)] + j);
    parent_[std::max(x, y)] = std::min(x, y);
    fixed_[std::min(x, y)] = fixed_[x] || fixed_[y];
  }
  void fix(TensorId id) {
    for (std::size_t c = begin_[at(id)]; c < begin_[at(id) + 1]; ++c) fixed_[root(c)] = true;
  }
  void add_node(std::size_t n);

  /// Units numbered in the order in which they first appear.
  std::vector<std::vector<std::int32_t>> units(std::size_t& count) {
    std::map<std::size_t, std::int32_t> numbers;
    std::vector<std::vector<std::int32_t>> result(graph_.tensors.size());
    for (std::size_t id = 0; id < result.size(); ++id)
      for (std::size_t c = begin_[id]; c < begin_[id + 1]; ++c) {
        const std::size_t top = root(c);
        result[id].push_back(fixed_[top] ? ChannelUnits::kFixed
                                         : numbers.emplace(top, static_cast<std::int32_t>(numbers.size())).first->second);
      }
    count = numbers.size();
    return result;
  }

 private:
  static std::size_t at(TensorId id) { return static_cast<std::size_t>(id); }
  std::size_t root(std::size_t c) {
    while (parent_[c] != c) c = parent_[c] = parent_[parent_[c]];
    return c;
  }

  const Graph& graph_;
  std::vector<std::size_t> begin_, parent_;
  std::vector<bool> fixed_;
};

/// How a node passes channels, where pruning can follow: layers need float weights.
ChannelFlow flow_of(const Graph& graph, std::size_t n) {
  const NodeView view(graph, graph.nodes[n]);
  if (!view.has_input(0) || view.output_count() != 1 || !is_float(view.output().type)) return ChannelFlow::kOpaque;
  const ChannelFlow flow = view.node().op->channel_flow(view);
  if (flow == ChannelFlow::kTied || flow == ChannelFlow::kJoined) return flow;
  if (view.input(0).is_constant() || view.input(0).shape.empty() || view.output().shape.empty()) return ChannelFlow::kOpaque;
  const bool weighted = flow == ChannelFlow::kMixed || flow == ChannelFlow::kSpread;
  return weighted && !layer_at(graph, n) ? ChannelFlow::kOpaque : flow;
}

void Ties::add_node(std::size_t n) {
  const Node& node = graph_.nodes[n];
  const TensorId in = node.inputs.empty() ? kNoTensor : node.inputs[0];
  const TensorId out = node.outputs[0];
  switch (flow_of(graph_, n)) {
    case ChannelFlow::kOpaque:
      for (const TensorId id : node.inputs) {
        if (id != kNoTensor) fix(id);
      }
      for (const TensorId id : node.outputs) fix(id);
      break;
    case ChannelFlow::kMixed:
      break;
    case ChannelFlow::kCoupled:
    case ChannelFlow::kFolded:
      for (std::size_t c = 0; c < std::max(channels(in), channels(out)); ++c)
        tie(in, c % channels(in), out, c % channels(out));
      break;
    case ChannelFlow::kSpread:
      for (std::size_t c = 0; c < channels(out) && channels(in) > 1; ++c) tie(in, c / (channels(out) / channels(in)), out, c);
      break;
    case ChannelFlow::kTied:
      for (const TensorId id : node.inputs) {
        if (id == kNoTensor || channels(id) != channels(out)) continue;
        for (std::size_t c = 0; c < channels(out); ++c) tie(id, c, out, c);
      }
      break;
    case ChannelFlow::kJoined: {
      std::size_t at = 0;
      for (const TensorId id : node.inputs) {
        for (std::size_t c = 0; c < channels(id); ++c) tie(id, c, out, at + c);
        at += static_cast<std::size_t>(graph_.tensor(id).shape.back());
      }
      break;
    }
  }
}

/// Whether output channels of the node are its own.
bool makes_channels(const Graph& graph, std::size_t n) {
  const ChannelFlow flow = flow_of(graph, n);
  return flow == ChannelFlow::kMixed || (flow == ChannelFlow::kSpread && graph.tensor(graph.nodes[n].inputs[0]).shape.back() == 1);
}

}  // namespace

ChannelUnits::ChannelUnits(const Graph& graph) {
  Ties ties(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) ties.add_node(n);
  for (const auto* border : {&graph.inputs, &graph.outputs}) {
    for (const TensorId id : *border) ties.fix(id);
  }
  for (std::size_t id = 0; id < graph.tensors.size(); ++id) {
    if (graph.tensors[id].is_state) ties.fix(static_cast<TensorId>(id));
  }
  of_ = ties.units(count_);
}

std::vector<UnitGroup> unit_groups(const Graph& graph, const ChannelUnits& units) {
  std::vector<std::vector<std::size_t>> producers(units.count());
  std::vector<std::vector<std::size_t>> consumers(units.count());
  const auto note = [](std::vector<std::vector<std::size_t>>& lists, const std::vector<std::int32_t>& of, std::size_t node) {
    for (const std::int32_t unit : of) {
      if (unit == ChannelUnits::kFixed) continue;
      auto& list = lists[static_cast<std::size_t>(unit)];
      if (list.empty() || list.back() != node) list.push_back(node);
    }
  };
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (makes_channels(graph, n)) note(producers, units.of(graph.nodes[n].outputs[0]), n);
    if (flow_of(graph, n) == ChannelFlow::kMixed) note(consumers, units.of(graph.nodes[n].inputs[0]), n);
  }
  std::map<std::vector<std::size_t>, UnitGroup> by_producers;
  for (std::size_t u = 0; u < units.count(); ++u) {
    if (producers[u].empty()) continue;
    UnitGroup& group = by_producers[producers[u]];
    group.producers = producers[u];
    group.units.push_back(static_cast<std::int32_t>(u));
    for (const std::size_t n : consumers[u]) {
      if (std::find(group.consumers.begin(), group.consumers.end(), n) == group.consumers.end()) group.consumers.push_back(n);
    }
  }
  std::vector<UnitGroup> result;
  for (auto& [nodes, group] : by_producers) {
    if (group.units.size() < 2) continue;
    std::sort(group.consumers.begin(), group.consumers.end());
    result.push_back(std::move(group));
  }
  return result;
}

std::vector<bool> kept_channels(const ChannelUnits& units, TensorId id, const std::vector<bool>& keep) {
  std::vector<bool> result;
  for (const std::int32_t unit : units.of(id)) result.push_back(unit == ChannelUnits::kFixed || keep[static_cast<std::size_t>(unit)]);
  return result;
}

Graph without_units(const Graph& graph, const ChannelUnits& units, const std::vector<bool>& keep) {
  Graph result = graph;
  const auto all = [](const std::vector<bool>& kept) { return std::find(kept.begin(), kept.end(), false) == kept.end(); };
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& node = result.nodes[n];
    if (flow_of(graph, n) == ChannelFlow::kOpaque) continue;
    const std::vector<bool> in = kept_channels(units, node.inputs[0], keep);
    const std::vector<bool> out = kept_channels(units, node.outputs[0], keep);
    if (!all(in) || !all(out)) node.op->keep_channels(result, node, in, std::vector<std::optional<std::int32_t>>(in.size()), out);
  }
  for (std::size_t id = 0; id < graph.tensors.size(); ++id) {
    const std::vector<bool> kept = kept_channels(units, static_cast<TensorId>(id), keep);
    if (!kept.empty()) result.tensors[id].shape.back() = static_cast<std::int32_t>(std::count(kept.begin(), kept.end(), true));
  }
  return result;
}

}  // namespace mote
