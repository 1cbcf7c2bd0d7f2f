// Gemm and MatMul: a constant right side is a fully connected layer, anything else a product of two tensors.

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

TensorId swap_last(ImportedGraph& graph, TensorId id) {
  auto order = channel_order(graph.rank(id), false);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int32_t>(i);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return graph.transpose(id, order);
}

/// The constant times `factor`.
TensorId scaled(ImportedGraph& graph, TensorId id, float factor) {
  if (factor == 1.0F) return id;
  std::vector<float> values = graph.real_values(id, "constant");
  for (float& value : values) value *= factor;
  return graph.constant<float>(graph.shape(id), values);
}

/// A constant that adds one number per column, as a list; kNoTensor when it is of another shape.
TensorId as_bias(ImportedGraph& graph, TensorId id, std::int32_t columns) {
  const Shape shape = graph.shape(id);
  if (!graph.is_constant(id) || graph.type(id) != DataType::kFloat32) return kNoTensor;
  if (element_count(shape) == columns && (shape.empty() || shape.back() == columns)) return graph.reshape(id, {columns});
  if (element_count(shape) == 1) return graph.constant<float>({columns}, std::vector<float>(static_cast<std::size_t>(columns), graph.real_values(id, "bias")[0]));
  return kNoTensor;
}

}  // namespace

void convert_gemm(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const float alpha = node.real("alpha", 1.0F);
  const float beta = node.real("beta", 1.0F);
  const bool turn_left = node.flag("transA", false);
  const bool turn_right = node.flag("transB", false);
  if (node.rank(0) != 2 || node.rank(1) != 2) throw Error(fmt::format("damaged: factors of {} and {}", to_string(node.shape(0)), to_string(node.shape(1))));
  const TensorId left = turn_left ? swap_last(graph, node.input(0)) : node.input(0);
  const bool has_sum = node.has_input(2) && beta != 0.0F;
  if (!node.is_constant(1)) {
    TensorId product = graph.add("batch_matmul", {left, node.input(1)}, {{"adj_y", turn_right}});
    if (alpha != 1.0F) product = graph.add("mul", {product, graph.scalar(alpha)});
    if (!has_sum) return node.result(product);
    const TensorId sum = beta == 1.0F ? node.input(2) : graph.add("mul", {node.input(2), graph.scalar(beta)});
    return node.result(graph.add("add", {product, sum}));
  }
  const TensorId weights = scaled(graph, turn_right ? node.input(1) : swap_last(graph, node.input(1)), alpha);
  const std::int32_t columns = graph.shape(weights)[0];
  const TensorId bias = has_sum ? as_bias(graph, node.input(2), columns) : kNoTensor;
  const TensorId product = graph.add("fully_connected", {left, weights, bias == kNoTensor ? kNoTensor : scaled(graph, bias, beta)}, {{"keep_num_dims", true}});
  if (!has_sum || bias != kNoTensor) return node.result(product);
  const TensorId sum = beta == 1.0F ? node.input(2) : graph.add("mul", {node.input(2), graph.scalar(beta)});
  node.result(graph.add("add", {product, sum}));
}

void convert_matmul(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  TensorId left = node.input(0);
  TensorId right = node.input(1);
  // Lists are rows on the left and columns on the right.
  const bool list_left = graph.rank(left) == 1;
  const bool list_right = graph.rank(right) == 1;
  if (graph.rank(left) == 0 || graph.rank(right) == 0) throw Error("damaged: a factor is a scalar");
  if (list_left) left = graph.reshape(left, {1, graph.shape(left)[0]});
  if (list_right) right = graph.reshape(right, {graph.shape(right)[0], 1});
  if (graph.shape(left).back() != graph.shape(right)[graph.shape(right).size() - 2])
    throw Error(fmt::format("damaged: factors of {} and {}", to_string(graph.shape(left)), to_string(graph.shape(right))));
  const bool dense = graph.is_constant(right) && graph.rank(right) == 2 && !graph.is_constant(left);
  TensorId product = dense ? graph.add("fully_connected", {left, swap_last(graph, right), kNoTensor}, {{"keep_num_dims", true}})
                           : graph.add("batch_matmul", {left, right});
  Shape shape = graph.shape(product);
  if (list_right) shape.pop_back();
  if (list_left) shape.erase(shape.end() - (list_right ? 1 : 2));
  node.result(graph.reshape(product, shape));
}

}  // namespace mote
