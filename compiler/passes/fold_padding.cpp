#include "passes/fold_padding.hpp"

#include <optional>

#include "graph/padding_field.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

bool is_convolution(const Node& node) { return node.op->name() == "conv_2d" || node.op->name() == "depthwise_conv_2d"; }

/// The padding that a PAD of rows and columns adds, if it is one that a convolution can take.
std::optional<Padding> spatial_padding(const Graph& graph, const Node& pad) {
  const NodeView view(graph, pad);
  const Tensor& in = view.input(0);
  if (in.shape.size() != 4 || !(in.quantization == view.output().quantization) || is_graph_output(graph, pad.outputs[0]))
    return std::nullopt;
  const auto amounts = view.integers(1, "paddings");
  if (amounts[0] != 0 || amounts[1] != 0 || amounts[6] != 0 || amounts[7] != 0) return std::nullopt;
  return Padding{Padding::Kind::kGiven, amounts[2], amounts[4], amounts[3], amounts[5]};
}

}  // namespace

bool fold_padding(Graph& graph) {
  bool changed = false;
  const auto made_by = producers(graph);
  for (Node& node : graph.nodes) {
    if (!is_convolution(node)) continue;
    const std::int32_t before = made_by[static_cast<std::size_t>(node.inputs[0])];
    if (before < 0) continue;
    const Node& pad = graph.nodes[static_cast<std::size_t>(before)];
    if (pad.op->name() != "pad" || use_count(graph, pad.outputs[0]) != 1) continue;
    const std::optional<Padding> padding = spatial_padding(graph, pad);
    if (!padding || padding_of(*node.op)->kind != Padding::Kind::kValid) continue;
    node.op = with_padding(*node.op, *padding);
    node.inputs[0] = pad.inputs[0];
    changed = true;
  }
  return changed;
}

}  // namespace mote
