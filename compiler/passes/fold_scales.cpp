#include "passes/fold_scales.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// Where a layer keeps its weights, the axis of its output channels there, and its bias.
struct Layer {
  std::size_t weights = 1;
  std::size_t axis = 0;
  std::size_t bias = 2;
};

std::optional<Layer> layer_of(const Graph& graph, const Node& node) {
  const std::string_view op = node.op->name();
  Layer layer;
  if (op == "depthwise_conv_2d") {
    layer.axis = 3;
  } else if (op == "transpose_conv") {
    layer.bias = 3;
  } else if (op != "conv_2d" && op != "fully_connected") {
    return std::nullopt;
  }
  const Tensor& weights = graph.tensor(node.inputs[layer.weights]);
  if (!weights.is_constant() || !is_float(weights.type) || !is_float(graph.tensor(node.outputs[0]).type)) return std::nullopt;
  const bool has_bias = node.inputs.size() > layer.bias && node.inputs[layer.bias] != kNoTensor;
  if (has_bias && !graph.tensor(node.inputs[layer.bias]).is_constant()) return std::nullopt;
  if (std::get<Activation>(attributes_of(*node.op).at("activation")) != Activation::kNone) return std::nullopt;
  return layer;
}

/// The numbers of a constant operand, one per channel; empty when it is of another shape.
std::vector<float> per_channel(const Tensor& constant, std::int32_t channels) {
  if (!constant.is_constant() || !is_float(constant.type)) return {};
  const auto values = constant.values<float>();
  if (values.size() == 1) return std::vector<float>(static_cast<std::size_t>(channels), values[0]);
  const bool last = !constant.shape.empty() && constant.shape.back() == channels && constant.elements() == channels;
  return last ? std::vector<float>(values.begin(), values.end()) : std::vector<float>{};
}

TensorId add_floats(Graph& graph, Tensor like, const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  like.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return graph.add_tensor(std::move(like));
}

void scale_weights(Graph& graph, Node& node, const Layer& layer, const std::vector<float>& factors) {
  const Tensor weights = graph.tensor(node.inputs[layer.weights]);
  const auto inner = static_cast<std::size_t>(strides_of(weights.shape)[layer.axis]);
  const auto given = weights.values<float>();
  std::vector<float> values(given.begin(), given.end());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factors[i / inner % factors.size()];
  node.inputs[layer.weights] = add_floats(graph, weights, values);
}

/// bias[c] = bias[c] * factors[c] + terms[c].
void change_bias(Graph& graph, Node& node, const Layer& layer, const std::vector<float>& factors, const std::vector<float>& terms) {
  if (node.inputs.size() <= layer.bias) node.inputs.resize(layer.bias + 1, kNoTensor);
  Tensor like{node.name + "/bias", DataType::kFloat32, {static_cast<std::int32_t>(terms.size())}, {}, nullptr};
  std::vector<float> values(terms.size(), 0.0F);
  if (node.inputs[layer.bias] != kNoTensor) {
    like = graph.tensor(node.inputs[layer.bias]);
    const auto given = like.values<float>();
    values.assign(given.begin(), given.end());
  }
  for (std::size_t c = 0; c < values.size(); ++c) values[c] = values[c] * factors[c] + terms[c];
  node.inputs[layer.bias] = add_floats(graph, std::move(like), values);
}

struct Found {
  std::size_t layer_node = 0;
  TensorId data = kNoTensor;  ///< the operand that is not constant
  std::vector<float> factors, terms;
};

/// The layer whose channels the node scales or moves.
std::optional<Found> find(const Graph& graph, const Node& node, const std::vector<std::int32_t>& made_by) {
  const std::string_view op = node.op->name();
  if (op != "mul" && op != "add" && op != "sub") return std::nullopt;
  const bool left = !graph.tensor(node.inputs[0]).is_constant();
  if (op == "sub" && !left) return std::nullopt;
  Found found;
  found.data = node.inputs[left ? 0 : 1];
  const Tensor& constant = graph.tensor(node.inputs[left ? 1 : 0]);
  const Tensor& data = graph.tensor(found.data);
  if (data.shape.empty() || graph.tensor(node.outputs[0]).shape != data.shape) return std::nullopt;
  const std::int32_t channels = data.shape.back();
  TensorId id = found.data;
  while (true) {
    const std::int32_t maker = made_by[static_cast<std::size_t>(id)];
    if (maker < 0 || use_count(graph, id) != 1) return std::nullopt;
    found.layer_node = static_cast<std::size_t>(maker);
    const Node& before = graph.nodes[found.layer_node];
    if (before.op->name() != "reshape") break;
    id = before.inputs[0];
    if (graph.tensor(id).shape.empty() || graph.tensor(id).shape.back() != channels) return std::nullopt;
  }
  const std::vector<float> values = per_channel(constant, channels);
  if (values.empty() || !layer_of(graph, graph.nodes[found.layer_node])) return std::nullopt;
  found.factors.assign(values.size(), 1.0F);
  found.terms.assign(values.size(), 0.0F);
  if (op == "mul") {
    found.factors = values;
  } else {
    for (std::size_t c = 0; c < values.size(); ++c) found.terms[c] = op == "add" ? values[c] : -values[c];
  }
  return found;
}

/// Folds one node; returns whether there was any.
bool fold_one(Graph& graph) {
  const auto made_by = producers(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto found = find(graph, graph.nodes[i], made_by);
    if (!found) continue;
    const Activation activation = std::get<Activation>(attributes_of(*graph.nodes[i].op).at("activation"));
    Node& layer = graph.nodes[found->layer_node];
    if (activation != Activation::kNone && layer.outputs[0] != found->data) continue;
    const Layer places = *layer_of(graph, layer);
    const bool scales = graph.nodes[i].op->name() == "mul";
    if (scales) scale_weights(graph, layer, places, found->factors);
    const bool has_bias = layer.inputs.size() > places.bias && layer.inputs[places.bias] != kNoTensor;
    if (!scales || has_bias) change_bias(graph, layer, places, found->factors, found->terms);
    layer.op = with_attributes(*layer.op, {{"activation", activation}});
    // Whoever makes the operand makes the result instead.
    graph.nodes[static_cast<std::size_t>(made_by[static_cast<std::size_t>(found->data)])].outputs[0] = graph.nodes[i].outputs[0];
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  return false;
}

}  // namespace

bool fold_scales(Graph& graph) {
  bool changed = false;
  while (fold_one(graph)) changed = true;
  return changed;
}

}  // namespace mote
