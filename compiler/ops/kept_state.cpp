#include "ops/kept_state.hpp"

#include <cstring>

#include "ops/checks.hpp"

namespace mote {

Tensor kept_state(std::string name, DataType type, Shape shape, bool lasting, std::optional<float> initial) {
  Tensor state;
  state.name = std::move(name);
  state.type = type;
  state.shape = std::move(shape);
  state.is_state = true;
  state.lasting = lasting;
  if (initial) {
    MOTE_CHECK(type == DataType::kFloat32);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(state.bytes()));
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(float)) std::memcpy(&bytes[i], &*initial, sizeof(float));
    state.initial = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  }
  return state;
}

void require_own_state(const NodeView& node, int data_inputs) {
  const std::vector<Tensor> wanted = node.node().op->own_state(node);
  const int count = data_inputs + static_cast<int>(wanted.size());
  require_inputs(node, count, count);
  for (int i = data_inputs; i < count; ++i) {
    const Tensor& given = node.input(i);
    const Tensor& state = wanted[static_cast<std::size_t>(i - data_inputs)];
    if (given.is_state && given.lasting == state.lasting && given.type == state.type && given.shape == state.shape) continue;
    throw Error(fmt::format("tensor '{}' ({} {}) cannot hold the {}: that is a {}state {} {}", given.name, type_name(given.type),
                            to_string(given.shape), state.name, state.lasting ? "lasting " : "", type_name(state.type),
                            to_string(state.shape)));
  }
}

void give_own_state(Graph& graph, Node& node) {
  for (Tensor& state : node.op->own_state(NodeView(graph, node))) {
    state.name = node.name + "/" + state.name;
    node.inputs.push_back(graph.add_tensor(std::move(state)));
  }
}

}  // namespace mote
