#include "compress/layers.hpp"

#include "compress/tensor_values.hpp"

namespace mote {

namespace {

bool is_float_constant(const Tensor& tensor) { return tensor.is_constant() && is_float(tensor.type); }

TensorId weights_id(const Graph& graph, const Layer& layer) {
  return graph.nodes[layer.node].inputs[static_cast<std::size_t>(layer.rule.input)];
}

}  // namespace

std::optional<Layer> layer_at(const Graph& graph, std::size_t node) {
  const NodeView view(graph, graph.nodes[node]);
  const QuantizationRule rule = view.node().op->quantization(view, DataType::kInt8);
  if (!rule.weights || rule.activations.size() != 1) return std::nullopt;
  const WeightsRule& weights = *rule.weights;
  if (!view.has_input(weights.input) || !is_float_constant(view.input(weights.input))) return std::nullopt;
  if (view.has_input(weights.bias) && !is_float_constant(view.input(weights.bias))) return std::nullopt;
  const Tensor& tensor = view.input(weights.input);
  const auto axis = static_cast<std::size_t>(weights.output_axis);
  MOTE_CHECK(axis == 0 || axis + 1 == tensor.shape.size());
  const auto outputs = static_cast<std::size_t>(tensor.shape[axis]);
  return Layer{node, weights, rule.activations[0], outputs, static_cast<std::size_t>(tensor.elements()) / outputs};
}

std::size_t weight_index(const Layer& layer, std::size_t output, std::size_t tap) {
  return layer.rule.output_axis == 0 ? output * layer.taps + tap : tap * layer.outputs + output;
}

std::vector<float> weights_of(const Graph& graph, const Layer& layer) {
  const auto values = graph.tensor(weights_id(graph, layer)).values<float>();
  return {values.begin(), values.end()};
}

std::vector<float> weight_rows(const Graph& graph, const Layer& layer) {
  const auto values = graph.tensor(weights_id(graph, layer)).values<float>();
  std::vector<float> rows;
  for (std::size_t c = 0; c < layer.outputs; ++c)
    for (std::size_t t = 0; t < layer.taps; ++t) rows.push_back(values[weight_index(layer, c, t)]);
  return rows;
}

std::vector<float> bias_of(const Graph& graph, const Layer& layer) {
  const NodeView view(graph, graph.nodes[layer.node]);
  if (!view.has_input(layer.rule.bias)) return std::vector<float>(layer.outputs, 0.0F);
  const auto values = view.input(layer.rule.bias).values<float>();
  return {values.begin(), values.end()};
}

void set_weights(Graph& graph, const Layer& layer, const std::vector<float>& weights) {
  const Tensor old = graph.tensor(weights_id(graph, layer));
  const TensorId id = graph.add_tensor(float_constant(old.name, old.shape, weights));
  graph.nodes[layer.node].inputs[static_cast<std::size_t>(layer.rule.input)] = id;
}

void set_bias(Graph& graph, const Layer& layer, const std::vector<float>& bias) {
  Node& node = graph.nodes[layer.node];
  const auto at = static_cast<std::size_t>(layer.rule.bias);
  const bool had_one = at < node.inputs.size() && node.inputs[at] != kNoTensor;
  const std::string name = had_one ? graph.tensor(node.inputs[at]).name : graph.tensor(node.outputs[0]).name + "_bias";
  const TensorId id = graph.add_tensor(float_constant(name, {static_cast<std::int32_t>(layer.outputs)}, bias));
  node.inputs.resize(std::max(node.inputs.size(), at + 1), kNoTensor);
  node.inputs[at] = id;
}

}  // namespace mote
