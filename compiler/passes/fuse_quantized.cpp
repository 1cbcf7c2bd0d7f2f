#include "passes/fuse_quantized.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "graph/operator.hpp"
#include "ops/define.hpp"
#include "ops/settle.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

using Scales = QuantizationRule::Scales;

bool symmetric_weights(const Tensor& weights, const WeightsRule& rule) {
  const Quantization& by = weights.quantization;
  const bool zero = std::all_of(by.zero_points.begin(), by.zero_points.end(), [](std::int32_t each) { return each == 0; });
  const bool along = !by.per_channel() || (rule.per_channel && by.axis == rule.output_axis);
  return weights.is_constant() && weights.type == DataType::kInt8 && zero && along;
}

/// One node that becomes int8: what it reads and gives is settled here, and then done all at once or not at all.
class Fusion {
 public:
  Fusion(Graph& graph, std::size_t node, const std::vector<std::int32_t>& made_by, const std::vector<std::vector<std::int32_t>>& read_by)
      : graph_(graph), node_(node), made_by_(made_by), read_by_(read_by), rule_(op().quantization(view(), DataType::kInt8)) {}

  /// Nodes that go before the node, the node itself, and those behind it; empty when it stays float.
  std::vector<Node> run() {
    if (!rule_.possible() || !find_activations() || !find_results()) return {};
    const std::size_t tensors = graph_.tensors.size();
    if (make()) return std::move(made_);
    graph_.tensors.resize(tensors);
    return {};
  }

  /// QUANTIZE outputs and what stands for them from now on (kNoTensor: a node made here gives them).
  const std::vector<std::pair<TensorId, TensorId>>& replaced() const { return replaced_; }

 private:
  const Operator& op() const { return *graph_.nodes[node_].op; }
  NodeView view() const { return {graph_, graph_.nodes[node_]}; }

  /// The int8 tensor that a DEQUANTIZE made `id` of; kNoTensor when it is made otherwise.
  TensorId stored(TensorId id) const {
    const std::int32_t at = id == kNoTensor ? -1 : made_by_[static_cast<std::size_t>(id)];
    if (at < 0 || graph_.nodes[static_cast<std::size_t>(at)].op->name() != "dequantize") return kNoTensor;
    return graph_.nodes[static_cast<std::size_t>(at)].inputs[0];
  }

  bool find_activations() {
    bool computed = false;
    for (const int i : rule_.activations) {
      const auto at = static_cast<std::size_t>(i);
      if (at >= graph_.nodes[node_].inputs.size()) return false;
      const TensorId id = graph_.nodes[node_].inputs[at];
      if (id == kNoTensor) continue;
      const TensorId from = stored(id);
      if (from == kNoTensor) return false;
      const Tensor& tensor = graph_.tensor(from);
      if (tensor.type != DataType::kInt8 || tensor.quantization.empty() || tensor.quantization.per_channel()) return false;
      computed = computed || !tensor.is_constant();
      sources_[i] = from;
    }
    return computed;
  }

  /// Every output must go into QUANTIZE of one scale alone.
  bool find_results() {
    for (const TensorId id : graph_.nodes[node_].outputs) {
      if (is_graph_output(graph_, id) || read_by_[static_cast<std::size_t>(id)].empty()) return false;
      const Tensor* result = nullptr;
      for (const std::int32_t reader : read_by_[static_cast<std::size_t>(id)]) {
        const Node& each = graph_.nodes[static_cast<std::size_t>(reader)];
        if (each.op->name() != "quantize") return false;
        const Tensor& made = graph_.tensor(each.outputs[0]);
        if (made.type != DataType::kInt8 || (result != nullptr && !(result->quantization == made.quantization))) return false;
        result = &made;
      }
      results_.push_back(result->quantization);
    }
    return true;
  }

  /// `id` with another scale, by a QUANTIZE in front of the node.
  TensorId rescaled(TensorId id, const Quantization& wanted) {
    if (graph_.tensor(id).quantization == wanted) return id;
    const std::string name = fmt::format("{}/rescaled_{}", graph_.nodes[node_].name, made_.size());
    Tensor tensor{name, DataType::kInt8, graph_.tensor(id).shape, wanted, nullptr};
    const TensorId result = graph_.add_tensor(std::move(tensor));
    made_.push_back({name, make_operator("quantize"), {id}, {result}});
    return result;
  }

  /// What the node gives: results_, or what its operator insists on.
  Quantization own_result(std::size_t output) const {
    if (rule_.scales == Scales::kFixed) return rule_.fixed;
    return rule_.scales == Scales::kShared ? shared_ : results_[output];
  }

