#include "passes/fold_scales.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "graph/fused_activation.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// Where a float layer whose sums go on unchanged keeps its weights and bias; both are constants.
std::optional<WeightsRule> layer_of(const Graph& graph, const Node& node) {
  const NodeView view(graph, node);
  if (node.outputs.size() != 1 || !is_float(view.output().type) || fused_activation(*node.op) != Activation::kNone) return std::nullopt;
  const QuantizationRule rule = node.op->quantization(view, DataType::kInt8);
  if (!rule.weights || !view.has_input(rule.weights->input)) return std::nullopt;
  const auto is_float_constant = [&](int i) { return view.input(i).is_constant() && is_float(view.input(i).type); };
  if (!is_float_constant(rule.weights->input)) return std::nullopt;
  if (view.has_input(rule.weights->bias) && !is_float_constant(rule.weights->bias)) return std::nullopt;
  return rule.weights;
}

/// The numbers of a constant operand, one per channel; empty when it is of another shape.
std::vector<float> per_channel(const Tensor& constant, std::int32_t channels) {
  if (!constant.is_constant() || !is_float(constant.type)) return {};
  const auto values = constant.values<float>();
  if (values.size() == 1) return std::vector<float>(static_cast<std::size_t>(channels), values[0]);
  const bool last = !constant.shape.empty() && constant.shape.back() == channels && constant.elements() == channels;
  return last ? std::vector<float>(values.begin(), values.end()) : std::vector<float>{};
}

/// What a MUL, ADD or SUB with a constant does to each channel of `data`: data * factor + term. Without factors it only adds.
struct Scaling {
  TensorId data = kNoTensor;
  std::vector<float> factors, terms;
};

std::optional<Scaling> scaling_of(const Graph& graph, const Node& node) {
  const std::string_view op = node.op->name();
  if (op != "mul" && op != "add" && op != "sub") return std::nullopt;
  const bool left = !graph.tensor(node.inputs[0]).is_constant();
  Scaling found{node.inputs[left ? 0 : 1], {}, {}};
  const Shape& shape = graph.tensor(found.data).shape;
  if (shape.empty() || graph.tensor(node.outputs[0]).shape != shape) return std::nullopt;
  std::vector<float> values = per_channel(graph.tensor(node.inputs[left ? 1 : 0]), shape.back());
  if (values.empty()) return std::nullopt;
  if (op == "mul") {
    found.factors = std::move(values);
    return found;
  }
  if (op == "sub" && !left) found.factors.assign(values.size(), -1.0F);
  if (op == "sub" && left) {
    for (float& each : values) each = -each;
  }
  found.terms = std::move(values);
  return found;
}

TensorId add_floats(Graph& graph, Tensor like, const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  like.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return graph.add_tensor(std::move(like));
}

void scale_weights(Graph& graph, Node& node, const WeightsRule& layer, const std::vector<float>& factors) {
  TensorId& id = node.inputs[static_cast<std::size_t>(layer.input)];
  const Tensor weights = graph.tensor(id);
  const auto inner = static_cast<std::size_t>(strides_of(weights.shape)[static_cast<std::size_t>(layer.output_axis)]);
  const auto given = weights.values<float>();
  std::vector<float> values(given.begin(), given.end());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factors[i / inner % factors.size()];
  id = add_floats(graph, weights, values);
}

void change_bias(Graph& graph, Node& node, const WeightsRule& layer, const Scaling& scaling) {
  const auto at = static_cast<std::size_t>(layer.bias);
  const bool has_one = at < node.inputs.size() && node.inputs[at] != kNoTensor;
  if (!has_one && scaling.terms.empty()) return;
  Tensor like{node.name + "/bias", DataType::kFloat32, {static_cast<std::int32_t>(std::max(scaling.factors.size(), scaling.terms.size()))}, {}, nullptr};
  if (has_one) like = graph.tensor(node.inputs[at]);
  std::vector<float> values(static_cast<std::size_t>(like.elements()), 0.0F);
  if (has_one) std::copy_n(like.values<float>().begin(), values.size(), values.begin());
  for (std::size_t c = 0; c < values.size(); ++c) {
    if (!scaling.factors.empty()) values[c] *= scaling.factors[c];
    if (!scaling.terms.empty()) values[c] += scaling.terms[c];
  }
  node.inputs.resize(std::max(node.inputs.size(), at + 1), kNoTensor);
  node.inputs[at] = add_floats(graph, std::move(like), values);
}

/// Folds node after node; who makes a tensor, and how often it is read, is known without looking through the graph again.
class ScaleFolder {
 public:
  explicit ScaleFolder(Graph& graph) : graph_(graph), made_by_(producers(graph)), uses_(use_counts(graph)) {}

  bool run() {
    std::vector<Node> kept;
    std::vector<bool> goes(graph_.nodes.size(), false);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) goes[i] = fold(graph_.nodes[i]);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!goes[i]) kept.push_back(std::move(graph_.nodes[i]));
    }
    const bool changed = kept.size() < graph_.nodes.size();
    graph_.nodes = std::move(kept);
    return changed;
  }

 private:
  /// The node that makes a tensor which nobody reads but the node that is looked at.
  Node* only_maker(TensorId id) {
    const std::int32_t maker = made_by_[static_cast<std::size_t>(id)];
    return maker < 0 || uses_[static_cast<std::size_t>(id)] != 1 ? nullptr : &graph_.nodes[static_cast<std::size_t>(maker)];
  }

  /// The layer behind RESHAPEs that keep its channels.
  Node* layer_before(TensorId id) {
    const std::int32_t channels = graph_.tensor(id).shape.back();
    Node* maker = only_maker(id);
    while (maker != nullptr && maker->op->name() == "reshape") {
      const Shape& shape = graph_.tensor(maker->inputs[0]).shape;
      if (shape.empty() || shape.back() != channels) return nullptr;
      maker = only_maker(maker->inputs[0]);
    }
    return maker;
  }

  /// Folds a node into the layer before it; whether it could.
  bool fold(const Node& node) {
    const auto scaling = scaling_of(graph_, node);
    Node* layer = scaling ? layer_before(scaling->data) : nullptr;
    const auto rule = layer == nullptr ? std::nullopt : layer_of(graph_, *layer);
    if (!rule) return false;
    const Shape& weights = graph_.tensor(layer->inputs[static_cast<std::size_t>(rule->input)]).shape;
    if (weights[static_cast<std::size_t>(rule->output_axis)] != graph_.tensor(scaling->data).shape.back()) return false;
    // A layer's own activation comes right behind its sums.
    const Activation activation = fused_activation(*node.op).value_or(Activation::kNone);
    if (activation != Activation::kNone && layer->outputs[0] != scaling->data) return false;
    if (!scaling->factors.empty()) scale_weights(graph_, *layer, *rule, scaling->factors);
    change_bias(graph_, *layer, *rule, *scaling);
    layer->op = with_activation(*layer->op, activation);
    // Whoever makes the operand makes the result instead.
    const std::int32_t maker = made_by_[static_cast<std::size_t>(scaling->data)];
    graph_.nodes[static_cast<std::size_t>(maker)].outputs[0] = node.outputs[0];
    made_by_[static_cast<std::size_t>(node.outputs[0])] = maker;
    return true;
  }

  Graph& graph_;
  std::vector<std::int32_t> made_by_, uses_;  ///< of the tensors that were there at first; those added since are constants
};

}  // namespace

bool fold_scales(Graph& graph) { return ScaleFolder(graph).run(); }

}  // namespace mote
