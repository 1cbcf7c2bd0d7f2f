// Operators that work element by element. Bool results and integers of 32 bits pass through.

#include <cmath>
#include <limits>

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

void convert_unary(NodeReader& node, std::string_view op) { node.result(node.graph().add(op, {node.input(0)})); }

void convert_binary(NodeReader& node, std::string_view op) { node.result(node.graph().add(op, {node.input(0), node.input(1)})); }

void convert_logic(NodeReader& node, std::string_view op) {
  node.result(node.graph().add(op, {node.input(0), node.input(1)}, {}, {DataType::kBool, Quantization{}}));
}

void convert_variadic(NodeReader& node, std::string_view op) {
  const std::vector<TensorId> inputs = node.all_inputs();
  if (inputs.empty()) throw Error("damaged: it has no inputs");
  TensorId sum = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) sum = node.graph().add(op, {sum, inputs[i]});
  node.result(sum);
}

void convert_cast(NodeReader& node, std::string_view) {
  node.ignore("saturate");
  const std::optional<DataType> type = graph_type_of(node.integer("to"));
  if (!type) throw Error(fmt::format("the type {} is not supported", node.integer("to")));
  node.result(node.graph().cast(node.input(0), *type == DataType::kInt64 ? DataType::kInt32 : *type));
}

void convert_cast_like(NodeReader& node, std::string_view) {
  node.ignore("saturate");
  node.result(node.graph().cast(node.input(0), node.graph().type(node.input(1))));
}

void convert_clip(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const TensorId in = node.input(0);
  if (graph.type(in) != DataType::kFloat32) {
    TensorId result = in;
    if (node.has_input(1)) result = graph.add("maximum", {result, node.input(1)});
    if (node.has_input(2)) result = graph.add("minimum", {result, node.input(2)});
    return node.result(result);
  }
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const bool as_inputs = node.opset() >= 11;
  const float lowest = as_inputs ? (node.has_input(1) ? node.real_scalar(1, "lower bound") : -kInfinity) : node.real("min", -kInfinity);
  const float highest = as_inputs ? (node.has_input(2) ? node.real_scalar(2, "upper bound") : kInfinity) : node.real("max", kInfinity);
  if (std::isnan(lowest) || std::isnan(highest)) throw Error("a bound is not a number");
  // The largest finite number stands for no bound in some files.
  constexpr float kLargest = std::numeric_limits<float>::max();
  if (lowest == 0.0F && highest == 6.0F) return node.result(graph.add("relu6", {in}));
  TensorId result = in;
  if (lowest == 0.0F) {
    result = graph.add("relu", {result});
  } else if (lowest > -kLargest) {
    result = graph.add("maximum", {result, graph.scalar(lowest)});
  }
  if (highest < kLargest) result = graph.add("minimum", {result, graph.scalar(highest)});
  node.result(result);
}

void convert_leaky_relu(NodeReader& node, std::string_view) {
  node.result(node.graph().add("leaky_relu", {node.input(0)}, {{"alpha", node.real("alpha", 0.01F)}}));
}

void convert_elu(NodeReader& node, std::string_view) {
  const float alpha = node.real("alpha", 1.0F);
  ImportedGraph& graph = node.graph();
  node.result(alpha == 1.0F ? graph.add("elu", {node.input(0)}) : graph.add("selu", {node.input(0)}, {{"alpha", alpha}, {"gamma", 1.0F}}));
}

void convert_selu(NodeReader& node, std::string_view op) {
  const float alpha = node.real("alpha", 1.67326319217681884765625F);
  node.result(node.graph().add(op, {node.input(0)}, {{"alpha", alpha}, {"gamma", node.real("gamma", 1.05070102214813232421875F)}}));
}

void convert_hard_sigmoid(NodeReader& node, std::string_view op) {
  const float alpha = node.real("alpha", 0.2F);
  node.result(node.graph().add(op, {node.input(0)}, {{"alpha", alpha}, {"beta", node.real("beta", 0.5F)}}));
}

void convert_gelu(NodeReader& node, std::string_view op) {
  const std::string approximate = node.text("approximate", "none");
  if (approximate != "none" && approximate != "tanh") throw Error(fmt::format("the approximation '{}' is not known", approximate));
  node.result(node.graph().add(op, {node.input(0)}, {{"approximate", approximate == "tanh"}}));
}

void convert_pow(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const TensorId base = node.input(0);
  TensorId exponent = node.input(1);
  if (graph.type(base) == DataType::kFloat32) exponent = graph.cast(exponent, DataType::kFloat32);
  if (graph.type(base) == DataType::kFloat32 && graph.is_constant(exponent) && graph.tensor(exponent).elements() == 1) {
    const float value = graph.real_values(exponent, "exponent")[0];
    const bool scalar = graph.rank(exponent) <= graph.rank(base);
    if (scalar && value == 1.0F) return node.result(base);
    if (scalar && value == 2.0F) return node.result(graph.add("square", {base}));
    if (scalar && value == 0.5F) return node.result(graph.add("sqrt", {base}));
  }
  node.result(graph.add(op, {base, exponent}));
}

void convert_reciprocal(NodeReader& node, std::string_view op) {
  node.result(node.graph().add(op, {node.graph().scalar(1.0F), node.input(0)}));
}

void convert_mod(NodeReader& node, std::string_view op) {
  if (node.integer("fmod", 0) != 0) throw Error("fmod 1 is not supported");
  node.result(node.graph().add(op, {node.input(0), node.input(1)}));
}

void convert_mean_of_all(NodeReader& node, std::string_view) {
  const std::vector<TensorId> inputs = node.all_inputs();
  if (inputs.empty()) throw Error("damaged: it has no inputs");
  TensorId sum = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) sum = node.graph().add("add", {sum, inputs[i]});
  node.result(node.graph().add("mul", {sum, node.graph().scalar(1.0F / static_cast<float>(inputs.size()))}));
}

void convert_where(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const TensorId a = node.input(1);
  node.result(graph.add(op, {node.input(0), a, node.input(2)}, {}, {graph.type(a), graph.tensor(a).quantization}));
}

}  // namespace mote
