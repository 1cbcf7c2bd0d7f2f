#include "passes/fold_padding.hpp"

#include <optional>

#include "graph/operator.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// Finds and, if asked, sets the attribute "padding" of an operator.
class PaddingField : public AttributeVisitor {
 public:
  explicit PaddingField(const Padding* replacement = nullptr) : replacement_(replacement) {}
  void visit(std::string_view, bool&) override {}
  void visit(std::string_view, std::int32_t&) override {}
  void visit(std::string_view, float&) override {}
  void visit(std::string_view, std::vector<std::int32_t>&) override {}
  void visit(std::string_view, Activation&) override {}
  void visit(std::string_view, Padding& value) override {
    found = value;
    if (replacement_ != nullptr) value = *replacement_;
  }
  Padding found;

 private:
  const Padding* replacement_;
};

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
    PaddingField own;
    node.op->clone()->visit_attributes(own);
    if (!padding || own.found.kind != Padding::Kind::kValid) continue;
    std::unique_ptr<Operator> padded = node.op->clone();
    PaddingField replace(&*padding);
    padded->visit_attributes(replace);
    node.op = std::move(padded);
    node.inputs[0] = pad.inputs[0];
    changed = true;
  }
  return changed;
}

}  // namespace mote
