#include "compress/fold_layers.hpp"

#include "graph/fused_activation.hpp"
#include "compress/layers.hpp"
#include "compress/tensor_values.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// The node that makes `id`, when `id` is read once, by one node, and is no output of the graph.
std::optional<std::size_t> only_producer(const Graph& graph, TensorId id) {
  if (use_count(graph, id) != 1 || is_graph_output(graph, id)) return std::nullopt;
  const std::int32_t at = producers(graph)[static_cast<std::size_t>(id)];
  return at < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(at));
}

/// The producer takes over the node's result, and the node goes.
void merge_into(Graph& graph, std::size_t producer, std::size_t node) {
  graph.nodes[producer].outputs[0] = graph.nodes[node].outputs[0];
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(node));
}

/// A constant of one value, or one per channel along the innermost axis, spread to `channels`.
std::optional<std::vector<float>> per_channel(const Tensor& tensor, std::size_t channels) {
  if (!tensor.is_constant() || !is_float(tensor.type)) return std::nullopt;
  const auto values = tensor.values<float>();
  if (values.size() == 1) return std::vector<float>(channels, values[0]);
  const bool along_channels = !tensor.shape.empty() && static_cast<std::size_t>(tensor.shape.back()) == values.size();
  if (!along_channels || values.size() != channels) return std::nullopt;
  return std::vector<float>(values.begin(), values.end());
}

/// result = factor * x + offset, per channel, for the computed operand x of a MUL, ADD or SUB.
struct Scaling {
  TensorId x = kNoTensor;
  std::vector<float> factor, offset;
};

std::optional<Scaling> scaling_of(const Graph& graph, const Node& node) {
  const std::string_view name = node.op->name();
  if (name != "mul" && name != "add" && name != "sub") return std::nullopt;
  const Shape& out = graph.tensor(node.outputs[0]).shape;
  if (out.empty()) return std::nullopt;
  const auto channels = static_cast<std::size_t>(out.back());
  for (std::size_t side = 0; side < 2; ++side) {
    const auto constant = per_channel(graph.tensor(node.inputs[side]), channels);
    const TensorId x = node.inputs[1 - side];
    if (!constant || graph.tensor(x).shape != out) continue;
    if (name == "mul") return Scaling{x, *constant, std::vector<float>(channels, 0.0F)};
    Scaling result{x, std::vector<float>(channels, 1.0F), *constant};
    if (name == "sub" && side == 0) result.factor.assign(channels, -1.0F);
    if (name == "sub" && side == 1) {
      for (float& value : result.offset) value = -value;
    }
    return result;
  }
  return std::nullopt;
}

bool fold_one_scaling(Graph& graph, std::size_t index) {
  const std::optional<Scaling> scaling = scaling_of(graph, graph.nodes[index]);
  if (!scaling) return false;
  const auto producer = only_producer(graph, scaling->x);
  const auto layer = producer ? layer_at(graph, *producer) : std::nullopt;
  if (!layer || layer->outputs != scaling->factor.size()) return false;
  if (fused_activation(*graph.nodes[*producer].op) != Activation::kNone) return false;
  std::vector<float> weights = weights_of(graph, *layer);
  std::vector<float> bias = bias_of(graph, *layer);
  for (std::size_t c = 0; c < layer->outputs; ++c) {
    for (std::size_t t = 0; t < layer->taps; ++t) weights[weight_index(*layer, c, t)] *= scaling->factor[c];
    bias[c] = bias[c] * scaling->factor[c] + scaling->offset[c];
  }
  set_weights(graph, *layer, weights);
  set_bias(graph, *layer, bias);
  const Activation last = fused_activation(*graph.nodes[index].op).value_or(Activation::kNone);
  graph.nodes[*producer].op = with_activation(*graph.nodes[*producer].op, last);
  merge_into(graph, *producer, index);
  return true;
}

int repeat(Graph& graph, bool (*apply)(Graph&, std::size_t)) {
  int count = 0;
  for (std::size_t i = 0; i < graph.nodes.size();) {
    if (apply(graph, i)) {
      ++count;  // the node at `i` is another now
    } else {
      ++i;
    }
  }
  if (count > 0) prune(graph);
  return count;
}

}  // namespace

int widen_weights(Graph& graph) {
  int count = 0;
  for (Node& node : graph.nodes) {
    const NodeView view(graph, node);
    const QuantizationRule rule = node.op->quantization(view, DataType::kInt8);
    if (!rule.weights || rule.activations.empty() || !view.has_input(rule.weights->input) ||
        !is_float(view.input(rule.activations[0]).type))
      continue;
    const Tensor& weights = view.input(rule.weights->input);
    if (!weights.is_constant() || weights.type != DataType::kInt8 || weights.quantization.empty()) continue;
    const auto stored = weights.values<std::int8_t>();
    const std::vector<float>& scales = weights.quantization.scales;
    const bool innermost = scales.size() > 1 && weights.quantization.axis != 0;
    const std::size_t per_channel = stored.size() / scales.size();
    std::vector<float> values(stored.size());
    for (std::size_t i = 0; i < stored.size(); ++i)
      values[i] = scales[innermost ? i % scales.size() : i / per_channel] * static_cast<float>(stored[i]);
    node.inputs[static_cast<std::size_t>(rule.weights->input)] =
        graph.add_tensor(float_constant(weights.name, weights.shape, values));
    ++count;
  }
  if (count > 0) prune(graph);
  return count;
}

int fold_scaling_into_layers(Graph& graph) { return repeat(graph, fold_one_scaling); }

}  // namespace mote
