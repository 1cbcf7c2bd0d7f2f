#include "compress/scheme.hpp"

#include <algorithm>
#include <cmath>

#include "compress/layers.hpp"

namespace mote {

namespace {

template <typename T>
std::shared_ptr<const Bytes> bias_as(const std::vector<float>& bias, const std::vector<float>& scales) {
  constexpr double kLimit = 2147483647.0;
  std::vector<T> result;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    const auto scale = static_cast<double>(scales[scales.size() == 1 ? 0 : c]);
    result.push_back(static_cast<T>(std::clamp(std::round(static_cast<double>(bias[c]) / scale), -kLimit, kLimit)));
  }
  return shared_bytes(result);
}

}  // namespace

std::string_view precision_name(Precision precision) {
  switch (precision) {
    case Precision::kFloat:
      return "float32";
    case Precision::kWeights:
      return "int8 weights";
    case Precision::kInt8:
      return "int8";
    case Precision::kInt16:
      return "int16x8";
  }
  return "";
}

DataType activation_type(Precision precision) {
  switch (precision) {
    case Precision::kFloat:
    case Precision::kWeights:
      return DataType::kFloat32;
    case Precision::kInt8:
      return DataType::kInt8;
    case Precision::kInt16:
      return DataType::kInt16;
  }
  return DataType::kFloat32;
}

bool can_be(const Graph& graph, std::size_t node, Precision precision) {
  if (precision == Precision::kFloat) return true;
  if (precision == Precision::kWeights) return layer_at(graph, node).has_value();
  const NodeView view(graph, graph.nodes[node]);
  const QuantizationRule rule = view.node().op->quantization(view, activation_type(precision));
  if (!rule.possible() || rule.activations.empty()) return false;
  for (const int i : rule.activations) {
    if (!view.has_input(i) || !is_float(view.input(i).type) || view.input(i).is_state) return false;
  }
  for (int i = 0; i < view.output_count(); ++i) {
    if (!is_float(view.output(i).type)) return false;
  }
  return !rule.weights || layer_at(graph, node).has_value();
}

std::vector<float> weight_scales(const Graph& graph, std::size_t node, std::optional<float> input_scale) {
  constexpr double kLargestBias = 1 << 30;
  const Layer layer = layer_at(graph, node).value();
  const std::vector<float> weights = weights_of(graph, layer);
  const std::vector<float> bias = bias_of(graph, layer);
  std::vector<float> scales(layer.rule.per_channel ? layer.outputs : 1, 0.0F);
  for (std::size_t c = 0; c < layer.outputs; ++c) {
    double scale = 0;
    if (input_scale) scale = std::abs(static_cast<double>(bias[c])) / kLargestBias / static_cast<double>(*input_scale);
    for (std::size_t t = 0; t < layer.taps; ++t)
      scale = std::max(scale, std::abs(static_cast<double>(weights[weight_index(layer, c, t)])) / 127.0);
    float& shared = scales[scales.size() == 1 ? 0 : c];
    shared = std::max(shared, static_cast<float>(scale));
  }
  // A channel without weights and bias: any scale will do.
  for (float& scale : scales) {
    if (!(scale > 0.0F)) scale = 1.0F;
  }
  return scales;
}

std::vector<std::int8_t> nearest_weights(const Graph& graph, std::size_t node, const std::vector<float>& scales) {
  const Layer layer = layer_at(graph, node).value();
  const std::vector<float> weights = weights_of(graph, layer);
  std::vector<std::int8_t> result(weights.size());
  for (std::size_t c = 0; c < layer.outputs; ++c) {
    const auto scale = static_cast<double>(scales[scales.size() == 1 ? 0 : c]);
    for (std::size_t t = 0; t < layer.taps; ++t) {
      const std::size_t at = weight_index(layer, c, t);
      result[at] = static_cast<std::int8_t>(std::clamp(std::round(static_cast<double>(weights[at]) / scale), -127.0, 127.0));
    }
  }
  return result;
}

std::shared_ptr<const std::vector<std::uint8_t>> bias_integers(const std::vector<float>& bias, const Tensor& tensor) {
  MOTE_CHECK(tensor.type == DataType::kInt32 || tensor.type == DataType::kInt64);
  const std::vector<float>& scales = tensor.quantization.scales;
  return tensor.type == DataType::kInt32 ? bias_as<std::int32_t>(bias, scales) : bias_as<std::int64_t>(bias, scales);
}

}  // namespace mote
