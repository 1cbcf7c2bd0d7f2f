#include "export/spell_out_padding.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <optional>

#include "graph/padding_field.hpp"
#include "ops/define.hpp"
#include "ops/window.hpp"

namespace mote {

namespace {

/// The integer attributes of an operator by name.
class Integers : public AttributeVisitor {
 public:
  void visit(std::string_view, bool&) override {}
  void visit(std::string_view name, std::int32_t& value) override { values_[std::string(name)] = value; }
  void visit(std::string_view, float&) override {}
  void visit(std::string_view, std::vector<std::int32_t>&) override {}
  void visit(std::string_view, Activation&) override {}
  void visit(std::string_view, Padding&) override {}
  std::int32_t get(const std::string& name, std::int32_t otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }

 private:
  std::map<std::string, std::int32_t> values_;
};

bool is_transposed(const Node& node) { return node.op->name() == "transpose_conv"; }

/// What the window walks over, of which size it is, and how it moves; not yet placed.
Window window_of(const NodeView& view) {
  Integers integers;
  view.node().op->clone()->visit_attributes(integers);
  const Shape& walked = is_transposed(view.node()) ? view.output().shape : view.input(0).shape;
  Window w;
  w.in_h = walked[1];
  w.in_w = walked[2];
  const bool weighted = view.has_input(1) && view.input(1).shape.size() == 4;
  w.k_h = weighted ? view.input(1).shape[1] : integers.get("k_h", 1);
  w.k_w = weighted ? view.input(1).shape[2] : integers.get("k_w", 1);
  w.stride_h = integers.get("stride_h", 1);
  w.stride_w = integers.get("stride_w", 1);
  w.dilation_h = integers.get("dilation_h", 1);
  w.dilation_w = integers.get("dilation_w", 1);
  return w;
}

/// `same` or `valid`, if it puts every window where `given` does.
std::optional<Padding> equivalent(Window w, const Padding& given) {
  const auto placed = [&](const Padding& padding) {
    w.place(padding);
    return std::array{w.out_h, w.out_w, w.pad_top, w.pad_left};
  };
  for (const Padding padding : {Padding{Padding::Kind::kValid}, Padding{Padding::Kind::kSame}}) {
    try {
      if (placed(padding) == placed(given)) return padding;
    } catch (const Error&) {  // the window does not fit without padding
    }
  }
  return std::nullopt;
}

class SpellOut {
 public:
  explicit SpellOut(Graph& graph) : graph_(graph) {}

  std::vector<std::string> run() {
    for (Node& node : graph_.nodes) {
      const std::optional<Padding> padding = padding_of(*node.op);
      if (padding && padding->kind == Padding::Kind::kGiven)
        replace(std::move(node), *padding);
      else
        nodes_.push_back(std::move(node));
    }
    graph_.nodes = std::move(nodes_);
    return std::move(problems_);
  }

 private:
  void replace(Node node, const Padding& given) {
    const std::string_view name = node.op->name();
    const NodeView view(graph_, node);
    const bool convolution = name == "conv_2d" || name == "depthwise_conv_2d";
    const bool known = convolution || is_transposed(node) || name == "max_pool_2d" || name == "average_pool_2d";
    if (const auto same = known ? equivalent(window_of(view), given) : std::nullopt) {
      node.op = with_padding(*node.op, *same);
      nodes_.push_back(std::move(node));
    } else if (convolution) {
      pad_in_front(std::move(node), given, "pad");
    } else if (name == "max_pool_2d") {
      pad_in_front(std::move(node), given, "padv2");
    } else if (is_transposed(node)) {
      slice_behind(std::move(node), given);
    } else {
      problems_.push_back(fmt::format("{} ('{}'): padding of {}, {}, {} and {} (top, left, bottom, right) that takes no part in the result",
                                      name, node.name, given.top, given.left, given.bottom, given.right));
      nodes_.push_back(std::move(node));
    }
  }

  void pad_in_front(Node node, const Padding& given, const char* op) {
    const std::string name = graph_.tensor(node.outputs[0]).name;
    Tensor padded = graph_.tensor(node.inputs[0]);
    padded.name = name + "/padded";
    padded.file_axes.clear();
    const Tensor border = lowest(padded, name + "/lowest");
    padded.shape[1] += given.top + given.bottom;
    padded.shape[2] += given.left + given.right;
    Node pad{node.name + "/pad", make_operator(op), {node.inputs[0]}, {}};
    pad.inputs.push_back(integers(name + "/paddings", {4, 2}, {0, 0, given.top, given.bottom, given.left, given.right, 0, 0}));
    if (pad.op->name() == "padv2") pad.inputs.push_back(graph_.add_tensor(border));
    pad.outputs = {graph_.add_tensor(std::move(padded))};
    node.inputs[0] = pad.outputs[0];
    node.op = with_padding(*node.op, {Padding::Kind::kValid});
    nodes_.push_back(std::move(pad));
    nodes_.push_back(std::move(node));
  }

  void slice_behind(Node node, const Padding& given) {
    constexpr int kInput = 2;
    const NodeView view(graph_, node);
    const Window w = window_of(view);
    const Shape in = view.input(kInput).shape;
    const Shape out = view.output().shape;
    const std::string name = view.output().name;
    Tensor whole = view.output();
    whole.name = name + "/whole";
    whole.file_axes.clear();
    whole.shape[1] = std::max(given.top + out[1], (in[1] - 1) * w.stride_h + w.k_h);
    whole.shape[2] = std::max(given.left + out[2], (in[2] - 1) * w.stride_w + w.k_w);
    node.inputs[0] = integers(name + "/whole_shape", {4}, whole.shape);
    Node slice{node.name + "/slice", make_operator("slice"), {graph_.add_tensor(std::move(whole))}, node.outputs};
    slice.inputs.push_back(integers(name + "/begin", {4}, {0, given.top, given.left, 0}));
    slice.inputs.push_back(integers(name + "/size", {4}, out));
    node.outputs = {slice.inputs[0]};
    node.op = with_padding(*node.op, {Padding::Kind::kValid});
    nodes_.push_back(std::move(node));
    nodes_.push_back(std::move(slice));
  }

  TensorId integers(std::string name, Shape shape, const std::vector<std::int32_t>& values) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(std::int32_t));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return graph_.add_tensor({.name = std::move(name),
                              .type = DataType::kInt32,
                              .shape = std::move(shape),
                              .quantization = {},
                              .data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))});
  }

  /// One element of the tensor's type and quantization that is never above another.
  static Tensor lowest(const Tensor& like, std::string name) {
    std::vector<std::uint8_t> bytes(type_bytes(like.type));
    const auto put = [&](auto value) { std::memcpy(bytes.data(), &value, sizeof value); };
    if (like.type == DataType::kFloat32) put(std::numeric_limits<float>::lowest());
    if (like.type == DataType::kInt8) put(std::numeric_limits<std::int8_t>::min());
    if (like.type == DataType::kInt16) put(std::numeric_limits<std::int16_t>::min());
    return {.name = std::move(name),
            .type = like.type,
            .shape = {},
            .quantization = like.quantization,
            .data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))};
  }

  Graph& graph_;
  std::vector<Node> nodes_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> spell_out_padding(Graph& graph) { return SpellOut(graph).run(); }

}  // namespace mote
