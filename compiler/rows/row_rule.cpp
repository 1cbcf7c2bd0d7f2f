#include "rows/row_rule.hpp"

#include <algorithm>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/quantized_math.hpp"
#include "passes/rewrite.hpp"
#include "passes/stream/time_rule.hpp"

namespace mote {

namespace {

constexpr int kRowAxis = 1;

bool is_image(const Tensor& tensor) { return tensor.shape.size() == 4 && tensor.shape[0] == 1 && !tensor.is_state; }

/// By input: the axis of rows of those that are computed.
std::vector<std::optional<int>> row_axes(const Graph& graph, const Node& node) {
  std::vector<std::optional<int>> axes;
  for (const TensorId id : node.inputs) {
    axes.push_back(id != kNoTensor && !graph.tensor(id).is_constant() ? std::optional(kRowAxis) : std::nullopt);
  }
  return axes;
}

/// The byte whose repetition gives rows that change nothing as part of a window.
std::optional<std::int32_t> outside_byte(const Node& node, const Tensor& in) {
  const std::string_view name = node.op->name();
  const bool is_byte = type_bytes(in.type) == 1;
  if (name == "max_pool_2d") return is_byte ? std::optional(type_range(in.type).first) : std::nullopt;
  if (name != "conv_2d" && name != "depthwise_conv_2d") return std::nullopt;
  if (is_float(in.type)) return 0;
  return is_byte || in.zero_point() == 0 ? std::optional(in.zero_point()) : std::nullopt;
}

/// How often each row of the input comes in the output of a resize that repeats rows and looks at nothing else.
std::optional<std::int32_t> repeats_of(const Graph& graph, const Node& node) {
  if (node.op->name() != "resize_nearest_neighbor" || !graph.tensor(node.inputs[1]).is_constant()) return std::nullopt;
  if (std::get<bool>(attributes_of(*node.op).at("align_corners"))) return std::nullopt;
  const std::int32_t in = graph.tensor(node.inputs[0]).shape[kRowAxis], out = graph.tensor(node.outputs[0]).shape[kRowAxis];
  const std::int32_t repeats = out / in;
  const bool exact = out % in == 0 && (repeats & (repeats - 1)) == 0;  // as a float, too
  return exact ? std::optional(repeats) : std::nullopt;
}

TimeRule rule_of(const Graph& graph, const Node& node) { return time_rule(graph, node, row_axes(graph, node)); }

}  // namespace

std::optional<RowRule> row_rule(const Graph& graph, const Node& node) {
  if (node.outputs.size() != 1 || !is_image(graph.tensor(node.outputs[0]))) return std::nullopt;
  if (!node.op->aliases(NodeView(graph, node)).empty()) return std::nullopt;
  RowRule made;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const TensorId id = node.inputs[i];
    if (id == kNoTensor || graph.tensor(id).is_constant()) continue;
    if (!is_image(graph.tensor(id))) return std::nullopt;
    made.inputs.push_back({.input = static_cast<int>(i)});
  }
  if (const auto repeats = repeats_of(graph, node); repeats && made.inputs.size() == 1) {
    made.inputs[0].repeat = *repeats;
    return made;
  }
  const TimeRule rule = rule_of(graph, node);
  if (made.inputs.empty() || rule.use == TimeUse::kWhole || rule.out_axis != kRowAxis) return std::nullopt;
  if (rule.use == TimeUse::kColumns) return made;
  InputRows& rows = made.inputs[0];
  const Tensor& in = graph.tensor(node.inputs[0]);
  rows.stride = rule.stride;
  rows.before = rule.before;
  rows.kernel = (rule.kernel - 1) * rule.dilation + 1;
  rows.below = std::max(0, (graph.tensor(node.outputs[0]).shape[kRowAxis] - 1) * rows.stride + rows.kernel - rows.before - in.shape[kRowAxis]);
  if (rows.before > 0 || rows.below > 0) {
    const auto outside = outside_byte(node, in);
    if (!outside) return std::nullopt;
    rows.outside = *outside;
  }
  return made;
}

Graph make_band(const Graph& graph, const Node& node, const RowRule& rule, std::int32_t step) {
  Graph band;
  band.name = graph.name;
  const TimeRule times = rule_of(graph, node);
  Graph constants = graph;  // for_any_columns may add some
  Node made = times.use == TimeUse::kColumns ? for_any_columns(constants, node, times, row_axes(graph, node)) : node;
  if (repeats_of(graph, node)) made.inputs[1] = add_integers(constants, {step, graph.tensor(node.outputs[0]).shape[kRowAxis + 1]});
  if (times.use == TimeUse::kWindow) made.op = with_time_padding(*node.op, times, kRowAxis, 0, 0);
  for (TensorId& id : made.inputs) {
    if (id != kNoTensor) id = band.add_tensor(constants.tensor(id));
  }
  for (const InputRows& input : rule.inputs) {
    const TensorId id = made.inputs[static_cast<std::size_t>(input.input)];
    band.tensor(id).shape[kRowAxis] = (step / input.repeat - 1) * input.stride + input.kernel;
    band.inputs.push_back(id);
  }
  Tensor out = graph.tensor(node.outputs[0]);
  out.shape[kRowAxis] = step;
  made.outputs = {band.add_tensor(std::move(out))};
  band.outputs = made.outputs;
  band.nodes.push_back(std::move(made));
  const auto types = band.nodes[0].op->infer(NodeView(band, band.nodes[0]));
  MOTE_CHECK(types.size() == 1 && types[0].shape == band.tensor(band.outputs[0]).shape);
  return band;
}

}  // namespace mote
