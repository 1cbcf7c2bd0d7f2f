#include "passes/stream/time_rule.hpp"

#include <algorithm>
#include <set>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/define.hpp"
#include "ops/joined.hpp"
#include "passes/axis_rules.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

bool is(const Node& node, std::string_view name) { return node.op->name() == name; }

bool is_one_of(const Node& node, const std::set<std::string_view>& names) { return names.contains(node.op->name()); }

bool is_convolution(const Node& node) { return is(node, "conv_2d") || is(node, "depthwise_conv_2d"); }

bool is_reshape(const Node& node) { return is_one_of(node, {"reshape", "squeeze", "expand_dims"}); }

std::int32_t number(const Attributes& attributes, const std::string& name, std::int32_t otherwise) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? otherwise : std::get<std::int32_t>(found->second);
}

TimeRule columns(int out_axis) { return {.use = TimeUse::kColumns, .out_axis = out_axis}; }

bool is_constant(const Graph& graph, const Node& node, std::size_t input) {
  return input < node.inputs.size() && node.inputs[input] != kNoTensor && graph.tensor(node.inputs[input]).is_constant();
}

bool constant_from(const Graph& graph, const Node& node, std::size_t first) {
  for (std::size_t i = first; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNoTensor && !is_constant(graph, node, i)) return false;
  }
  return true;
}

/// Convolutions and pools on images.
TimeRule window_rule(const Graph& graph, const Node& node, int axis) {
  const Tensor& in = graph.tensor(node.inputs[0]);
  if (in.shape.size() != 4 || axis == 3 || !constant_from(graph, node, 1)) return {};
  if (axis == 0) return columns(0);
  const Attributes all = attributes_of(*node.op);
  Window w{.batch = in.shape[0], .in_h = in.shape[1], .in_w = in.shape[2], .in_c = in.shape[3]};
  w.k_h = is_convolution(node) ? graph.tensor(node.inputs[1]).shape[1] : number(all, "k_h", 1);
  w.k_w = is_convolution(node) ? graph.tensor(node.inputs[1]).shape[2] : number(all, "k_w", 1);
  w.stride_h = number(all, "stride_h", 1);
  w.stride_w = number(all, "stride_w", 1);
  w.dilation_h = number(all, "dilation_h", 1);
  w.dilation_w = number(all, "dilation_w", 1);
  w.place(std::get<Padding>(all.at("padding")));
  const auto behind = [](std::int32_t in_extent, std::int32_t out, std::int32_t stride, std::int32_t kernel,
                         std::int32_t dilation, std::int32_t before) {
    return std::max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - before - in_extent);
  };
  TimeRule rule{.use = TimeUse::kWindow, .out_axis = axis};
  if (axis == 1) {
    rule.kernel = w.k_h, rule.stride = w.stride_h, rule.dilation = w.dilation_h, rule.before = w.pad_top;
    rule.side_before = w.pad_left;
    rule.side_after = behind(w.in_w, w.out_w, w.stride_w, w.k_w, w.dilation_w, w.pad_left);
  } else {
    rule.kernel = w.k_w, rule.stride = w.stride_w, rule.dilation = w.dilation_w, rule.before = w.pad_left;
    rule.side_before = w.pad_top;
    rule.side_after = behind(w.in_h, w.out_h, w.stride_h, w.k_h, w.dilation_h, w.pad_top);
  }
  const std::int32_t out = axis == 1 ? w.out_h : w.out_w;
  const bool each_alone =
      rule.kernel == 1 && rule.stride == 1 && rule.before == 0 && out == in.shape[static_cast<std::size_t>(axis)];
  return each_alone ? columns(axis) : rule;
}

/// Where the axis stands in another shape of the same elements, if it still is an axis of its own.
std::optional<int> kept_axis(const Shape& from, int axis, const Shape& to) {
  const std::int64_t before = elements_before(from, axis);
  for (int i = 0; i < static_cast<int>(to.size()); ++i) {
    if (to[static_cast<std::size_t>(i)] == from[static_cast<std::size_t>(axis)] && elements_before(to, i) == before) return i;
  }
  return std::nullopt;
}

