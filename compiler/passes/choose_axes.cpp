#include "passes/choose_axes.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "graph/operator.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

std::size_t index(TensorId id) { return static_cast<std::size_t>(id); }

}  // namespace

AxisOrder order_of(const Graph& graph, const Node& node) {
  AxisOrder order = NodeView(graph, node).integers(1, "permutation");
  for (std::int32_t& axis : order) axis += axis < 0 ? static_cast<std::int32_t>(order.size()) : 0;
  return order;
}

AxisOrder left_between(const AxisOrder& before, const AxisOrder& node_order, const AxisOrder& after) {
  const AxisOrder stored = inverse(before);
  AxisOrder rest;
  for (const std::int32_t axis : after) rest.push_back(stored[index(node_order[index(axis)])]);
  return rest;
}

AxisOrder order_behind(const Graph& graph, const Node& node, const AxisOrder& order) {
  const std::vector<bool> kept = kept_axes(graph, node);
  std::vector<std::int32_t> place(kept.size(), -1);
  std::int32_t next = 0;
  for (std::size_t axis = 0; axis < kept.size(); ++axis) place[axis] = kept[axis] ? next++ : -1;
  AxisOrder arrives;
  for (const std::int32_t axis : order) {
    if (place[index(axis)] >= 0) arrives.push_back(place[index(axis)]);
  }
  return arrives;
}

AxisChoice::AxisChoice(const Graph& graph) : graph_(graph), made_by_(producers(graph)), read_by_(consumers(graph)), group_(graph.tensors.size()) {
  std::iota(group_.begin(), group_.end(), 0);
  for (const Node& node : graph.nodes) rules_.push_back(axis_rule(graph, node));
  join();
}

void AxisChoice::join() {
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (rules_[i] != AxisRule::kFlexible) continue;
    const Node& node = graph_.nodes[i];
    const std::size_t rank = graph_.tensor(node.outputs[0]).shape.size();
    std::vector<TensorId> ids = node.outputs;
    for (const TensorId id : node.inputs) {
      if (is_operand(id, rank)) ids.push_back(id);
    }
    for (const TensorId id : ids) group_[index(root(id))] = root(ids[0]);
  }
  // From here on a group is found in one step.
  for (std::size_t i = 0; i < group_.size(); ++i) {
    const TensorId top = root(static_cast<TensorId>(i));
    for (auto id = static_cast<TensorId>(i); id != top;) id = std::exchange(group_[index(id)], top);
  }
}

TensorId AxisChoice::root(TensorId id) const {
  while (group_[index(id)] != id) id = group_[index(id)];
  return id;
}

AxisOrder AxisChoice::order(TensorId id) const {
  const auto found = orders_.find(root(id));
  return found == orders_.end() ? identity_order(graph_.tensor(id).shape.size()) : found->second;
}

bool AxisChoice::is_operand(TensorId id, std::size_t rank) const {
  return id != kNoTensor && !graph_.tensor(id).is_constant() && graph_.tensor(id).shape.size() == rank;
}

bool AxisChoice::is_elementwise_step(std::size_t node) const {
  return rules_[node] == AxisRule::kFlexible && graph_.nodes[node].inputs.size() == 1 && graph_.nodes[node].op->name() != "quantize";
}

std::int64_t AxisChoice::moved_bytes(TensorId id, const AxisOrder& rest) const {
  if (is_identity(rest)) return 0;
  const Shape shape = permuted(graph_.tensor(id).shape, order(id));
  return keeps_bytes(shape, rest) ? 1 : graph_.tensor(id).bytes();
}

bool AxisChoice::is_bound(TensorId id) const {
  const Tensor& tensor = graph_.tensor(id);
  return tensor.is_state || (tensor.file_axes.empty() && (is_graph_input(graph_, id) || is_graph_output(graph_, id)));
}

