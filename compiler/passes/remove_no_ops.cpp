#include "passes/remove_no_ops.hpp"

#include <algorithm>

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
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const bool border = is_graph_output(graph, node.outputs.at(0)) && is_graph_input(graph, node.inputs.at(0));
    if (border || !is_no_op(graph, node)) {
      kept.push_back(node);
      continue;
    }
    const TensorId in = node.inputs[0];
    const TensorId out = node.outputs[0];
    for (Node& done : kept) std::replace(done.inputs.begin(), done.inputs.end(), out, in);
    replace_uses(graph, out, in);
    changed = true;
  }
  graph.nodes = std::move(kept);
  return changed;
}

}  // namespace mote
