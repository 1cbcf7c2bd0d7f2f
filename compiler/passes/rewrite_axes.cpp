#include "passes/rewrite_axes.hpp"

#include <cstring>
#include <map>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/define.hpp"
#include "passes/reorder_weights.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

std::size_t index(TensorId id) { return static_cast<std::size_t>(id); }

class Rewriter {
 public:
  Rewriter(const Graph& from, const AxisChoice& choice) : from_(from), choice_(choice), graph_(from), alias_(from.tensors.size(), kNoTensor) {
    graph_.nodes.clear();
  }

  Graph run() {
    for (std::size_t i = 0; i < from_.tensors.size(); ++i) {
      Tensor& tensor = graph_.tensors[i];
      if (tensor.is_constant() || is_kept(static_cast<TensorId>(i))) continue;
      const AxisOrder order = choice_.order(static_cast<TensorId>(i));
      if (is_identity(order)) continue;
      tensor.shape = permuted(tensor.shape, order);
      for (std::int32_t& axis : tensor.file_axes) axis = inverse(order)[index(axis)];
    }
    for (const TensorId id : from_.inputs) {
      if (is_kept(id) && !is_identity(choice_.order(id))) stored_[id] = transposed(id, choice_.order(id), from_.tensor(id).name + "/transpose");
    }
    find_units();
    for (std::size_t i = 0; i < from_.nodes.size(); ++i) write(i);
    for (const TensorId id : from_.outputs) {
      if (is_kept(id) && !is_identity(choice_.order(id)) && !is_graph_input(from_, id)) {
        const TensorId stored = stored_.at(id);
        add_transpose(stored, id, inverse(choice_.order(id)), from_.tensor(id).name + "/transpose");
      }
    }
    resolve_aliases();
    return std::move(graph_);
  }

 private:
  /// Bound tensors keep their shape; the graph works on a transposed copy.
  bool is_kept(TensorId id) const { return choice_.is_bound(id); }

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
    if (id == kNoTensor || is_new || from_.tensor(id).is_constant() || is_identity(choice_.order(id))) return id;
    if (is_kept(id) && is_graph_input(from_, id)) return id;
    const auto [found, added] = originals_.try_emplace(id, kNoTensor);
    if (added) found->second = transposed(stored(id), inverse(choice_.order(id)), from_.tensor(id).name + "/transpose");
    return found->second;
  }

  /// Where a node must put its result so that `id` gets it in its group's order.
  TensorId place_for(TensorId id) {
    if (!is_kept(id) || is_identity(choice_.order(id))) return id;
    Tensor tensor = from_.tensor(id);
    tensor.name += "/stored";
    tensor.shape = permuted(tensor.shape, choice_.order(id));
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
      const AxisOrder order = choice_.order(id);
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
    const AxisOrder rest = left_between(choice_.order(in), order_of(from_, node), choice_.order(out));
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
    const AxisOrder order = choice_.order(node.outputs[0]);
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
    Node moved = is_identity(choice_.order(in)) ? node : in_order(graph_, node, choice_.order(in));
    moved.inputs[0] = stored(in);
    const AxisOrder arrives = order_behind(from_, node, choice_.order(in));
    const AxisOrder rest = left_between(arrives, identity_order(arrives.size()), choice_.order(out));
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

  void write_reshape(std::size_t i) {
    const Node& node = from_.nodes[i];
    const TensorId in = node.inputs[0];
    const TensorId out = node.outputs[0];
    const AxisOrder in_order = choice_.order(in);
    const AxisOrder out_order = choice_.order(out);
    const auto moves = [&](TensorId id, const AxisOrder& order) { return !keeps_bytes(from_.tensor(id).shape, order); };
    TensorId source = keeps_bytes(from_.tensor(in).shape, in_order) ? stored(in) : kNoTensor;
    if (source == kNoTensor && in_order[0] == 0) {
      if (const auto dense = choice_.dense_behind(i)) {
        columns_[*dense] = moved_columns(from_.tensor(in).shape, in_order);
        source = stored(in);
      }
    }
    if (source == kNoTensor) source = original(in);
    const TensorId to = place_for(out);
    const bool absorbed = moves(out, out_order) && out_order[0] == 0 && choice_.dense_before(i).has_value();
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

  void write_dense(std::size_t i) {
    Node node = from_.nodes[i];
    const auto columns = columns_.find(i);
    if (columns != columns_.end()) node.inputs[1] = gathered(graph_, node.inputs[1], 1, columns->second);
    const auto units = units_.find(i);
    if (units != units_.end()) {
      node.inputs[1] = gathered(graph_, node.inputs[1], 0, units->second);
      if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor) node.inputs[2] = gathered(graph_, node.inputs[2], 0, units->second);
    }
    write_fixed(std::move(node));
  }

  void write(std::size_t i) {
    const Node& node = from_.nodes[i];
    switch (choice_.rule(i)) {
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
      if (choice_.rule(i) != AxisRule::kReshape) continue;
      const TensorId out = from_.nodes[i].outputs[0];
      const AxisOrder order = choice_.order(out);
      if (keeps_bytes(from_.tensor(out).shape, order) || order[0] != 0) continue;
      if (const auto dense = choice_.dense_before(i)) units_[*dense] = moved_columns(from_.tensor(out).shape, order);
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
  const AxisChoice& choice_;
  Graph graph_;
  std::vector<TensorId> alias_;
  std::map<TensorId, TensorId> stored_, originals_;
  std::map<std::size_t, std::vector<std::int32_t>> columns_, units_;
};

}  // namespace

Graph in_chosen_axes(const Graph& graph, const AxisChoice& choice) { return Rewriter(graph, choice).run(); }

}  // namespace mote