std::optional<std::size_t> AxisChoice::dense_behind(std::size_t reshape) const {
  const Shape& in = graph_.tensor(graph_.nodes[reshape].inputs[0]).shape;
  TensorId id = graph_.nodes[reshape].outputs[0];
  const Shape& rows = graph_.tensor(id).shape;
  if (in.size() < 2 || rows.size() != 2 || rows[0] != in[0]) return std::nullopt;
  while (true) {
    if (is_graph_output(graph_, id) || read_by_[index(id)].size() != 1) return std::nullopt;
    const auto reader = static_cast<std::size_t>(read_by_[index(id)][0]);
    const Node& node = graph_.nodes[reader];
    if (node.op->name() == "fully_connected") {
      const bool fits = node.inputs[0] == id && graph_.tensor(node.inputs[1]).is_constant() && graph_.tensor(node.inputs[1]).shape[1] == rows[1];
      return fits ? std::optional(reader) : std::nullopt;
    }
    if (!is_elementwise_step(reader) || graph_.tensor(node.outputs[0]).shape != rows) return std::nullopt;
    id = node.outputs[0];
  }
}

std::optional<std::size_t> AxisChoice::dense_before(std::size_t reshape) const {
  const Shape& out = graph_.tensor(graph_.nodes[reshape].outputs[0]).shape;
  TensorId id = graph_.nodes[reshape].inputs[0];
  const Shape& rows = graph_.tensor(id).shape;
  if (out.size() < 2 || rows.size() != 2 || rows[0] != out[0]) return std::nullopt;
  while (true) {
    const std::int32_t maker = made_by_[index(id)];
    if (maker < 0 || is_graph_output(graph_, id) || read_by_[index(id)].size() != 1) return std::nullopt;
    const Node& node = graph_.nodes[static_cast<std::size_t>(maker)];
    if (node.op->name() == "fully_connected") {
      const bool constant = graph_.tensor(node.inputs[1]).is_constant() && graph_.tensor(node.inputs[1]).shape[0] == rows[1];
      return constant ? std::optional(static_cast<std::size_t>(maker)) : std::nullopt;
    }
    if (!is_elementwise_step(static_cast<std::size_t>(maker)) || graph_.tensor(node.inputs[0]).shape != rows) return std::nullopt;
    id = node.inputs[0];
  }
}

/// Bytes that must be moved at a node for the orders of its tensors.
std::int64_t AxisChoice::node_cost(std::size_t i) const {
  const Node& node = graph_.nodes[i];
  const auto fixed_cost = [&](TensorId id) {
    return id == kNoTensor || graph_.tensor(id).is_constant() ? 0 : moved_bytes(id, inverse(order(id)));
  };
  const TensorId in = node.inputs.empty() ? kNoTensor : node.inputs[0];
  switch (rules_[i]) {
    case AxisRule::kTranspose:
      return moved_bytes(in, left_between(order(in), order_of(graph_, node), order(node.outputs[0])));
    case AxisRule::kReduce: {
      const AxisOrder arrives = order_behind(graph_, node, order(in));
      const TensorId out = node.outputs[0];
      const Shape shape = permuted(graph_.tensor(out).shape, arrives);
      return keeps_bytes(shape, left_between(arrives, identity_order(arrives.size()), order(out))) ? 0 : graph_.tensor(out).bytes();
    }
    case AxisRule::kFlexible: {
      const std::size_t rank = graph_.tensor(node.outputs[0]).shape.size();
      std::int64_t sum = 0;
      for (const TensorId id : node.inputs) {
        if (id == kNoTensor || graph_.tensor(id).is_constant() || is_operand(id, rank)) continue;
        // An operand of lower rank is widened and brought into the order.
        Shape wide = graph_.tensor(id).shape;
        if (wide.size() > rank) continue;
        wide.insert(wide.begin(), rank - wide.size(), 1);
        if (!keeps_bytes(wide, order(node.outputs[0]))) sum += graph_.tensor(id).bytes();
      }
      return sum;
    }
    case AxisRule::kReshape: {
      const TensorId out = node.outputs[0];
      const bool absorbed_in = order(in).size() > 1 && order(in)[0] == 0 && dense_behind(i);
      const bool absorbed_out = order(out).size() > 1 && order(out)[0] == 0 && dense_before(i);
      // A view takes another view for nothing.
      const auto cost = [&](TensorId id) { return keeps_bytes(graph_.tensor(id).shape, order(id)) ? 0 : fixed_cost(id); };
      return (absorbed_in ? 0 : cost(in)) + (absorbed_out ? 0 : cost(out));
    }
    case AxisRule::kFixed: {
      std::int64_t sum = 0;
      for (const TensorId id : node.inputs) sum += fixed_cost(id);
      for (const TensorId id : node.outputs) sum += fixed_cost(id);
      return sum;
    }
  }
  return 0;
}

