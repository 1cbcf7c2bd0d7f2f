#include <cstring>

#include "ops/weighted.hpp"

namespace mote {

namespace {

constexpr int kActivations = 0;
constexpr int kWeights = 1;
constexpr int kBias = 2;

std::size_t count(const std::vector<bool>& keep) { return static_cast<std::size_t>(std::count(keep.begin(), keep.end(), true)); }

template <typename T>
void set_values(Tensor& tensor, const std::vector<T>& values) {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(values.size() * sizeof(T));
  std::memcpy(bytes->data(), values.data(), bytes->size());
  tensor.data = std::move(bytes);
}

Tensor int32_tensor(std::string name) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = DataType::kInt32;
  return tensor;
}

void keep_scales(Quantization& quantization, const std::vector<bool>& keep) {
  if (!quantization.per_channel() || quantization.scales.size() != keep.size()) return;
  Quantization kept;
  kept.axis = quantization.axis;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (!keep[i]) continue;
    kept.scales.push_back(quantization.scales[i]);
    kept.zero_points.push_back(quantization.zero_points[i]);
  }
  quantization = std::move(kept);
}

}  // namespace

Ranges mixed_ranges(const NodeView& node, const WeightBlock& block, const Ranges& in, bool padded, const Finish& finish) {
  const auto weights = node.input(kWeights).values<std::int8_t>();
  const std::int64_t zero = node.input(kActivations).zero_point();
  Ranges result;
  for (std::size_t o = 0; o < block.outputs; ++o) {
    std::int64_t lowest = node.has_input(kBias) ? node.input(kBias).values<std::int32_t>()[o] : 0;
    std::int64_t highest = lowest;
    for (std::size_t t = 0; t < block.taps; ++t) {
      std::int64_t tap_lowest = 0;
      std::int64_t tap_highest = 0;
      for (std::size_t i = 0; i < block.inputs; ++i) {
        const std::int64_t weight = weights[(o * block.taps + t) * block.inputs + i];
        const std::int64_t a = weight * (in[i].lowest - zero);
        const std::int64_t b = weight * (in[i].highest - zero);
        tap_lowest += std::min(a, b);
        tap_highest += std::max(a, b);
      }
      lowest += padded ? std::min<std::int64_t>(tap_lowest, 0) : tap_lowest;
      highest += padded ? std::max<std::int64_t>(tap_highest, 0) : tap_highest;
    }
    result.push_back(finish.interval(lowest, highest, o));
  }
  return result;
}

bool weights_are_zero(const NodeView& node, const WeightBlock& block, std::size_t c) {
  const auto weights = node.input(kWeights).values<std::int8_t>();
  for (std::size_t row = 0; row < block.outputs * block.taps; ++row) {
    if (weights[row * block.inputs + c] != 0) return false;
  }
  return true;
}

void cut_weights(Graph& graph, Node& node, const WeightBlock& block, const std::vector<bool>& keep_inputs,
                 const std::vector<std::optional<std::int32_t>>& dropped_values, const std::vector<bool>& keep_outputs,
                 Shape shape) {
  const NodeView view(graph, node);
  const auto weights = view.input(kWeights).values<std::int8_t>();
  const std::int32_t zero = view.input(kActivations).zero_point();
  const bool has_bias = view.has_input(kBias);
  std::vector<std::int8_t> kept;
  std::vector<std::int32_t> bias;
  bool bias_needed = has_bias;
  for (std::size_t o = 0; o < block.outputs; ++o) {
    if (!keep_outputs[o]) continue;
    std::int32_t moved = has_bias ? view.input(kBias).values<std::int32_t>()[o] : 0;
    for (std::size_t t = 0; t < block.taps; ++t) {
      for (std::size_t i = 0; i < block.inputs; ++i) {
        const std::int8_t weight = weights[(o * block.taps + t) * block.inputs + i];
        if (keep_inputs[i]) {
          kept.push_back(weight);
        } else if (dropped_values[i]) {
          moved = wrap_add(moved, wrap_multiply(weight, *dropped_values[i] - zero));
        }
      }
    }
    bias_needed = bias_needed || moved != 0;
    bias.push_back(moved);
  }
  Tensor cut = view.input(kWeights);
  cut.shape = std::move(shape);
  keep_scales(cut.quantization, keep_outputs);
  set_values(cut, kept);
  std::optional<Tensor> new_bias;
  if (bias_needed) {
    new_bias = has_bias ? view.input(kBias) : int32_tensor(node.name + "/bias");
    new_bias->shape = {static_cast<std::int32_t>(count(keep_outputs))};
    keep_scales(new_bias->quantization, keep_outputs);
    set_values(*new_bias, bias);
  }
  node.inputs[kWeights] = graph.add_tensor(std::move(cut));
  if (!new_bias) return;
  node.inputs.resize(3, kNoTensor);
  node.inputs[kBias] = graph.add_tensor(std::move(*new_bias));
}

TensorId keep_positions(Graph& graph, TensorId id, const std::vector<bool>& keep) {
  Tensor cut = graph.tensor(id);
  const std::size_t size = type_bytes(cut.type);
  auto bytes = std::make_shared<std::vector<std::uint8_t>>();
  for (std::size_t i = 0; i < static_cast<std::size_t>(cut.elements()); ++i) {
    if (!keep[i % keep.size()]) continue;
    bytes->insert(bytes->end(), cut.data->begin() + static_cast<std::ptrdiff_t>(i * size),
                  cut.data->begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
  }
  cut.data = std::move(bytes);
  cut.shape.back() = static_cast<std::int32_t>(count(keep));
  keep_scales(cut.quantization, keep);
  return graph.add_tensor(std::move(cut));
}

}  // namespace mote
