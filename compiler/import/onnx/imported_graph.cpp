#include "import/onnx/imported_graph.hpp"

#include <algorithm>
#include <numeric>

#include "graph/operator.hpp"
#include "ops/define.hpp"
#include "ops/settle.hpp"

namespace mote {

namespace {

/// A one-node graph over a constant: what the node makes of it.
Tensor applied(const Tensor& constant, std::string_view op, DataType type) {
  Graph graph;
  graph.add_tensor(constant);
  graph.add_tensor({constant.name, type, {-1}, {}, nullptr});
  const Node node{std::string(op), make_operator(op), {0}, {1}};
  settle_node(graph, node);
  MOTE_CHECK(fold_node(graph, node));
  return graph.tensor(1);
}

/// The axis of `to` that holds what axis `axis` of `from` holds; -1 when there is none.
std::int32_t kept_axis(const Shape& from, const Shape& to, std::int32_t axis) {
  const auto before = [](const Shape& shape, std::size_t i) { return element_count({shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(i)}); };
  const auto at = static_cast<std::size_t>(axis);
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] == from[at] && before(to, i) == before(from, at)) return static_cast<std::int32_t>(i);
  }
  return -1;
}

/// Integers with a scale may be moved, compared and chosen from; the file's integer arithmetic on them is not what operators here do.
void refuse_arithmetic(const NodeView& node) {
  const std::string_view op = node.node().op->name();
  if (op == "quantize" || op == "dequantize") return;
  const QuantizationRule rule = node.node().op->quantization(node, DataType::kInt8);
  if (rule.scales != QuantizationRule::Scales::kMeasured && rule.scales != QuantizationRule::Scales::kFixed) return;
  for (const int i : rule.activations) {
    if (!node.has_input(i) || node.input(i).quantization.empty()) continue;
    throw Error(fmt::format("it computes with the integers of the quantized value '{}'", node.input(i).name), "export it behind a DequantizeLinear");
  }
}

}  // namespace

std::vector<std::int32_t> channel_order(int rank, bool to_last) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  if (rank > 2) std::rotate(order.begin() + 1, to_last ? order.begin() + 2 : order.end() - 1, order.end());
  return order;
}

std::string ImportedGraph::node_name(std::string_view op) {
  std::string name = origin_.empty() ? std::string(op) : origin_;
  // The operator that does the work has the plain name, whatever moves values before it.
  const bool moves = op == "transpose" || op == "reshape" || op == "cast" || op == "dequantize";
  if (moves || names_.contains(name)) name += fmt::format("/{}", op);
  for (int i = 2; names_.contains(name); ++i) name = fmt::format("{}/{}_{}", origin_, op, i);
  names_.insert(name);
  return name;
}

TensorId ImportedGraph::add_tensor(Tensor tensor) { return graph_.add_tensor(std::move(tensor)); }

TensorId ImportedGraph::add_constant(DataType type, Shape shape, std::vector<std::uint8_t> bytes, Quantization quantization) {
  MOTE_CHECK(static_cast<std::int64_t>(bytes.size()) == element_count(shape) * static_cast<std::int64_t>(type_bytes(type)));
  const std::string name = fmt::format("{}/constant_{}", origin_, graph_.tensors.size());
  return add_tensor({name, type, std::move(shape), std::move(quantization), std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))});
}

std::vector<std::int64_t> ImportedGraph::integer_values(TensorId id, std::string_view meaning) const {
  const Tensor& from = tensor(id);
  if (!from.is_constant())
    throw Error(fmt::format("the {} ('{}') is computed at run time; only a constant is supported", meaning, from.name),
                "export the model with fixed shapes, or simplify it first (onnxsim)");
  std::vector<std::int64_t> result;
  const auto take = [&]<typename T>(std::span<const T> values) { result.assign(values.begin(), values.end()); };
  switch (from.type) {
    case DataType::kInt64:
      take(from.values<std::int64_t>());
      break;
    case DataType::kInt32:
      take(from.values<std::int32_t>());
      break;
    case DataType::kInt16:
      take(from.values<std::int16_t>());
      break;
    case DataType::kInt8:
      take(from.values<std::int8_t>());
      break;
    case DataType::kUint8:
    case DataType::kBool:
      result.assign(from.data->begin(), from.data->end());
      break;
    case DataType::kUint32:
      take(from.values<std::uint32_t>());
      break;
    case DataType::kUint64:
    case DataType::kFloat32:
      throw Error(fmt::format("the {} ('{}') is {}, integers are needed", meaning, from.name, type_name(from.type)));
  }
  return result;
}