std::int64_t AxisChoice::cost(const std::vector<std::size_t>& nodes, const std::vector<TensorId>& members) const {
  std::int64_t sum = 0;
  for (const std::size_t node : nodes) sum += node_cost(node);
  for (const TensorId id : members) {
    if (is_bound(id)) sum += moved_bytes(id, inverse(order(id)));
  }
  return sum;
}

std::vector<AxisOrder> AxisChoice::candidates(TensorId group, const std::vector<std::size_t>& nodes) const {
  std::vector<AxisOrder> found{order(group), identity_order(graph_.tensor(group).shape.size())};
  const auto add = [&](const AxisOrder& each) {
    if (std::find(found.begin(), found.end(), each) == found.end()) found.push_back(each);
  };
  for (const std::size_t i : nodes) {
    if (rules_[i] != AxisRule::kTranspose) continue;
    const TensorId in = graph_.nodes[i].inputs[0];
    const TensorId out = graph_.nodes[i].outputs[0];
    const AxisOrder by = order_of(graph_, graph_.nodes[i]);
    // The order of one side in which the other side's order needs no transposition.
    AxisOrder from_out, from_in;
    for (const std::int32_t axis : order(out)) from_out.push_back(by[index(axis)]);
    for (const std::int32_t axis : order(in)) from_in.push_back(inverse(by)[index(axis)]);
    if (root(in) == group) add(from_out);
    if (root(out) == group) add(from_in);
  }
  return found;
}

bool AxisChoice::improve(TensorId group, const std::vector<TensorId>& members, const std::vector<std::size_t>& nodes) {
  const AxisOrder now = order(group);
  AxisOrder best = now;
  std::int64_t least = cost(nodes, members);
  for (const AxisOrder& each : candidates(group, nodes)) {
    orders_[group] = each;
    const std::int64_t bytes = cost(nodes, members);
    if (bytes < least) {
      least = bytes;
      best = each;
    }
  }
  orders_[group] = best;
  return best != now;
}

bool AxisChoice::solve() {
  std::map<TensorId, std::vector<TensorId>> members;
  std::map<TensorId, std::vector<std::size_t>> touching;
  for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
    const auto id = static_cast<TensorId>(i);
    if (!graph_.tensors[i].is_constant() || made_by_[i] >= 0) members[root(id)].push_back(id);
  }
  bool has_transpose = false;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    has_transpose = has_transpose || rules_[i] == AxisRule::kTranspose;
    const Node& node = graph_.nodes[i];
    std::vector<TensorId> groups;
    for (const auto* list : {&node.inputs, &node.outputs}) {
      for (const TensorId id : *list) {
        if (id != kNoTensor && !graph_.tensor(id).is_constant()) groups.push_back(root(id));
      }
    }
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    for (const TensorId group : groups) touching[group].push_back(i);
  }
  if (!has_transpose) return false;
  // Borders of the graph could take any order; what lies inside chooses first.
  std::map<TensorId, bool> at_border;
  for (const auto* list : {&graph_.inputs, &graph_.outputs})
    for (const TensorId id : *list) at_border[root(id)] = true;
  for (const bool border : {false, true}) {
    constexpr int kRounds = 20;
    bool changed = true;
    for (int round = 0; changed && round < kRounds; ++round) {
      changed = false;
      for (const auto& [group, ids] : members) {
        if (graph_.tensor(group).shape.size() > 1 && (border || !at_border.contains(group))) changed = improve(group, ids, touching[group]) || changed;
      }
    }
  }
  std::erase_if(orders_, [](const auto& entry) { return is_identity(entry.second); });
  return true;
}

}  // namespace mote
