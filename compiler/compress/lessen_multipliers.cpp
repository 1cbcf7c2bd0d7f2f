#include "compress/lessen_multipliers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compress/tensor_values.hpp"
#include "graph/operator.hpp"

namespace mote {

namespace {

constexpr double kMost = 0.4999999;  // a float scale may be off by half a unit of its last place

/// The channels of a tensor whose integers become larger.
struct Enlarged {
  std::vector<bool> channels;
  int factor = 1;

  /// The integers of a constant with channels along its first or last axis; nothing where one would leave its type.
  template <typename T>
  std::optional<std::vector<T>> integers(const Tensor& tensor) const {
    const auto stored = tensor.values<T>();
    std::vector<T> values(stored.begin(), stored.end());
    const std::size_t count = channels.size();
    const bool innermost = count > 1 && tensor.quantization.axis != 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!channels[innermost ? i % count : i / (values.size() / count)]) continue;
      const std::int64_t value = std::int64_t{values[i]} * factor;
      if (std::abs(value) > std::numeric_limits<T>::max()) return std::nullopt;
      values[i] = static_cast<T>(value);
    }
    return values;
  }

  std::vector<float> scales(std::vector<float> old) const {
    for (std::size_t c = 0; c < old.size(); ++c)
      if (channels[c]) old[c] /= static_cast<float>(factor);
    return old;
  }
};

template <typename T>
TensorId add_enlarged(Graph& graph, Tensor tensor, const Enlarged& by, const std::vector<T>& values) {
  tensor.quantization.scales = by.scales(tensor.quantization.scales);
  tensor.data = shared_bytes(values);
  return graph.add_tensor(std::move(tensor));
}

bool lessen(Graph& graph, Node& node) {
  const NodeView view(graph, node);
  const QuantizationRule rule = node.op->quantization(view, DataType::kInt8);
  if (!rule.weights || rule.activations.empty() || !view.has_input(rule.weights->input)) return false;
  const Tensor& input = view.input(rule.activations[0]);
  const Tensor weights = view.input(rule.weights->input);
  const std::vector<float>& scales = weights.quantization.scales;
  if (input.type != DataType::kInt8 || view.output().type != DataType::kInt8 || !weights.is_constant() ||
      weights.type != DataType::kInt8 || scales.size() < 2)
    return false;
  Enlarged by{std::vector<bool>(scales.size()), 1};
  for (std::size_t c = 0; c < scales.size(); ++c) {
    const double multiplier = static_cast<double>(scales[c]) * input.scale() / view.output().scale();
    by.channels[c] = multiplier > kMost;
    by.factor = std::max(by.factor, static_cast<int>(std::min(127.0, std::ceil(multiplier / kMost))));
  }
  if (by.factor < 2) return false;
  const auto codes = by.integers<std::int8_t>(weights);
  if (!codes) return false;
  if (view.has_input(rule.weights->bias)) {
    const Tensor bias = view.input(rule.weights->bias);
    if (!bias.is_constant() || bias.type != DataType::kInt32 || bias.quantization.scales.size() != scales.size()) return false;
    const auto values = by.integers<std::int32_t>(bias);
    if (!values) return false;
    node.inputs[static_cast<std::size_t>(rule.weights->bias)] = add_enlarged(graph, bias, by, *values);
  }
  node.inputs[static_cast<std::size_t>(rule.weights->input)] = add_enlarged(graph, weights, by, *codes);
  return true;
}

}  // namespace

int lessen_multipliers(Graph& graph) {
  int count = 0;
  for (Node& node : graph.nodes) count += lessen(graph, node) ? 1 : 0;
  if (count > 0) prune(graph);
  return count;
}

}  // namespace mote
