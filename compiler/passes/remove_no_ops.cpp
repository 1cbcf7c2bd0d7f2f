#include "passes/remove_no_ops.hpp"

#include <map>

#include "graph/operator.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

bool is_no_op(const Graph& graph, const Node& node) {
  const std::string_view name = node.op->name();
  const bool view = name == "reshape" || name == "squeeze" || name == "expand_dims";
  if (!view && name != "quantize") return false;
  const Tensor& in = graph.tensor(node.inputs[0]);
  const Tensor& out = graph.tensor(node.outputs[0]);
  return in.type == out.type && in.shape == out.shape && in.quantization == out.quantization && !in.is_constant() && !in.is_state;
}

}  // namespace

bool remove_no_ops(Graph& graph) {
  bool changed = false;
  std::vector<Node> kept;
  std::map<TensorId, TensorId> stands_for;
  const auto settle = [&](std::vector<TensorId>& ids) {
    for (TensorId& id : ids) {
      if (const auto found = stands_for.find(id); found != stands_for.end()) id = found->second;
    }
  };
  for (Node& node : graph.nodes) {
    settle(node.inputs);
    const bool border = is_graph_output(graph, node.outputs.at(0)) && is_graph_input(graph, node.inputs.at(0));
    if (border || !is_no_op(graph, node)) {
      kept.push_back(std::move(node));
      continue;
    }
    stands_for[node.outputs[0]] = node.inputs[0];
    changed = true;
  }
  settle(graph.outputs);
  graph.nodes = std::move(kept);
  return changed;
}

}  // namespace mote