std::vector<float> ImportedGraph::real_values(TensorId id, std::string_view meaning) const {
  const auto origin = dequantized_.find(id);
  if (origin != dequantized_.end()) {
    const Tensor made = applied(tensor(origin->second), "dequantize", DataType::kFloat32);
    const auto values = made.values<float>();
    return {values.begin(), values.end()};
  }
  const Tensor& from = tensor(id);
  if (!from.is_constant())
    throw Error(fmt::format("the {} ('{}') is computed at run time; only a constant is supported", meaning, from.name));
  if (!is_float(from.type)) throw Error(fmt::format("the {} ('{}') is {}, numbers with fraction are needed", meaning, from.name, type_name(from.type)));
  const auto values = from.values<float>();
  return {values.begin(), values.end()};
}

TensorId ImportedGraph::add(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes, const Result& result) {
  return add_all(op, std::move(inputs), 1, attributes, result)[0];
}

std::vector<TensorId> ImportedGraph::add_all(std::string_view op, std::vector<TensorId> inputs, std::size_t outputs, const Attributes& attributes,
                                             const Result& result) {
  std::unique_ptr<Operator> made = make_operator(op);
  if (made == nullptr) throw Error(fmt::format("there is no operator '{}' yet", op));
  set_attributes(*made, attributes);
  Node node{node_name(op), std::move(made), std::move(inputs), {}};
  const auto source = std::find_if(node.inputs.begin(), node.inputs.end(), [](TensorId id) { return id != kNoTensor; });
  for (std::size_t i = 0; i < outputs; ++i) {
    Tensor tensor;
    tensor.name = outputs == 1 ? node.name : fmt::format("{}:{}", node.name, i);
    if (source != node.inputs.end()) {
      tensor.type = graph_.tensor(*source).type;
      tensor.quantization = graph_.tensor(*source).quantization;
    }
    const std::optional<DataType> type = i < result.types.size() ? result.types[i] : result.type;
    if (type && *type != tensor.type) {
      tensor.type = *type;
      tensor.quantization = {};
    }
    if (result.quantization) tensor.quantization = *result.quantization;
    tensor.shape = {-1};
    node.outputs.push_back(graph_.add_tensor(std::move(tensor)));
  }
  settle_node(graph_, node);
  refuse_arithmetic(NodeView(graph_, node));
  const bool lowered = std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) { return is_lowered(id); });
  for (const TensorId id : node.outputs) {
    if (lowered && type(id) == DataType::kInt8 && !tensor(id).quantization.empty()) set_lowered(id);
  }
  std::vector<TensorId> ids = node.outputs;
  if (fold_node(graph_, node)) return ids;
  graph_.nodes.push_back(std::move(node));
  return ids;
}

TensorId ImportedGraph::dequantized(TensorId quantized) {
  const Tensor& from = tensor(quantized);
  MOTE_CHECK(from.is_constant() && !from.quantization.empty());
  Node node{node_name("dequantize"), make_operator("dequantize"), {quantized}, {}};
  node.outputs = {graph_.add_tensor({node.name, DataType::kFloat32, from.shape, {}, nullptr})};
  settle_node(graph_, node);
  dequantized_[node.outputs[0]] = quantized;
  graph_.nodes.push_back(node);
  return node.outputs[0];
}

TensorId ImportedGraph::transpose(TensorId id, const std::vector<std::int32_t>& order) {
  if (std::is_sorted(order.begin(), order.end())) return id;
  if (!is_dequantized(id)) return add("transpose", {id, integers(order)});
  const TensorId moved = transpose(dequantized_.at(id), order);
  Quantization& quantization = graph_.tensor(moved).quantization;
  if (quantization.per_channel())
    quantization.axis = static_cast<std::int32_t>(std::find(order.begin(), order.end(), quantization.axis) - order.begin());
  return dequantized(moved);
}

TensorId ImportedGraph::reshape(TensorId id, const Shape& wanted) {
  if (shape(id) == wanted) return id;
  if (!is_dequantized(id)) return add("reshape", {id, integers(wanted)}, {{"new_shape", wanted}});
  const TensorId from = dequantized_.at(id);
  const Quantization& by = tensor(from).quantization;
  const std::int32_t axis = by.per_channel() ? kept_axis(shape(from), wanted, by.axis) : 0;
  if (axis < 0) return constant<float>(wanted, real_values(id, "constant"));
  const TensorId moved = reshape(from, wanted);
  graph_.tensor(moved).quantization.axis = axis;
  return dequantized(moved);
}

TensorId ImportedGraph::cast(TensorId id, DataType wanted) {
  if (is_lowered(id)) {
    if (wanted == DataType::kUint8) return id;
    const TensorId wide = add("cast", {id}, {}, {DataType::kInt32, Quantization{}});
    return cast(add("add", {wide, constant<std::int32_t>({}, {128})}), wanted);
  }
  if (type(id) == wanted) return id;
  return add("cast", {id}, {}, {wanted, Quantization{}});
}

TensorId ImportedGraph::channels_last(TensorId id) { return transpose(id, channel_order(rank(id), true)); }
TensorId ImportedGraph::channels_first(TensorId id) { return transpose(id, channel_order(rank(id), false)); }

}  // namespace mote
