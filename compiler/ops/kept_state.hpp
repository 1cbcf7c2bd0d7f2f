#pragma once

#include "graph/operator.hpp"

namespace mote {

/// A state as `Operator::own_state` lists it. `initial`: what every float32 begins with; nothing: 0.
Tensor kept_state(std::string name, DataType type, Shape shape, bool lasting, std::optional<float> initial = {});

/// Error unless the node's inputs are `data_inputs` and then the states that its operator lists.
void require_own_state(const NodeView& node, int data_inputs);

/// Adds to a graph the states that the node's operator lists, as the node's last inputs; their names begin with the node's.
void give_own_state(Graph& graph, Node& node);

}  // namespace mote
