#include <algorithm>

#include "graph/operator.hpp"
#include "passes/passes.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// The only node that reads `id`, when it is a QUANTIZE.
const Node* quantize_behind(const Graph& graph, TensorId id) {
  if (use_count(graph, id) != 1) return nullptr;
  for (const Node& node : graph.nodes) {
    if (!node.inputs.empty() && node.inputs[0] == id) return node.op->name() == "quantize" ? &node : nullptr;
  }
  return nullptr;
}

const Node* dequantize_before(const Graph& graph, TensorId id) {
  for (const Node& node : graph.nodes) {
    if (node.outputs[0] == id) return node.op->name() == "dequantize" ? &node : nullptr;
  }
  return nullptr;
}

void erase_node(Graph& graph, const Node* node) { graph.nodes.erase(graph.nodes.begin() + (node - graph.nodes.data())); }

}  // namespace

int drop_float_borders(Graph& graph) {
  int dropped = 0;
  for (TensorId& input : graph.inputs) {
    if (!is_float(graph.tensor(input).type)) continue;
    const Node* node = quantize_behind(graph, input);
    if (node == nullptr || is_graph_output(graph, node->outputs[0])) continue;
    input = node->outputs[0];
    erase_node(graph, node);
    ++dropped;
  }
  for (TensorId& output : graph.outputs) {
    if (!is_float(graph.tensor(output).type)) continue;
    const Node* node = dequantize_before(graph, output);
    if (node == nullptr || is_graph_input(graph, node->inputs[0])) continue;
    output = node->inputs[0];  // the node stays if something else reads the float value; `prune` drops it otherwise
    ++dropped;
  }
  prune(graph);
  verify(graph);
  return dropped;
}

}  // namespace mote
