#include "passes/classifier_outputs.hpp"

#include <algorithm>
#include <optional>

#include "graph/operator.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

bool is_small_integer(DataType type) { return type == DataType::kInt8 || type == DataType::kUint8 || type == DataType::kInt16; }

bool holds_small_integers(DataType type) {
  return type == DataType::kFloat32 || type == DataType::kInt32 || type == DataType::kInt64;
}

/// Whether every reader of the float tensor takes plain integers there.
bool all_read_integers(const Graph& graph, TensorId id) {
  if (is_graph_output(graph, id) || graph.tensor(id).type != DataType::kFloat32) return false;
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == id && !node.op->reads_plain_integers(static_cast<int>(i))) return false;
    }
  }
  return true;
}

/// The tensor that `node` casts; none when it is no CAST of small integers to a type that holds them.
std::optional<TensorId> cast_integers(const Graph& graph, const Node& node) {
  if (node.op->name() != "cast" || !is_small_integer(graph.tensor(node.inputs[0]).type) ||
      !holds_small_integers(graph.tensor(node.outputs[0]).type))
    return std::nullopt;
  return node.inputs[0];
}

}  // namespace

bool keep_integers(Graph& graph) {
  bool changed = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::optional<TensorId> integers = cast_integers(graph, graph.nodes[i]);
    if (!integers) continue;
    const TensorId wide = graph.nodes[i].outputs[0];
    for (Node& node : graph.nodes) {
      if (node.op->name() != "cast" || node.inputs[0] != wide) continue;
      node.inputs[0] = *integers;
      changed = true;
    }
    if (use_count(graph, wide) == 0 || !all_read_integers(graph, wide)) continue;
    replace_uses(graph, wide, *integers);
    changed = true;
  }
  return changed;
}

bool fuse_label(Graph& graph) {
  bool changed = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& forest = graph.nodes[i];
    if (forest.op->name() != "tree_ensemble" || forest.outputs.size() != 1) continue;
    const TensorId scores = forest.outputs[0];
    const auto reader = std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
      return node.op->name() == "arg_max" && node.inputs[0] == scores &&
             graph.tensor(node.outputs[0]).type == DataType::kInt32 && graph.tensor(node.outputs[0]).shape.size() == 1;
    });
    if (reader == graph.nodes.end()) continue;
    const std::vector<std::int32_t> axis = NodeView(graph, *reader).integers(1, "axis");
    if (axis != std::vector<std::int32_t>{1} && axis != std::vector<std::int32_t>{-1}) continue;
    forest.outputs.push_back(reader->outputs[0]);
    graph.nodes.erase(reader);
    changed = true;
  }
  return changed;
}

}  // namespace mote
