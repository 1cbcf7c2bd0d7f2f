#include "compress/shared_scales.hpp"

#include <algorithm>

namespace mote {

namespace {

ValueRange range_of_constant(const Tensor& tensor) {
  ValueRange range;
  for (const float value : tensor.values<float>()) range.include(value);
  return range;
}

/// Everything of `inner` within `outer`, up to half a step.
bool holds(const Quantization& outer, DataType type, ValueRange inner) {
  const ValueRange limits = range_of(outer, type);
  const float slack = outer.scale();
  return inner.lowest >= limits.lowest - slack && inner.highest <= limits.highest + slack;
}

}  // namespace

std::size_t SharedScales::slot(TensorId id, DataType type) const {
  return 2 * static_cast<std::size_t>(id) + (type == DataType::kInt16 ? 1 : 0);
}

std::size_t SharedScales::root(std::size_t at) const {
  while (slots_[at].parent != at) at = slots_[at].parent;
  return at;
}

SharedScales::SharedScales(const Graph& graph, const Scheme& scheme)
    : slots_(2 * graph.tensors.size()), of_group_(slots_.size()) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Tensor& tensor = graph.tensors[i / 2];
    slots_[i].parent = i;
    slots_[i].range = tensor.is_constant() && is_float(tensor.type) ? range_of_constant(tensor) : scheme.ranges[i / 2];
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!has_integer_activations(scheme.nodes[n])) continue;
    const DataType type = activation_type(scheme.nodes[n]);
    const NodeView view(graph, graph.nodes[n]);
    const QuantizationRule rule = view.node().op->quantization(view, type);
    if (rule.scales == QuantizationRule::Scales::kFixed) slots_[slot(view.node().outputs[0], type)].fixed = rule.fixed;
    if (rule.scales != QuantizationRule::Scales::kShared) continue;
    std::vector<TensorId> members = view.node().outputs;
    for (const int input : rule.activations) members.push_back(view.node().inputs[static_cast<std::size_t>(input)]);
    const std::size_t first = root(slot(members[0], type));
    for (const TensorId id : members) slots_[root(slot(id, type))].parent = first;
  }
  std::vector<ValueRange> ranges(slots_.size());
  std::vector<std::vector<Quantization>> fixed(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    ranges[root(i)].include(slots_[i].range);
    auto& known = fixed[root(i)];
    if (slots_[i].fixed && std::find(known.begin(), known.end(), *slots_[i].fixed) == known.end())
      known.push_back(*slots_[i].fixed);
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (root(i) != i) continue;
    const DataType type = i % 2 == 1 ? DataType::kInt16 : DataType::kInt8;
    const bool one_fits = fixed[i].size() == 1 && holds(fixed[i][0], type, ranges[i]);
    of_group_[i] = one_fits ? fixed[i][0] : quantization_of(ranges[i], type);
  }
}

Quantization SharedScales::made(TensorId id, DataType type) const {
  const Slot& at = slots_[slot(id, type)];
  return at.fixed ? *at.fixed : shared(id, type);
}

Quantization SharedScales::shared(TensorId id, DataType type) const { return of_group_[root(slot(id, type))]; }

}  // namespace mote