  bool make() {
    Node node = graph_.nodes[node_];
    if (rule_.scales == Scales::kShared) {
      // One input keeps its scale; of several, all take the result's.
      shared_ = sources_.size() == 1 ? graph_.tensor(sources_.begin()->second).quantization : results_[0];
    }
    for (const auto& [input, from] : sources_)
      node.inputs[static_cast<std::size_t>(input)] = rule_.scales == Scales::kShared ? rescaled(from, shared_) : from;
    if (rule_.weights && !make_weights(node)) return false;
    std::vector<Node> behind;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const TensorId id = node.outputs[i];
      Tensor tensor = graph_.tensor(id);
      tensor.type = DataType::kInt8;
      tensor.quantization = own_result(i);
      const bool as_wanted = tensor.quantization == results_[i];
      // The result carries the name of the file's quantized value.
      const Tensor& wanted = graph_.tensor(graph_.nodes[static_cast<std::size_t>(read_by_[static_cast<std::size_t>(id)][0])].outputs[0]);
      if (as_wanted) tensor.name = wanted.name;
      node.outputs[i] = graph_.add_tensor(std::move(tensor));
      for (const std::int32_t reader : read_by_[static_cast<std::size_t>(id)]) {
        Node& quantize = graph_.nodes[static_cast<std::size_t>(reader)];
        if (!as_wanted) behind.push_back({quantize.name, quantize.op, {node.outputs[i]}, quantize.outputs});
        replaced_.emplace_back(quantize.outputs[0], as_wanted ? node.outputs[i] : kNoTensor);
      }
    }
    made_.push_back(node);
    try {
      node.op->infer(NodeView(graph_, node));
    } catch (const Error&) {
      return false;
    }
    made_.insert(made_.end(), behind.begin(), behind.end());
    return true;
  }

  /// int8 weights and the bias in the scale of the sums.
  bool make_weights(Node& node) {
    const auto at = static_cast<std::size_t>(rule_.weights->input);
    const TensorId weights = stored(node.inputs[at]);
    if (weights == kNoTensor || !symmetric_weights(graph_.tensor(weights), *rule_.weights)) return false;
    node.inputs[at] = weights;
    const auto bias = static_cast<std::size_t>(rule_.weights->bias);
    if (bias >= node.inputs.size() || node.inputs[bias] == kNoTensor) return true;
    const float input_scale = graph_.tensor(sources_.begin()->second).scale();
    Quantization sums = graph_.tensor(weights).quantization;
    for (float& each : sums.scales) each *= input_scale;
    sums.axis = 0;
    const TensorId made = bias_of(node.inputs[bias], sums);
    node.inputs[bias] = made;
    return made != kNoTensor;
  }

  /// A bias in steps of `sums`: the file's integers where they are that, else the nearest ones.
  TensorId bias_of(TensorId id, const Quantization& sums) {
    const TensorId from = stored(id);
    const Tensor& tensor = graph_.tensor(from == kNoTensor ? id : from);
    if (!tensor.is_constant()) return kNoTensor;
    const auto count = static_cast<std::size_t>(tensor.elements());
    const auto scale_at = [](const Quantization& by, std::size_t i) { return static_cast<double>(by.scales[by.per_channel() ? i : 0]); };
    std::vector<std::int32_t> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      double real = 0;
      if (is_float(tensor.type)) {
        real = static_cast<double>(tensor.values<float>()[i]);
      } else {
        const double integer = tensor.type == DataType::kInt32 ? tensor.values<std::int32_t>()[i] : tensor.values<std::int8_t>()[i];
        const std::int32_t zero = tensor.quantization.zero_points[tensor.quantization.per_channel() ? i : 0];
        real = (integer - zero) * scale_at(tensor.quantization, i);
      }
      const double steps = std::round(real / scale_at(sums, i));
      if (!(std::abs(steps) <= std::numeric_limits<std::int32_t>::max())) return kNoTensor;
      values[i] = static_cast<std::int32_t>(steps);
    }
    std::vector<std::uint8_t> bytes(count * sizeof(std::int32_t));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return graph_.add_tensor({tensor.name, DataType::kInt32, tensor.shape, sums, std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))});
  }

  Graph& graph_;
  std::size_t node_;
  const std::vector<std::int32_t>& made_by_;
  const std::vector<std::vector<std::int32_t>>& read_by_;
  QuantizationRule rule_;
  std::map<int, TensorId> sources_;     ///< int8 tensor of each activation input
  std::vector<Quantization> results_;   ///< what the QUANTIZE behind each output gives
  Quantization shared_;
  std::vector<Node> made_;
  std::vector<std::pair<TensorId, TensorId>> replaced_;
};

