#include "passes/layout.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/define.hpp"
#include "passes/axis_rules.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

std::size_t index(TensorId id) { return static_cast<std::size_t>(id); }

/// The order of a TRANSPOSE node, counted from the front.
AxisOrder order_of(const Graph& graph, const Node& node) {
  AxisOrder order = NodeView(graph, node).integers(1, "permutation");
  for (std::int32_t& axis : order) axis += axis < 0 ? static_cast<std::int32_t>(order.size()) : 0;
  return order;
}

/// What is left to transpose when `before` (the input's stored order) and `after` (the output's) are given, in stored axes.
AxisOrder between(const AxisOrder& before, const AxisOrder& node_order, const AxisOrder& after) {
  const AxisOrder stored = inverse(before);
  AxisOrder rest;
  for (const std::int32_t axis : after) rest.push_back(stored[index(node_order[index(axis)])]);
  return rest;
}

/// Which tensors must lie in one order, and what each choice costs.
class Layout {
 public:
  explicit Layout(const Graph& graph) : graph_(graph), made_by_(producers(graph)), read_by_(consumers(graph)), group_(graph.tensors.size()) {
    std::iota(group_.begin(), group_.end(), 0);
    for (const Node& node : graph.nodes) rules_.push_back(axis_rule(graph, node));
    join();
  }

  /// Finds the orders; returns whether anything can be won.
  bool solve();

  AxisOrder order(TensorId id) const {
    const auto found = orders_.find(root(id));
    return found == orders_.end() ? identity_order(graph_.tensor(id).shape.size()) : found->second;
  }
  AxisRule rule(std::size_t node) const { return rules_[node]; }
  /// The fully connected layer whose weights take on the order of the input of this RESHAPE.
  std::optional<std::size_t> dense_behind(std::size_t reshape) const;
  /// The same in front: its units take on the order of the RESHAPE's output.
  std::optional<std::size_t> dense_before(std::size_t reshape) const;

 private:
  TensorId root(TensorId id) const {
    while (group_[index(id)] != id) id = group_[index(id)];
    return id;
  }
  bool is_operand(TensorId id, std::size_t rank) const { return id != kNoTensor && !graph_.tensor(id).is_constant() && graph_.tensor(id).shape.size() == rank; }
  void join();
  bool is_bound(TensorId id) const;
  /// What is left to do to a stored tensor; a view is better avoided too.
  std::int64_t moved_bytes(TensorId id, const AxisOrder& rest) const {
    if (is_identity(rest)) return 0;
    const Shape shape = permuted(graph_.tensor(id).shape, order(id));
    return keeps_bytes(shape, rest) ? 1 : graph_.tensor(id).bytes();
  }
  std::int64_t cost(const std::vector<std::size_t>& nodes, const std::vector<TensorId>& members) const;
  std::int64_t node_cost(std::size_t node) const;
  /// Takes the best order for a group, the others being as they are; returns whether it is another.
  bool improve(TensorId group, const std::vector<TensorId>& members, const std::vector<std::size_t>& nodes);
  std::vector<AxisOrder> candidates(TensorId group, const std::vector<std::size_t>& nodes) const;
  bool is_elementwise_step(std::size_t node) const {
    return rules_[node] == AxisRule::kFlexible && graph_.nodes[node].inputs.size() == 1 && graph_.nodes[node].op->name() != "quantize";
  }

  const Graph& graph_;
  std::vector<std::int32_t> made_by_;
  std::vector<std::vector<std::int32_t>> read_by_;
  std::vector<TensorId> group_;
  std::vector<AxisRule> rules_;
  std::map<TensorId, AxisOrder> orders_;  ///< by group; identity where there is none
};

void Layout::join() {
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
}

/// Inputs and outputs of the graph whose order someone else has fixed; state.
bool Layout::is_bound(TensorId id) const {
  const Tensor& tensor = graph_.tensor(id);
  return tensor.is_state || (tensor.file_axes.empty() && (is_graph_input(graph_, id) || is_graph_output(graph_, id)));
}

