#include "passes/fuse_activations.hpp"

#include <optional>

#include "graph/fused_activation.hpp"
#include "graph/operator.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

std::optional<Activation> activation_of(const Node& node) {
  if (node.op->name() == "relu") return Activation::kRelu;
  if (node.op->name() == "relu6") return Activation::kRelu6;
  return std::nullopt;
}

/// The node with the activation as a part of it, when its operator can have that.
std::optional<Node> fused(const Graph& graph, const Node& node, Activation activation) {
  if (node.outputs.size() != 1 || fused_activation(*node.op) != Activation::kNone) return std::nullopt;
  Node result = node;
  result.op = with_activation(*node.op, activation);
  try {
    result.op->infer(NodeView(graph, result));
  } catch (const Error&) {
    return std::nullopt;
  }
  return result;
}

}  // namespace

bool fuse_activations(Graph& graph) {
  bool changed = false;
  const auto made_by = producers(graph);
  const auto uses = use_counts(graph);
  for (Node& node : graph.nodes) {
    const auto activation = activation_of(node);
    if (!activation || !is_float(graph.tensor(node.inputs[0]).type)) continue;
    const std::int32_t before = made_by[static_cast<std::size_t>(node.inputs[0])];
    if (before < 0 || uses[static_cast<std::size_t>(node.inputs[0])] != 1) continue;
    Node& producer = graph.nodes[static_cast<std::size_t>(before)];
    const auto merged = fused(graph, producer, *activation);
    if (!merged) continue;
    producer = *merged;
    // The producer takes over the result; the node makes what nobody reads, and is pruned.
    std::swap(producer.outputs[0], node.outputs[0]);
    node.inputs[0] = producer.outputs[0];
    changed = true;
  }
  return changed;
}

}  // namespace mote