/// Whether the node only moves values: the same on integers as on the real values that they stand for.
bool only_moves(const Graph& graph, const Node& node) {
  const NodeView view(graph, node);
  const QuantizationRule rule = node.op->quantization(view, DataType::kInt8);
  const bool moves = node.op->name() == "transpose" || !node.op->aliases(view).empty();
  return moves && rule.scales == Scales::kShared && rule.activations == std::vector{0} && node.outputs.size() == 1;
}

bool is_scalar_int8(const Tensor& tensor) {
  return tensor.type == DataType::kInt8 && !tensor.quantization.empty() && !tensor.quantization.per_channel();
}

/// An int8 tensor for what `moved` holds on other axes.
TensorId as_stored(Graph& graph, TensorId moved, TensorId stored) {
  Tensor tensor = graph.tensor(moved);
  tensor.name += "/stored";
  tensor.type = DataType::kInt8;
  tensor.quantization = graph.tensor(stored).quantization;
  tensor.file_axes.clear();
  return graph.add_tensor(std::move(tensor));
}

/// What moves values stands before a DEQUANTIZE rather than behind it.
bool move_before_dequantize(Graph& graph) {
  std::vector<Node> nodes;
  std::vector<std::int32_t> made_by(graph.tensors.size(), -1);
  const auto add = [&](Node node) {
    made_by.resize(graph.tensors.size(), -1);
    for (const TensorId id : node.outputs) made_by[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(nodes.size());
    nodes.push_back(std::move(node));
  };
  bool changed = false;
  for (Node& node : graph.nodes) {
    const std::int32_t at = only_moves(graph, node) ? made_by[static_cast<std::size_t>(node.inputs[0])] : -1;
    const bool behind = at >= 0 && nodes[static_cast<std::size_t>(at)].op->name() == "dequantize";
    const TensorId stored = behind ? nodes[static_cast<std::size_t>(at)].inputs[0] : kNoTensor;
    if (!behind || !is_scalar_int8(graph.tensor(stored)) || graph.tensor(stored).is_constant()) {
      add(std::move(node));
      continue;
    }
    const Node before = nodes[static_cast<std::size_t>(at)];
    const TensorId result = node.outputs[0];
    node.inputs[0] = stored;
    node.outputs[0] = as_stored(graph, result, stored);
    const TensorId moved = node.outputs[0];
    const std::string name = before.name + "/" + node.name;
    add(std::move(node));
    add({name, before.op, {moved}, {result}});
    changed = true;
  }
  graph.nodes = std::move(nodes);
  return changed;
}

/// What moves values stands behind a QUANTIZE rather than before it.
bool move_behind_quantize(Graph& graph) {
  std::vector<std::int32_t> made_by = producers(graph);
  std::vector<std::int32_t> uses = use_counts(graph);
  bool changed = false;
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    if (graph.nodes[n].op->name() != "quantize" || !is_scalar_int8(graph.tensor(graph.nodes[n].outputs[0]))) continue;
    const TensorId moved = graph.nodes[n].inputs[0];
    const std::int32_t at = made_by[static_cast<std::size_t>(moved)];
    if (at < 0 || uses[static_cast<std::size_t>(moved)] != 1 || !is_float(graph.tensor(moved).type)) continue;
    if (!only_moves(graph, graph.nodes[static_cast<std::size_t>(at)])) continue;
    // The QUANTIZE takes the place of the mover, and the other way round.
    Node mover = graph.nodes[static_cast<std::size_t>(at)];
    Node quantize = graph.nodes[n];
    const TensorId result = quantize.outputs[0];
    quantize.inputs[0] = mover.inputs[0];
    quantize.outputs[0] = as_stored(graph, mover.inputs[0], result);
    mover.inputs[0] = quantize.outputs[0];
    mover.outputs[0] = result;
    made_by.push_back(at);
    uses.push_back(1);
    graph.nodes[static_cast<std::size_t>(at)] = quantize;
    graph.nodes[n] = mover;
    n = std::min(n, static_cast<std::size_t>(at) + 1);
    changed = true;
  }
  return changed;
}

/// Values are moved as integers.
bool move_integers(Graph& graph) {
  const bool before = move_before_dequantize(graph);
  return move_behind_quantize(graph) || before;
}

