#include "compress/widen_weights.hpp"

#include "compress/tensor_values.hpp"
#include "graph/operator.hpp"

namespace mote {

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

}  // namespace mote
