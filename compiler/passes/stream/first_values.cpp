#include "passes/stream/first_values.hpp"

#include <cstring>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/evaluate.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

bool is_push(const Node& node) { return node.op->name() == "push_window"; }

/// Nodes that what is pushed depends on.
std::vector<bool> needed_nodes(const Graph& graph) {
  std::vector<bool> tensors(graph.tensors.size(), false);
  std::vector<bool> nodes(graph.nodes.size(), false);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    nodes[i] = is_push(node);
    for (const TensorId id : node.outputs) nodes[i] = nodes[i] || tensors[static_cast<std::size_t>(id)];
    if (!nodes[i]) continue;
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor) tensors[static_cast<std::size_t>(id)] = true;
    }
  }
  return nodes;
}

/// A window whose every column is the last of `frames`.
Bytes filled(const Tensor& window, const Tensor& frames, const Bytes& values, int axis) {
  const std::size_t outer = static_cast<std::size_t>(elements_before(window.shape, axis));
  const std::size_t column =
      static_cast<std::size_t>(window.bytes()) / outer / static_cast<std::size_t>(window.shape[static_cast<std::size_t>(axis)]);
  const std::size_t in_frames = static_cast<std::size_t>(frames.bytes()) / outer;
  Bytes result(static_cast<std::size_t>(window.bytes()));
  const std::size_t in_window = result.size() / outer;
  for (std::size_t at = 0; at < result.size(); at += column) {
    const std::size_t block = at / in_window;
    std::memcpy(&result[at], &values[(block + 1) * in_frames - column], column);
  }
  return result;
}

}  // namespace

void set_first_values(Graph& graph) {
  std::vector<Bytes> values(graph.tensors.size());
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (graph.tensors[i].is_constant()) values[i] = *graph.tensors[i].data;
  }
  for (const TensorId id : graph.inputs) values[static_cast<std::size_t>(id)] = initial_state(graph.tensor(id));
  const std::vector<bool> needed = needed_nodes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!needed[i]) continue;
    const Node& node = graph.nodes[i];
    if (is_push(node)) {
      const auto frames = static_cast<std::size_t>(node.inputs[1]);
      Tensor& state = graph.tensor(node.inputs[0]);
      const int axis = std::get<std::int32_t>(attributes_of(*node.op).at("axis"));
      Bytes first = filled(state, graph.tensors[frames], values[frames], axis);
      if (first != initial_state(state)) state.initial = std::make_shared<const Bytes>(first);
      values[static_cast<std::size_t>(node.outputs[0])] = std::move(first);
      continue;
    }
    std::vector<std::uint8_t*> inputs;
    std::vector<std::uint8_t*> outputs;
    for (const TensorId id : node.inputs)
      inputs.push_back(id == kNoTensor ? nullptr : values[static_cast<std::size_t>(id)].data());
    for (const TensorId id : node.outputs) {
      values[static_cast<std::size_t>(id)].resize(static_cast<std::size_t>(graph.tensor(id).bytes()));
      outputs.push_back(values[static_cast<std::size_t>(id)].data());
    }
    node.op->evaluate(Evaluation(NodeView(graph, node), std::move(inputs), std::move(outputs)));
  }
}

}  // namespace mote
