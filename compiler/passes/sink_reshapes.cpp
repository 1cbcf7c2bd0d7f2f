#include "passes/sink_reshapes.hpp"

#include <algorithm>

#include "graph/operator.hpp"
#include "passes/axis_rules.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

bool is_reshape(const Node& node) { return node.op->name() == "reshape" && node.outputs.size() == 1; }

/// One input and no constants of their own.
bool works_on_each_value(const Graph& graph, const Node& node) {
  return node.inputs.size() == 1 && node.outputs.size() == 1 && !is_reshape(node) && axis_rule(graph, node) == AxisRule::kFlexible;
}

}  // namespace

bool sink_reshapes(Graph& graph) {
  std::vector<std::int32_t> made_by = producers(graph);
  std::vector<std::int32_t> uses = use_counts(graph);
  bool changed = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    const bool reshape = is_reshape(node);
    if (!reshape && !works_on_each_value(graph, node)) continue;
    const TensorId between = node.inputs[0];
    const std::int32_t maker = made_by[static_cast<std::size_t>(between)];
    if (maker < 0 || !is_reshape(graph.nodes[static_cast<std::size_t>(maker)])) continue;
    Node& before = graph.nodes[static_cast<std::size_t>(maker)];
    const TensorId source = before.inputs[0];
    if (reshape) {
      if (graph.tensor(source).is_state) continue;
      node.inputs[0] = source;
      --uses[static_cast<std::size_t>(between)];
      ++uses[static_cast<std::size_t>(source)];
      changed = true;
      continue;
    }
    if (uses[static_cast<std::size_t>(between)] != 1) continue;
    // The two change places: source -> node -> between' -> reshape -> result.
    Tensor moved = graph.tensor(node.outputs[0]);
    moved.name += "/before_reshape";
    moved.shape = graph.tensor(source).shape;
    moved.file_axes.clear();
    const TensorId made = graph.add_tensor(std::move(moved));
    made_by.push_back(maker);
    uses.push_back(1);
    Node shape = before;
    shape.inputs[0] = made;
    shape.outputs[0] = node.outputs[0];
    Node work = node;
    work.inputs[0] = source;
    work.outputs[0] = made;
    graph.nodes[static_cast<std::size_t>(maker)] = std::move(work);
    graph.nodes[i] = std::move(shape);
    changed = true;
  }
  return changed;
}

}  // namespace mote