TimeRule reduction_rule(const Graph& graph, const Node& node, int axis) {
  if (!is_constant(graph, node, 1)) return {};
  const std::vector<bool> kept = kept_axes(graph, node);
  if (!kept[static_cast<std::size_t>(axis)]) return {};
  const bool same_rank = graph.tensor(node.outputs[0]).shape.size() == kept.size();
  return columns(same_rank ? axis : static_cast<int>(std::count(kept.begin(), kept.begin() + axis, true)));
}

TimeRule fully_connected_rule(const Graph& graph, const Node& node, int axis) {
  const Shape& in = graph.tensor(node.inputs[0]).shape;
  const Shape& out = graph.tensor(node.outputs[0]).shape;
  if (!constant_from(graph, node, 1) || axis + 1 == static_cast<int>(in.size()) ||
      in.back() != graph.tensor(node.inputs[1]).shape.back())
    return {};
  if (out.size() == in.size()) return columns(axis);
  return out.size() == 2 && out[0] == in[static_cast<std::size_t>(axis)] ? columns(0) : TimeRule{};
}

/// Operators that axis_rule() calls flexible, besides those that have a rule above.
TimeRule flexible_rule(const Graph& graph, const Node& node, const std::vector<std::optional<int>>& axes, int axis) {
  const auto rank = static_cast<int>(graph.tensor(node.outputs[0]).shape.size());
  const auto in_rank = static_cast<int>(graph.tensor(node.inputs[0]).shape.size());
  const Attributes all = attributes_of(*node.op);
  const auto resolved = [&](std::int32_t given) { return given < 0 ? given + in_rank : given; };
  if (is(node, "gather")) return axes[0] && resolved(number(all, "axis", 0)) != axis ? columns(axis) : TimeRule{};
  if (is(node, "split") || is(node, "split_v")) {
    const int operand = is(node, "split") ? 0 : 2;
    const std::int32_t at = NodeView(graph, node).integers(operand, "axis").at(0);
    return (at < 0 ? at + rank : at) != axis ? columns(axis) : TimeRule{};
  }
  if (is(node, "pad") || is(node, "padv2")) {
    const auto amounts = NodeView(graph, node).integers(1, "paddings");
    const auto at = static_cast<std::size_t>(2 * axis);
    return amounts[at] == 0 && amounts[at + 1] == 0 ? columns(axis) : TimeRule{};
  }
  if (is(node, "slice") || is(node, "strided_slice")) {
    const bool all_kept = in_rank == rank && graph.tensor(node.inputs[0]).shape[static_cast<std::size_t>(axis)] ==
                                                 graph.tensor(node.outputs[0]).shape[static_cast<std::size_t>(axis)];
    const bool forward =
        is(node, "slice") || NodeView(graph, node).integers(3, "strides").at(static_cast<std::size_t>(axis)) == 1;
    return all_kept && forward ? columns(axis) : TimeRule{};
  }
  if (is(node, "concatenation") && resolved(number(all, "axis", 0)) == axis) return {};
  // Element by element, aligned at the innermost axis: what is not streamed must be the same for every column.
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    const Tensor& in = graph.tensor(node.inputs[i]);
    const int at = axis - (rank - static_cast<int>(in.shape.size()));
    if (axes[i] ? *axes[i] != at : at >= 0 && in.shape[static_cast<std::size_t>(at)] != 1) return {};
  }
  return columns(axis);
}

Padding padding_along(int axis, std::int32_t before, std::int32_t after, std::int32_t side_before, std::int32_t side_after) {
  if (before == 0 && after == 0 && side_before == 0 && side_after == 0) return {};
  return axis == 1 ? Padding{Padding::Kind::kGiven, before, side_before, after, side_after}
                   : Padding{Padding::Kind::kGiven, side_before, before, side_after, after};
}

}  // namespace