std::optional<std::size_t> Layout::dense_behind(std::size_t reshape) const {
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

std::optional<std::size_t> Layout::dense_before(std::size_t reshape) const {
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
std::int64_t Layout::node_cost(std::size_t i) const {
  const Node& node = graph_.nodes[i];
  const auto fixed_cost = [&](TensorId id) {
    return id == kNoTensor || graph_.tensor(id).is_constant() ? 0 : moved_bytes(id, inverse(order(id)));
  };
  const TensorId in = node.inputs.empty() ? kNoTensor : node.inputs[0];
  switch (rules_[i]) {
    case AxisRule::kTranspose:
      return moved_bytes(in, between(order(in), order_of(graph_, node), order(node.outputs[0])));
    case AxisRule::kReduce: {
      const std::vector<bool> kept = kept_axes(graph_, node);
      std::vector<std::int32_t> place(kept.size(), -1);
      std::int32_t next = 0;
      for (std::size_t axis = 0; axis < kept.size(); ++axis) place[axis] = kept[axis] ? next++ : -1;
      AxisOrder arrives;
      for (const std::int32_t axis : order(in)) {
        if (place[index(axis)] >= 0) arrives.push_back(place[index(axis)]);
      }
      const TensorId out = node.outputs[0];
      const Shape shape = permuted(graph_.tensor(out).shape, arrives);
      return keeps_bytes(shape, between(arrives, identity_order(arrives.size()), order(out))) ? 0 : graph_.tensor(out).bytes();
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

std::int64_t Layout::cost(const std::vector<std::size_t>& nodes, const std::vector<TensorId>& members) const {
  std::int64_t sum = 0;
  for (const std::size_t node : nodes) sum += node_cost(node);
  for (const TensorId id : members) {
    if (is_bound(id)) sum += moved_bytes(id, inverse(order(id)));
  }
  return sum;
}

std::vector<AxisOrder> Layout::candidates(TensorId group, const std::vector<std::size_t>& nodes) const {
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

bool Layout::improve(TensorId group, const std::vector<TensorId>& members, const std::vector<std::size_t>& nodes) {
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

bool Layout::solve() {
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

/// Writes the graph anew in the orders that were found.
class Rewriter {
 public:
  Rewriter(const Graph& from, const Layout& layout) : from_(from), layout_(layout), graph_(from), alias_(from.tensors.size(), kNoTensor) {
    graph_.nodes.clear();
  }

  Graph run() {
    for (std::size_t i = 0; i < from_.tensors.size(); ++i) {
      Tensor& tensor = graph_.tensors[i];
      if (tensor.is_constant() || is_kept(static_cast<TensorId>(i))) continue;
      const AxisOrder order = layout_.order(static_cast<TensorId>(i));
      if (is_identity(order)) continue;
      tensor.shape = permuted(tensor.shape, order);
      for (std::int32_t& axis : tensor.file_axes) axis = inverse(order)[index(axis)];
    }
    for (const TensorId id : from_.inputs) {
      if (is_kept(id) && !is_identity(layout_.order(id))) stored_[id] = transposed(id, layout_.order(id), from_.tensor(id).name + "/transpose");
    }
    find_units();
    for (std::size_t i = 0; i < from_.nodes.size(); ++i) write(i);
    for (const TensorId id : from_.outputs) {
      if (is_kept(id) && !is_identity(layout_.order(id)) && !is_graph_input(from_, id)) {
        const TensorId stored = stored_.at(id);
        add_transpose(stored, id, inverse(layout_.order(id)), from_.tensor(id).name + "/transpose");
      }
    }
    resolve_aliases();
    return std::move(graph_);
  }

 private:
  /// Bound tensors keep their shape; the graph works on a transposed copy.
  bool is_kept(TensorId id) const {
    const Tensor& tensor = from_.tensor(id);
    return tensor.is_state || (tensor.file_axes.empty() && (is_graph_input(from_, id) || is_graph_output(from_, id)));
  }

  /// The tensor that holds `id` in its group's order.
  TensorId stored(TensorId id) {
    if (id == kNoTensor) return id;
    const auto found = stored_.find(id);
    return found == stored_.end() ? id : found->second;
  }

  void add_node(Node node) { graph_.nodes.push_back(std::move(node)); }

  TensorId add_constant(const std::vector<std::int32_t>& values, const std::string& name) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(std::int32_t));
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return graph_.add_tensor({name, DataType::kInt32, {static_cast<std::int32_t>(values.size())}, {}, std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))});
  }

  void add_reshape(TensorId in, TensorId out, const std::string& name) {
    const Shape& shape = graph_.tensor(out).shape;
    std::unique_ptr<Operator> op = make_operator("reshape");
    set_attributes(*op, {{"new_shape", shape}});
    add_node({name, std::move(op), {in, add_constant(shape, name + "/shape")}, {out}});
  }

  /// `order` is in stored axes of `in`; `out` has its shape already.
  void add_transpose(TensorId in, TensorId out, const AxisOrder& order, const std::string& name) {
    if (keeps_bytes(graph_.tensor(in).shape, order)) return add_reshape(in, out, name);
    add_node({name, make_operator("transpose"), {in, add_constant(order, name + "/order")}, {out}});
  }

  TensorId transposed(TensorId in, const AxisOrder& order, const std::string& name) {
    Tensor tensor = graph_.tensor(in);
    tensor.name = name;
    tensor.shape = permuted(tensor.shape, order);
    tensor.file_axes.clear();
    tensor.is_state = false;
    const TensorId out = graph_.add_tensor(std::move(tensor));
    add_transpose(in, out, order, name);
    return out;
  }

  /// The tensor in the order of the graph before.
  TensorId original(TensorId id) {
    const bool is_new = id != kNoTensor && index(id) >= from_.tensors.size();
    if (id == kNoTensor || is_new || from_.tensor(id).is_constant() || is_identity(layout_.order(id))) return id;
    if (is_kept(id) && is_graph_input(from_, id)) return id;
    const auto [found, added] = originals_.try_emplace(id, kNoTensor);
    if (added) found->second = transposed(stored(id), inverse(layout_.order(id)), from_.tensor(id).name + "/transpose");
    return found->second;
  }

  /// Where a node must put its result so that `id` gets it in its group's order.
  TensorId place_for(TensorId id) {
    if (!is_kept(id) || is_identity(layout_.order(id))) return id;
    Tensor tensor = from_.tensor(id);
    tensor.name += "/stored";
    tensor.shape = permuted(tensor.shape, layout_.order(id));
    stored_[id] = graph_.add_tensor(std::move(tensor));
    return stored_[id];
  }

  void write_fixed(Node node) {
    for (TensorId& id : node.inputs) id = original(id);
    struct Moved {
      TensorId plain, place;
      AxisOrder order;
    };
    std::vector<Moved> behind;
    for (TensorId& id : node.outputs) {
      const AxisOrder order = layout_.order(id);
      if (is_identity(order)) continue;
      Tensor tensor = from_.tensor(id);
      tensor.file_axes.clear();
      behind.push_back({graph_.add_tensor(std::move(tensor)), place_for(id), order});
      originals_[id] = behind.back().plain;
      id = behind.back().plain;
    }
    const std::string name = node.name + "/transpose";
    add_node(std::move(node));
    for (const Moved& each : behind) add_transpose(each.plain, each.place, each.order, name);
  }

  void write_transpose(const Node& node) {
    const TensorId in = node.inputs[0];
    const TensorId out = node.outputs[0];
    const AxisOrder rest = between(layout_.order(in), order_of(from_, node), layout_.order(out));
    const TensorId from = stored(in);
    const TensorId to = place_for(out);
    if (is_identity(rest) && merge(from, to)) return;
    if (is_identity(rest)) return add_reshape(from, to, node.name);
    add_transpose(from, to, rest, node.name);
  }

  /// One tensor for both, unless both are borders of the graph.
  bool merge(TensorId from, TensorId to) {
    alias_.resize(graph_.tensors.size(), kNoTensor);
    const auto is_border = [&](TensorId id) { return is_graph_output(graph_, id) || is_graph_input(graph_, id) || graph_.tensor(id).is_constant(); };
    while (alias_[index(from)] != kNoTensor) from = alias_[index(from)];
    if (!is_graph_output(graph_, to)) {
      alias_[index(to)] = from;
    } else if (!is_border(from)) {
      alias_[index(from)] = to;
    } else {
      return false;
    }
    return true;
  }

  void write_flexible(const Node& node) {
    const AxisOrder order = layout_.order(node.outputs[0]);
    Node moved = is_identity(order) ? node : in_order(graph_, node, order);
    for (std::size_t i = 0; i < moved.inputs.size(); ++i) {
      const TensorId id = node.inputs[i];
      if (id == kNoTensor || from_.tensor(id).is_constant()) continue;
      const std::size_t rank = from_.tensor(id).shape.size();
      moved.inputs[i] = rank == order.size() ? stored(id) : rank > order.size() || is_identity(order) ? original(id) : widened(original(id), order, node.name);
    }
    for (TensorId& id : moved.outputs) id = place_for(id);
    add_node(std::move(moved));
  }

  TensorId widened(TensorId id, const AxisOrder& order, const std::string& name) {
    Tensor tensor = graph_.tensor(id);
    if (tensor.shape.empty()) return id;
    tensor.name = name + "/widened";
    tensor.file_axes.clear();
    tensor.shape.insert(tensor.shape.begin(), order.size() - tensor.shape.size(), 1);
    const TensorId wide = graph_.add_tensor(std::move(tensor));
    add_reshape(id, wide, name + "/widen");
    return transposed(wide, order, name + "/transpose");
  }

  void write_reduce(const Node& node) {
    const TensorId in = node.inputs[0];
    const TensorId out = node.outputs[0];
    const std::vector<bool> kept = kept_axes(from_, node);
    Node moved = is_identity(layout_.order(in)) ? node : in_order(graph_, node, layout_.order(in));
    moved.inputs[0] = stored(in);
    std::vector<std::int32_t> place(kept.size(), -1);
    std::int32_t next = 0;
    for (std::size_t axis = 0; axis < kept.size(); ++axis) place[axis] = kept[axis] ? next++ : -1;
    AxisOrder arrives;
    for (const std::int32_t axis : layout_.order(in)) {
      if (place[index(axis)] >= 0) arrives.push_back(place[index(axis)]);
    }
    const AxisOrder rest = between(arrives, identity_order(arrives.size()), layout_.order(out));
    const TensorId to = place_for(out);
    if (is_identity(rest)) {
      moved.outputs[0] = to;
      return add_node(std::move(moved));
    }
    Tensor tensor = from_.tensor(out);
    tensor.file_axes.clear();
    tensor.shape = permuted(from_.tensor(out).shape, arrives);
    moved.outputs[0] = graph_.add_tensor(std::move(tensor));
    const TensorId made = moved.outputs[0];
    add_node(std::move(moved));
    add_transpose(made, to, rest, node.name + "/transpose");
  }

  /// For each position along the rows of a RESHAPE, the position whose value lies there now.
  static std::vector<std::int32_t> moved_columns(const Shape& shape, const AxisOrder& order) {
    const Shape stored = permuted(shape, order);
    const auto strides = strides_of(shape);
    std::vector<std::int32_t> result;
    std::vector<std::int32_t> at(stored.size(), 0);
    const std::int64_t count = element_count(shape) / shape[0];
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t from = 0;
      for (std::size_t axis = 1; axis < stored.size(); ++axis) from += at[axis] * strides[index(order[axis])];
      result.push_back(static_cast<std::int32_t>(from));
      for (std::size_t axis = stored.size(); axis-- > 1 && ++at[axis] == stored[axis];) at[axis] = 0;
    }
    return result;
  }

  void write_reshape(std::size_t i) {
    const Node& node = from_.nodes[i];
    const TensorId in = node.inputs[0];
    const TensorId out = node.outputs[0];
    const AxisOrder in_order = layout_.order(in);
    const AxisOrder out_order = layout_.order(out);
    const auto moves = [&](TensorId id, const AxisOrder& order) { return !keeps_bytes(from_.tensor(id).shape, order); };
    TensorId source = keeps_bytes(from_.tensor(in).shape, in_order) ? stored(in) : kNoTensor;
    if (source == kNoTensor && in_order[0] == 0) {
      if (const auto dense = layout_.dense_behind(i)) {
        columns_[*dense] = moved_columns(from_.tensor(in).shape, in_order);
        source = stored(in);
      }
    }
    if (source == kNoTensor) source = original(in);
    const TensorId to = place_for(out);
    const bool absorbed = moves(out, out_order) && out_order[0] == 0 && layout_.dense_before(i).has_value();
    if (!moves(out, out_order) || absorbed) {
      if (is_identity(in_order) && is_identity(out_order) && source == in && to == out) return add_node(node);
      return add_reshape(source, to, node.name);
    }
    Tensor tensor = from_.tensor(out);
    tensor.file_axes.clear();
    const TensorId plain = graph_.add_tensor(std::move(tensor));
    originals_[out] = plain;
    add_reshape(source, plain, node.name);
    add_transpose(plain, to, out_order, node.name + "/transpose");
  }

  /// Constant [rows][...] with what stands at `columns[i]` (rows: along axis 0) at i.
  TensorId gathered(TensorId id, int axis, const std::vector<std::int32_t>& places) {
    Tensor tensor = graph_.tensor(id);
    const std::size_t inner = static_cast<std::size_t>(axis == 0 ? tensor.elements() / tensor.shape[0] : 1) * type_bytes(tensor.type);
    const std::size_t outer = tensor.data->size() / inner / places.size();
    std::vector<std::uint8_t> bytes(tensor.data->size());
    for (std::size_t o = 0; o < outer; ++o) {
      for (std::size_t i = 0; i < places.size(); ++i)
        std::memcpy(&bytes[(o * places.size() + i) * inner], tensor.data->data() + (o * places.size() + index(places[i])) * inner, inner);
    }
    if (tensor.quantization.per_channel() && tensor.quantization.axis == axis) {
      const Quantization by = tensor.quantization;
      for (std::size_t i = 0; i < places.size(); ++i) {
        tensor.quantization.scales[i] = by.scales[index(places[i])];
        tensor.quantization.zero_points[i] = by.zero_points[index(places[i])];
      }
    }
    tensor.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
    return graph_.add_tensor(std::move(tensor));
  }

  void write_dense(std::size_t i) {
    Node node = from_.nodes[i];
    const auto columns = columns_.find(i);
    if (columns != columns_.end()) node.inputs[1] = gathered(node.inputs[1], 1, columns->second);
    const auto units = units_.find(i);
    if (units != units_.end()) {
      node.inputs[1] = gathered(node.inputs[1], 0, units->second);
      if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor) node.inputs[2] = gathered(node.inputs[2], 0, units->second);
    }
    write_fixed(std::move(node));
  }

  void write(std::size_t i) {
    const Node& node = from_.nodes[i];
    switch (layout_.rule(i)) {
      case AxisRule::kTranspose:
        return write_transpose(node);
      case AxisRule::kFlexible:
        return write_flexible(node);
      case AxisRule::kReduce:
        return write_reduce(node);
      case AxisRule::kReshape:
        return write_reshape(i);
      case AxisRule::kFixed:
        return node.op->name() == "fully_connected" ? write_dense(i) : write_fixed(node);
    }
  }

  /// Layers come before the RESHAPE whose output's order they take on.
  void find_units() {
    for (std::size_t i = 0; i < from_.nodes.size(); ++i) {
      if (layout_.rule(i) != AxisRule::kReshape) continue;
      const TensorId out = from_.nodes[i].outputs[0];
      const AxisOrder order = layout_.order(out);
      if (keeps_bytes(from_.tensor(out).shape, order) || order[0] != 0) continue;
      if (const auto dense = layout_.dense_before(i)) units_[*dense] = moved_columns(from_.tensor(out).shape, order);
    }
  }

  void resolve_aliases() {
    alias_.resize(graph_.tensors.size(), kNoTensor);
    const auto resolve = [&](TensorId& id) {
      while (id != kNoTensor && alias_[index(id)] != kNoTensor) id = alias_[index(id)];
    };
    for (Node& node : graph_.nodes) {
      for (TensorId& id : node.inputs) resolve(id);
      for (TensorId& id : node.outputs) resolve(id);
    }
  }

  const Graph& from_;
  const Layout& layout_;
  Graph graph_;
  std::vector<TensorId> alias_;
  std::map<TensorId, TensorId> stored_, originals_;
  std::map<std::size_t, std::vector<std::int32_t>> columns_, units_;
};

}  // namespace

bool layout(Graph& graph) {
  Layout found(graph);
  if (!found.solve()) return false;
  Graph written = Rewriter(graph, found).run();
  const auto same = [](const Node& a, const Node& b) { return a.op == b.op && a.inputs == b.inputs && a.outputs == b.outputs; };
  const bool changed = !std::equal(graph.nodes.begin(), graph.nodes.end(), written.nodes.begin(), written.nodes.end(), same);
  if (changed) graph = std::move(written);
  return changed;
}

}  // namespace mote
