// QuantizeLinear, DequantizeLinear, and operators on quantized values: each is its float operator between DEQUANTIZE and QUANTIZE, which
// passes/fuse_quantized.hpp makes one operator on integers. Values that a file keeps in uint8 are int8 here, 128 lower, which is exact.

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Scale and zero point as inputs `scale` and `scale + 1` of a node give them, and the type of the values they are for in the file.
struct Given {
  Quantization quantization;
  DataType type = DataType::kUint8;
};

Given read_quantization(NodeReader& node, int scale, int zero_point) {
  Given given;
  ImportedGraph& graph = node.graph();
  given.quantization.scales = node.real_input(scale, "scale");
  const std::size_t count = given.quantization.scales.size();
  if (count == 0) throw Error("damaged: there is no scale");
  for (const float each : given.quantization.scales) {
    if (!(each > 0.0F)) throw Error(fmt::format("damaged: a scale of {}", each));
  }
  given.quantization.zero_points.assign(count, 0);
  if (node.has_input(zero_point)) {
    const TensorId id = node.value(zero_point);
    given.type = graph.type(id);
    const auto values = graph.integer_values(id, "zero point");
    if (values.size() != count && values.size() != 1) throw Error(fmt::format("damaged: {} zero points for {} scales", values.size(), count));
    for (std::size_t i = 0; i < count; ++i) given.quantization.zero_points[i] = static_cast<std::int32_t>(values[values.size() == 1 ? 0 : i]);
  }
  if (given.type == DataType::kUint8) {
    for (std::int32_t& each : given.quantization.zero_points) each -= 128;
  }
  return given;
}

void set_axis(NodeReader& node, Quantization& quantization, std::int64_t axis, int rank) {
  if (quantization.per_channel()) quantization.axis = node.axis(axis, rank);
}

bool same(const Quantization& a, const Quantization& b) { return a.scales == b.scales && a.zero_points == b.zero_points; }

/// A constant of the file's type as a constant with scales.
TensorId quantized_constant(ImportedGraph& graph, TensorId id, const Quantization& quantization) {
  const Tensor& from = graph.tensor(id);
  const DataType type = from.type == DataType::kUint8 ? DataType::kInt8 : from.type;
  std::vector<std::uint8_t> bytes = *from.data;
  if (from.type == DataType::kUint8) {
    for (std::uint8_t& byte : bytes) byte ^= 0x80;
  }
  return graph.add_tensor({from.name, type, from.shape, quantization, std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))});
}

/// Values of the file that stand for scale * (value - zero point), in float32.
TensorId dequantized(ImportedGraph& graph, TensorId id, const Quantization& quantization) {
  if (graph.tensor(id).is_constant()) return graph.dequantized(quantized_constant(graph, id, quantization));
  if (quantization.per_channel()) throw Error("values computed at run time have a scale for each channel; one is supported");
  if (graph.type(id) == DataType::kInt32) {  // sums, which no operator keeps a scale for
    TensorId real = graph.cast(id, DataType::kFloat32);
    if (quantization.zero_point() != 0) real = graph.add("sub", {real, graph.scalar(static_cast<float>(quantization.zero_point()))});
    return graph.add("mul", {real, graph.scalar(quantization.scale())});
  }
  if (graph.tensor(id).quantization.empty()) {
    // Integers that come in from outside get their scale from the first who reads them.
    graph.graph().tensor(id).quantization = quantization;
    if (graph.type(id) == DataType::kUint8) graph.graph().tensor(id).quantization.zero_points[0] += 128;
  }
  if (graph.type(id) == DataType::kUint8) id = graph.add("quantize", {id}, {}, {DataType::kInt8, quantization});
  const Quantization& made = graph.tensor(id).quantization;
  if (!same(made, quantization))
    throw Error(fmt::format("its input has scale {} and zero point {} where it is made, and {} and {} here", made.scale(), made.zero_point(),
                            quantization.scale(), quantization.zero_point()));
  return graph.add("dequantize", {id}, {}, {DataType::kFloat32, Quantization{}});
}

TensorId quantized(ImportedGraph& graph, TensorId id, const Given& given) {
  if (given.quantization.per_channel()) throw Error("values computed at run time have a scale for each channel; one is supported");
  const bool bytes = given.type == DataType::kUint8 || given.type == DataType::kInt8;
  if (!bytes && given.type != DataType::kInt16) throw Error(fmt::format("quantizing to {} is not supported", type_name(given.type)));
  const TensorId made = graph.add("quantize", {id}, {}, {bytes ? DataType::kInt8 : DataType::kInt16, given.quantization});
  if (given.type == DataType::kUint8) graph.set_lowered(made);
  return made;
}

