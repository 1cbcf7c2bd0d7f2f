#include "common/graph_builder.hpp"

#include "graph/print.hpp"
#include "ops/define.hpp"

namespace mote::test {

std::shared_ptr<const Operator> operator_with(std::string_view name, const Attributes& attributes) {
  std::unique_ptr<Operator> op = make_operator(name);
  MOTE_CHECK(op != nullptr);
  set_attributes(*op, attributes);
  return op;
}

Quantization quantized(float scale, std::int32_t zero_point) { return {{scale}, {zero_point}, 0}; }

Graph graph_of(std::string_view text) { return parse_graph(text, make_operator); }

TensorId GraphBuilder::input(Shape shape, Quantization quantization, DataType type) {
  const TensorId id = add({fresh_name(), type, std::move(shape), std::move(quantization), nullptr});
  graph_.inputs.push_back(id);
  return id;
}

TensorId GraphBuilder::state(Shape shape, Quantization quantization, DataType type) {
  return add({fresh_name(), type, std::move(shape), std::move(quantization), nullptr, true});
}

std::vector<TensorId> GraphBuilder::nodes(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes, Quantization quantization,
                                          std::size_t outputs, DataType type) {
  Node node{std::string(op) + "_" + std::to_string(graph_.nodes.size()), operator_with(op, attributes), std::move(inputs), {}};
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(add({fresh_name(), type, {}, is_float(type) ? Quantization{} : quantization, nullptr}));
  const std::vector<TensorType> types = node.op->infer(NodeView(graph_, node));
  MOTE_CHECK(types.size() == outputs);
  for (std::size_t i = 0; i < outputs; ++i) graph_.tensor(node.outputs[i]).shape = types[i].shape;
  graph_.nodes.push_back(node);
  return node.outputs;
}

Graph GraphBuilder::finish() const {
  verify(graph_);
  return graph_;
}

}  // namespace mote::test