TimeRule time_rule(const Graph& graph, const Node& node, const std::vector<std::optional<int>>& axes) {
  std::optional<int> first;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const TensorId id = node.inputs[i];
    if (id == kNoTensor) continue;
    if (!axes[i] && !graph.tensor(id).is_constant()) return {};
    if (axes[i] && !first)
      first = static_cast<int>(graph.tensor(node.outputs[0]).shape.size()) - static_cast<int>(graph.tensor(id).shape.size()) +
              *axes[i];
  }
  if (!first || node.outputs.empty()) return {};
  const int in_axis = axes[0].value_or(0);
  const auto in_rank = static_cast<int>(graph.tensor(node.inputs[0]).shape.size());
  if (is_convolution(node) || is_one_of(node, {"max_pool_2d", "average_pool_2d"})) return window_rule(graph, node, in_axis);
  if (is_reshape(node)) {
    const auto kept = kept_axis(graph.tensor(node.inputs[0]).shape, in_axis, graph.tensor(node.outputs[0]).shape);
    return kept ? columns(*kept) : TimeRule{};
  }
  if (is(node, "fully_connected")) return fully_connected_rule(graph, node, in_axis);
  if (is_one_of(node, {"softmax", "log_softmax", "l2_normalization"}))
    return in_axis + 1 < in_rank ? columns(in_axis) : TimeRule{};
  if (is(node, "transpose")) {
    if (!is_constant(graph, node, 1)) return {};
    const auto order = NodeView(graph, node).integers(1, "permutation");
    return columns(static_cast<int>(std::find(order.begin(), order.end(), in_axis) - order.begin()));
  }
  if (is_one_of(node, {"mean", "sum", "reduce_max", "reduce_min", "reduce_prod"})) return reduction_rule(graph, node, in_axis);
  return axis_rule(graph, node) == AxisRule::kFlexible && *first >= 0 ? flexible_rule(graph, node, axes, *first) : TimeRule{};
}

Node for_any_columns(Graph& graph, const Node& node, const TimeRule& rule, const std::vector<std::optional<int>>& axes) {
  Node result = node;
  if (is_reshape(node)) {
    std::vector<std::int32_t> shape = graph.tensor(node.outputs[0]).shape;
    shape[static_cast<std::size_t>(rule.out_axis)] = -1;
    std::unique_ptr<Operator> reshape = make_operator("reshape");
    set_attributes(*reshape, {{"new_shape", shape}});
    result.op = std::move(reshape);
    result.inputs.resize(1);
  } else if (is(node, "slice")) {
    std::vector<std::int32_t> size = NodeView(graph, node).integers(2, "size");
    size[static_cast<std::size_t>(*axes[0])] = -1;
    result.inputs[2] = add_integers(graph, size);
  } else if (is(node, "strided_slice")) {
    const Attributes all = attributes_of(*node.op);
    const auto bit = static_cast<std::int32_t>(1U << static_cast<unsigned>(*axes[0]));
    result.op = with_attributes(
        *node.op, {{"begin_mask", number(all, "begin_mask", 0) | bit}, {"end_mask", number(all, "end_mask", 0) | bit}});
  }
  return result;
}

std::shared_ptr<const Operator> with_time_padding(const Operator& op, const TimeRule& rule, int axis, std::int32_t before,
                                                  std::int32_t after) {
  return with_attributes(op, {{"padding", padding_along(axis, before, after, rule.side_before, rule.side_after)}});
}

std::shared_ptr<const Operator> on_neighbors(const Operator& op, const TimeRule& rule, int axis, std::int32_t stride) {
  Attributes changes{{"padding", padding_along(axis, 0, 0, rule.side_before, rule.side_after)},
                     {axis == 1 ? "stride_h" : "stride_w", stride}};
  if (attributes_of(op).contains("dilation_h")) changes[axis == 1 ? "dilation_h" : "dilation_w"] = 1;
  return with_attributes(op, changes);
}

}  // namespace mote
