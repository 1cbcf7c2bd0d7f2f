#include "passes/rewrite.hpp"

#include <algorithm>
#include <cstring>

namespace mote {

void replace_uses(Graph& graph, TensorId from, TensorId to) {
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  std::replace(graph.outputs.begin(), graph.outputs.end(), from, to);
}

int use_count(const Graph& graph, TensorId id) {
  auto count = std::count(graph.outputs.begin(), graph.outputs.end(), id);
  for (const Node& node : graph.nodes) count += std::count(node.inputs.begin(), node.inputs.end(), id);
  return static_cast<int>(count);
}

std::vector<std::int32_t> use_counts(const Graph& graph) {
  std::vector<std::int32_t> counts(graph.tensors.size(), 0);
  const auto count = [&](TensorId id) {
    if (id != kNoTensor) ++counts[static_cast<std::size_t>(id)];
  };
  for (const Node& node : graph.nodes) std::for_each(node.inputs.begin(), node.inputs.end(), count);
  std::for_each(graph.outputs.begin(), graph.outputs.end(), count);
  return counts;
}

bool is_graph_input(const Graph& graph, TensorId id) {
  return std::find(graph.inputs.begin(), graph.inputs.end(), id) != graph.inputs.end();
}

bool is_graph_output(const Graph& graph, TensorId id) {
  return std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
}

TensorId add_integers(Graph& graph, const std::vector<std::int32_t>& values) {
  Tensor tensor;
  tensor.name = "integers";
  tensor.type = DataType::kInt32;
  tensor.shape = {static_cast<std::int32_t>(values.size())};
  std::vector<std::uint8_t> bytes(values.size() * sizeof(std::int32_t));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  tensor.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return graph.add_tensor(std::move(tensor));
}

}  // namespace mote
