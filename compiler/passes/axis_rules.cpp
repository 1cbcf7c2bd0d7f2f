#include "passes/axis_rules.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"

namespace mote {

namespace {

/// Element by element, with broadcasting; every input is an operand.
const std::set<std::string_view>& elementwise() {
  static const std::set<std::string_view> names{
      "abs",       "add",           "cast",        "ceil",    "cos",       "dequantize",   "div",        "elu",     "equal",       "erf",
      "exp",       "floor",         "floor_div",   "floor_mod", "gelu",    "greater",      "greater_equal", "hard_sigmoid", "hard_swish", "leaky_relu",
      "less",      "less_equal",    "log",         "logical_and", "logical_not", "logical_or", "logistic", "maximum",    "minimum",
      "mish",      "mul",           "neg",         "not_equal", "pow",     "prelu",        "quantize",   "relu",    "relu6",       "relu_0_to_1",
      "relu_n1_to_1", "round",      "rsqrt",       "select_v2", "selu",    "sign",         "sin",        "softplus", "softsign",   "sqrt",
      "square",    "squared_difference", "sub",    "tanh"};
  return names;
}

const std::set<std::string_view>& reductions() {
  static const std::set<std::string_view> names{"mean", "sum", "reduce_max", "reduce_min", "reduce_prod"};
  return names;
}

/// Operators with a list of numbers per axis as constants: which inputs, and how many numbers an axis has.
struct PerAxis {
  std::string_view op;
  std::vector<int> inputs;
  int numbers = 1;
};
const PerAxis* per_axis(std::string_view op) {
  static const std::vector<PerAxis> rows{{"pad", {1}, 2}, {"padv2", {1}, 2}, {"slice", {1, 2}, 1}, {"strided_slice", {1, 2, 3}, 1}};
  for (const PerAxis& row : rows) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

template <typename T>
T attribute(const Node& node, const std::string& name, T otherwise) {
  const Attributes all = attributes_of(*node.op);
  const auto found = all.find(name);
  return found == all.end() ? otherwise : std::get<T>(found->second);
}

std::vector<std::int32_t> integers(const Graph& graph, const Node& node, int input) { return NodeView(graph, node).integers(input, "list"); }

TensorId add_integers(Graph& graph, TensorId like, const std::vector<std::int32_t>& values) {
  Tensor tensor = graph.tensor(like);
  tensor.type = DataType::kInt32;
  std::vector<std::uint8_t> bytes(values.size() * sizeof(std::int32_t));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  tensor.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return graph.add_tensor(std::move(tensor));
}

std::int32_t moved_axis(std::int32_t axis, const AxisOrder& order) {
  const auto rank = static_cast<std::int32_t>(order.size());
  return inverse(order)[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)];
}

bool has_constant(const Graph& graph, const Node& node, int input) {
  return static_cast<std::size_t>(input) < node.inputs.size() && node.inputs[static_cast<std::size_t>(input)] != kNoTensor &&
         graph.tensor(node.inputs[static_cast<std::size_t>(input)]).is_constant();
}

bool plain_strided_slice(const Graph& graph, const Node& node) {
  for (const char* mask : {"ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    if (attribute<std::int32_t>(node, mask, 0) != 0) return false;
  }
  return graph.tensor(node.inputs[1]).elements() == static_cast<std::int64_t>(graph.tensor(node.inputs[0]).shape.size());
}

}  // namespace

AxisOrder identity_order(std::size_t rank) {
  AxisOrder order(rank);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

bool is_identity(const AxisOrder& order) { return std::is_sorted(order.begin(), order.end()); }

AxisOrder inverse(const AxisOrder& order) {
  AxisOrder result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i);
  return result;
}

Shape permuted(const Shape& shape, const AxisOrder& order) {
  Shape result;
  for (const std::int32_t axis : order) result.push_back(shape[static_cast<std::size_t>(axis)]);
  return result;
}

bool keeps_bytes(const Shape& shape, const AxisOrder& order) {
  std::int32_t last = -1;
  for (const std::int32_t axis : order) {
    if (shape[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

AxisRule axis_rule(const Graph& graph, const Node& node) {
  const std::string_view op = node.op->name();
  if (elementwise().contains(op)) {
    const Tensor& in = graph.tensor(node.inputs[0]);
    // Scales per channel name their axis; only constants have them here.
    return node.outputs.size() == 1 && (in.is_constant() || !in.quantization.per_channel()) ? AxisRule::kFlexible : AxisRule::kFixed;
  }
  if (op == "transpose") return has_constant(graph, node, 1) && !graph.tensor(node.inputs[0]).is_constant() ? AxisRule::kTranspose : AxisRule::kFixed;
  if (op == "reshape" || op == "squeeze" || op == "expand_dims") return AxisRule::kReshape;
  if (op == "concatenation") return AxisRule::kFlexible;
  if (op == "split") return has_constant(graph, node, 0) ? AxisRule::kFlexible : AxisRule::kFixed;
  if (op == "split_v") return has_constant(graph, node, 2) ? AxisRule::kFlexible : AxisRule::kFixed;
  if (const PerAxis* lists = per_axis(op)) {
    const bool constant = std::all_of(lists->inputs.begin(), lists->inputs.end(), [&](int i) { return has_constant(graph, node, i); });
    return constant && (op != "strided_slice" || plain_strided_slice(graph, node)) ? AxisRule::kFlexible : AxisRule::kFixed;
  }
  if (op == "gather") {
    const bool list = graph.tensor(node.inputs[1]).shape.size() == 1 && attribute<std::int32_t>(node, "batch_dims", 0) == 0;
    return list && !graph.tensor(node.inputs[0]).is_constant() ? AxisRule::kFlexible : AxisRule::kFixed;
  }
  if (reductions().contains(op)) {
    if (!has_constant(graph, node, 1)) return AxisRule::kFixed;
    return attribute<bool>(node, "keep_dims", false) ? AxisRule::kFlexible : AxisRule::kReduce;
  }
  return AxisRule::kFixed;
}

std::vector<bool> kept_axes(const Graph& graph, const Node& node) {
  const auto rank = static_cast<std::int32_t>(graph.tensor(node.inputs[0]).shape.size());
  std::vector<bool> kept(static_cast<std::size_t>(rank), true);
  for (const std::int32_t axis : integers(graph, node, 1)) kept[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)] = false;
  return kept;
}

TensorId permuted_constant(Graph& graph, TensorId id, const AxisOrder& order) {
  Tensor tensor = graph.tensor(id);
  if (tensor.elements() == 1 && tensor.shape.empty()) return id;
  const std::size_t missing = order.size() - tensor.shape.size();
  tensor.shape.insert(tensor.shape.begin(), missing, 1);
  const auto strides = strides_of(tensor.shape);
  const Shape shape = permuted(tensor.shape, order);
  const std::size_t size = type_bytes(tensor.type);
  std::vector<std::uint8_t> bytes(tensor.data->size());
  std::vector<std::int32_t> index(shape.size(), 0);
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    std::int64_t from = 0;
    for (std::size_t i = 0; i < shape.size(); ++i) from += index[i] * strides[static_cast<std::size_t>(order[i])];
    std::memcpy(&bytes[at], tensor.data->data() + static_cast<std::size_t>(from) * size, size);
    for (std::size_t i = shape.size(); i-- > 0 && ++index[i] == shape[i];) index[i] = 0;
  }
  if (tensor.quantization.per_channel())
    tensor.quantization.axis = moved_axis(tensor.quantization.axis + static_cast<std::int32_t>(missing), order);
  tensor.shape = shape;
  tensor.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return graph.add_tensor(std::move(tensor));
}

Node in_order(Graph& graph, const Node& node, const AxisOrder& order) {
  Node result = node;
  const std::string_view op = node.op->name();
  const auto set_axis = [&] {
    result.op = with_attributes(*node.op, {{"axis", moved_axis(attribute<std::int32_t>(node, "axis", 0), order)}});
  };
  const auto move_axes_input = [&](std::size_t input) {
    std::vector<std::int32_t> axes = integers(graph, node, static_cast<int>(input));
    for (std::int32_t& axis : axes) axis = moved_axis(axis, order);
    std::sort(axes.begin(), axes.end());
    result.inputs[input] = add_integers(graph, node.inputs[input], axes);
  };
  const auto move_constants = [&] {
    for (TensorId& id : result.inputs) {
      if (id != kNoTensor && graph.tensor(id).is_constant()) id = permuted_constant(graph, id, order);
    }
  };
  if (elementwise().contains(op)) {
    move_constants();
  } else if (op == "concatenation") {
    move_constants();
    set_axis();
  } else if (op == "gather") {
    set_axis();
  } else if (op == "split") {
    move_axes_input(0);
  } else if (op == "split_v") {
    move_axes_input(2);
  } else if (reductions().contains(op)) {
    move_axes_input(1);
  } else if (const PerAxis* lists = per_axis(op)) {
    for (const int input : lists->inputs) {
      const auto values = integers(graph, node, input);
      std::vector<std::int32_t> moved;
      for (const std::int32_t axis : order)
        for (int k = 0; k < lists->numbers; ++k) moved.push_back(values[static_cast<std::size_t>(axis * lists->numbers + k)]);
      result.inputs[static_cast<std::size_t>(input)] = add_integers(graph, node.inputs[static_cast<std::size_t>(input)], moved);
    }
    if (op == "strided_slice") {
      Attributes masks;
      for (const char* name : {"begin_mask", "end_mask"}) {
        const std::int32_t mask = attribute<std::int32_t>(node, name, 0);
        std::int32_t moved = 0;
        for (std::size_t i = 0; i < order.size(); ++i) moved |= ((mask >> order[i]) & 1) << i;
        masks[name] = moved;
      }
      result.op = with_attributes(*node.op, masks);
    }
  } else {
    throw InternalError(fmt::format("{} has no rule for its axes", op), __FILE__, __LINE__);
  }
  return result;
}

}  // namespace mote