/// Input `i` with the scale and zero point behind it.
TensorId dequantized_input(NodeReader& node, int i) {
  return dequantized(node.graph(), node.value(i), read_quantization(node, i + 1, i + 2).quantization);
}

/// Weights whose channels lie along `axis`, with the scales behind them.
TensorId dequantized_weights(NodeReader& node, int i, std::int32_t axis) {
  Quantization quantization = read_quantization(node, i + 1, i + 2).quantization;
  set_axis(node, quantization, axis, node.graph().rank(node.value(i)));
  return dequantized(node.graph(), node.value(i), quantization);
}

/// A bias of int32, whose scale is the product of those of activations (input 0) and weights (input `weights`).
TensorId dequantized_bias(NodeReader& node, int bias, int weights) {
  if (!node.has_input(bias)) return kNoTensor;
  ImportedGraph& graph = node.graph();
  if (!graph.tensor(node.value(bias)).is_constant()) throw Error("a bias that is computed at run time is not supported");
  Quantization quantization;
  for (const float each : node.real_input(weights + 1, "scale")) quantization.scales.push_back(node.real_scalar(1, "scale") * each);
  quantization.zero_points.assign(quantization.scales.size(), 0);
  return dequantized(graph, node.value(bias), quantization);
}

/// The result of `op`, an operator of the standard set, quantized as inputs `scale` and `scale + 1` say.
void finish(NodeReader& node, std::string_view op, const std::vector<TensorId>& inputs, int scale) {
  node.require_outputs(1);
  const TensorId made = node.convert_as(op, inputs);
  node.result(quantized(node.graph(), made, read_quantization(node, scale, scale + 1)));
}

}  // namespace

void convert_quantize_linear(NodeReader& node, std::string_view) {
  node.ignore("saturate");
  node.require("block_size", 0);
  node.require("precision", 0);
  const std::int64_t axis = node.integer("axis", 1);
  Given given = read_quantization(node, 1, 2);
  if (const std::int64_t type = node.integer("output_dtype", 0); type != 0 && !node.has_input(2)) {
    given.type = graph_type_of(type).value_or(DataType::kFloat32);
    if (given.type != DataType::kUint8) given.quantization.zero_points.assign(given.quantization.scales.size(), 0);
  }
  set_axis(node, given.quantization, axis, node.rank(0));
  node.result(quantized(node.graph(), node.input(0), given));
}

void convert_dequantize_linear(NodeReader& node, std::string_view) {
  node.require("block_size", 0);
  node.ignore("output_dtype");
  const std::int64_t axis = node.integer("axis", 1);
  Given given = read_quantization(node, 1, 2);
  // Without a zero point it is 0 in the type of the values.
  if (!node.has_input(2) && node.graph().type(node.value(0)) != DataType::kUint8) given.quantization.zero_points.assign(given.quantization.scales.size(), 0);
  set_axis(node, given.quantization, axis, node.graph().rank(node.value(0)));
  node.result(dequantized(node.graph(), node.value(0), given.quantization));
}

void convert_qlinear_conv(NodeReader& node, std::string_view op) {
  const TensorId bias = dequantized_bias(node, 8, 3);
  finish(node, op, {dequantized_input(node, 0), dequantized_weights(node, 3, 0), bias}, 6);
}

void convert_qlinear_matmul(NodeReader& node, std::string_view op) {
  const std::int32_t columns = node.graph().rank(node.value(3)) - 1;
  finish(node, op, {dequantized_input(node, 0), dequantized_weights(node, 3, columns)}, 6);
}

void convert_qgemm(NodeReader& node, std::string_view op) {
  const bool turned = node.flag("transB", false);
  const TensorId bias = dequantized_bias(node, 6, 3);
  finish(node, op, {dequantized_input(node, 0), dequantized_weights(node, 3, turned ? 0 : 1), bias}, 7);
}

void convert_qlinear_unary(NodeReader& node, std::string_view op) { finish(node, op, {dequantized_input(node, 0)}, 3); }

void convert_qlinear_binary(NodeReader& node, std::string_view op) {
  finish(node, op, {dequantized_input(node, 0), dequantized_input(node, 3)}, 6);
}

void convert_qlinear_concat(NodeReader& node, std::string_view op) {
  std::vector<TensorId> inputs;
  for (int i = 2; i + 2 < node.input_count(); i += 3) inputs.push_back(dequantized_input(node, i));
  finish(node, op, inputs, 0);
}

/// Its pixels may have their channels last in the file too.
void convert_qlinear_pool(NodeReader& node, std::string_view op) {
  node.require("channels_last", 0);
  convert_qlinear_unary(node, op);
}

/// The standard set's softmax of version `opset`.
void convert_qlinear_softmax(NodeReader& node, std::string_view op) {
  node.ignore("opset");
  convert_qlinear_unary(node, op);
}

}  // namespace mote
