#include "common/state_nodes.hpp"

#include "common/values.hpp"
#include "ops/kept_state.hpp"
#include "support/error.hpp"

namespace mote::test {

TensorId add_input(Graph& graph, Shape shape) {
  const TensorId id =
      graph.add_tensor({"t" + std::to_string(graph.tensors.size()), DataType::kFloat32, std::move(shape), {}, nullptr});
  graph.inputs.push_back(id);
  return id;
}

std::vector<TensorId> add_node(Graph& graph, std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes) {
  Node node{std::string(op) + "_" + std::to_string(graph.nodes.size()), operator_with(op, attributes), std::move(inputs), {}};
  give_own_state(graph, node);
  std::vector<TensorId> outputs;
  for (const TensorType& type : node.op->infer(NodeView(graph, node))) {
    outputs.push_back(graph.add_tensor({"t" + std::to_string(graph.tensors.size()), type.type, type.shape, {}, nullptr}));
    graph.outputs.push_back(outputs.back());
  }
  node.outputs = outputs;
  graph.nodes.push_back(std::move(node));
  return outputs;
}

OneNode::OneNode(std::string_view op, std::int32_t features, const Attributes& attributes,
                 const std::vector<std::vector<float>>& constants, const std::vector<Shape>& shapes) {
  graph_.name = op;
  std::vector<TensorId> inputs{add_input(graph_, {features})};
  for (std::size_t i = 0; i < constants.size(); ++i) {
    const Shape flat{static_cast<std::int32_t>(constants[i].size())};
    inputs.push_back(add_constant<float>(graph_, shapes.empty() ? flat : shapes[i], constants[i]));
  }
  add_node(graph_, op, std::move(inputs), attributes);
  verify(graph_);
  evaluator_ = std::make_unique<Evaluator>(graph_);
}

std::vector<Bytes> OneNode::run(const std::vector<float>& features) { return evaluator_->run({bytes_of(features)}); }

std::vector<float> OneNode::floats(const std::vector<float>& features, std::size_t i) {
  return values_of<float>(run(features)[i]);
}

std::int32_t OneNode::integer(const std::vector<float>& features, std::size_t i) {
  return values_of<std::int32_t>(run(features)[i])[0];
}

Bytes OneNode::state(std::string_view name) const {
  for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
    if (graph_.tensors[i].is_state && graph_.tensors[i].name.ends_with("/" + std::string(name)))
      return evaluator_->value(static_cast<TensorId>(i));
  }
  throw Error("no such state");
}

}  // namespace mote::test