/// A QUANTIZE of what a DEQUANTIZE gives reads the integers: nothing changes between equal scales, others are converted at once.
bool join_scales(Graph& graph) {
  bool changed = false;
  const auto made_by = producers(graph);
  std::map<TensorId, TensorId> stands_for;
  for (Node& node : graph.nodes) {
    for (TensorId& id : node.inputs) {
      if (const auto found = stands_for.find(id); found != stands_for.end()) id = found->second;
    }
    if (node.op->name() != "quantize") continue;
    const std::int32_t at = made_by[static_cast<std::size_t>(node.inputs[0])];
    if (at < 0 || graph.nodes[static_cast<std::size_t>(at)].op->name() != "dequantize") continue;
    const TensorId stored = graph.nodes[static_cast<std::size_t>(at)].inputs[0];
    const Tensor& from = graph.tensor(stored);
    const Tensor& to = graph.tensor(node.outputs[0]);
    if (from.is_constant() || !is_scalar_int8(from) || !is_scalar_int8(to)) continue;
    node.inputs[0] = stored;
    changed = true;
    if (from.quantization == to.quantization && !is_graph_output(graph, node.outputs[0])) stands_for[node.outputs[0]] = stored;
  }
  return changed;
}

bool fuse_nodes(Graph& graph) {
  const auto made_by = producers(graph);
  const auto read_by = consumers(graph);
  // Fusions add tensors and leave the nodes as they are; what they replace is settled afterwards.
  std::map<TensorId, TensorId> stands_for;
  std::vector<bool> goes(graph.nodes.size(), false);
  std::vector<std::vector<Node>> made(graph.nodes.size());
  bool changed = false;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Fusion fusion(graph, n, made_by, read_by);
    made[n] = fusion.run();
    if (made[n].empty()) continue;
    changed = true;
    for (const auto& [from, to] : fusion.replaced()) {
      goes[static_cast<std::size_t>(made_by[static_cast<std::size_t>(from)])] = true;
      if (to != kNoTensor) stands_for[from] = to;
    }
  }
  if (!changed) return false;
  std::vector<Node> nodes;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (made[n].empty() && !goes[n]) nodes.push_back(graph.nodes[n]);
    nodes.insert(nodes.end(), made[n].begin(), made[n].end());
  }
  const auto settled = [&](TensorId& id) {
    const auto found = stands_for.find(id);
    if (found != stands_for.end()) id = found->second;
  };
  for (Node& node : nodes) {
    for (TensorId& id : node.inputs) settled(id);
  }
  for (TensorId& id : graph.outputs) {
    const auto axes = graph.tensor(id).file_axes;
    settled(id);
    graph.tensor(id).file_axes = axes;
  }
  graph.nodes = std::move(nodes);
  prune(graph);
  return true;
}

/// Float layers read their int8 weights as they are.
bool keep_weights(Graph& graph) {
  const auto made_by = producers(graph);
  bool changed = false;
  for (Node& node : graph.nodes) {
    const NodeView view(graph, node);
    const QuantizationRule rule = node.op->quantization(view, DataType::kInt8);
    if (!rule.weights || !view.has_input(rule.weights->input)) continue;
    TensorId& id = node.inputs[static_cast<std::size_t>(rule.weights->input)];
    const std::int32_t at = made_by[static_cast<std::size_t>(id)];
    if (at < 0 || graph.nodes[static_cast<std::size_t>(at)].op->name() != "dequantize") continue;
    const TensorId weights = graph.nodes[static_cast<std::size_t>(at)].inputs[0];
    if (!symmetric_weights(graph.tensor(weights), *rule.weights)) continue;
    const TensorId dequantized = id;
    id = weights;
    try {
      node.op->infer(NodeView(graph, node));
      changed = true;
    } catch (const Error&) {
      id = dequantized;
    }
  }
  return changed;
}

bool fold_constants(Graph& graph) {
  const auto is_folded = [&](const Node& node) {
    return node.op->name() == "dequantize" && graph.tensor(node.inputs[0]).is_constant() && fold_node(graph, node);
  };
  return std::erase_if(graph.nodes, is_folded) > 0;
}

}  // namespace

bool fuse_quantized(Graph& graph) {
  const bool moved = move_integers(graph);
  if (moved) prune(graph);
  const bool fused = fuse_nodes(graph);
  const bool joined = join_scales(graph);
  if (joined) prune(graph);
  const bool kept = keep_weights(graph);
  if (kept) prune(graph);
  return fold_constants(graph) || moved || fused || joined || kept;
}

}  // namespace mote
