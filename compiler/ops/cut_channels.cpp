#include "ops/cut_channels.hpp"

#include <algorithm>
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

/// The bias with what dropped inputs always add; none when there is none and nothing is added.
std::optional<Tensor> with_moved_bias(const NodeView& node, const WeightBlock& block, const std::vector<bool>& keep_inputs,
                                      const std::vector<std::optional<std::int32_t>>& dropped_values) {
  const bool has_bias = node.has_input(kBias);
  if (std::none_of(dropped_values.begin(), dropped_values.end(), [](const auto& value) { return value.has_value(); }))
    return has_bias ? std::optional(node.input(kBias)) : std::nullopt;
  const auto weights = node.input(kWeights).values<std::int8_t>();
  const std::int32_t zero = node.input(kActivations).zero_point();
  std::vector<std::int32_t> bias(block.outputs, 0);
  if (has_bias) std::ranges::copy(node.input(kBias).values<std::int32_t>(), bias.begin());
  for (std::size_t o = 0; o < block.outputs; ++o)
    for (std::size_t t = 0; t < block.taps; ++t)
      for (std::size_t i = 0; i < block.inputs; ++i) {
        if (keep_inputs[i] || !dropped_values[i]) continue;
        bias[o] = wrap_add(bias[o], wrap_multiply(weights[(o * block.taps + t) * block.inputs + i], *dropped_values[i] - zero));
      }
  if (!has_bias && std::all_of(bias.begin(), bias.end(), [](std::int32_t value) { return value == 0; })) return std::nullopt;
  Tensor moved = has_bias ? node.input(kBias) : int32_tensor(node.node().name + "/bias");
  moved.shape = {static_cast<std::int32_t>(block.outputs)};
  set_values(moved, bias);
  return moved;
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
  const auto bias = with_moved_bias(view, block, keep_inputs, dropped_values);
  const std::size_t size = type_bytes(view.input(kWeights).type);
  auto kept = std::make_shared<std::vector<std::uint8_t>>();
  for (std::size_t o = 0; o < block.outputs; ++o) {
    if (!keep_outputs[o]) continue;
    for (std::size_t t = 0; t < block.taps; ++t)
      for (std::size_t i = 0; i < block.inputs; ++i) {
        if (!keep_inputs[i]) continue;
        const std::uint8_t* weight = view.input(kWeights).data->data() + ((o * block.taps + t) * block.inputs + i) * size;
        kept->insert(kept->end(), weight, weight + size);
      }
  }
  Tensor cut = view.input(kWeights);
  cut.shape = std::move(shape);
  cut.data = std::move(kept);
  keep_scales(cut.quantization, keep_outputs);
  node.inputs[kWeights] = graph.add_tensor(std::move(cut));
  if (!bias) return;
  node.inputs.resize(3, kNoTensor);
  node.inputs[kBias] = keep_positions(graph, graph.add_tensor(*bias), keep_outputs);
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

void keep_operand_channels(Graph& graph, Node& node, const std::vector<bool>& keep) {
  for (TensorId& id : node.inputs) {
    if (id == kNoTensor || !graph.tensor(id).is_constant()) continue;
    const Shape& shape = graph.tensor(id).shape;
    if (!shape.empty() && static_cast<std::size_t>(shape.back()) == keep.size()) id = keep_positions(graph, id, keep);
  }
}

}  // namespace mote
