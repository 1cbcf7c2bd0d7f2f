#pragma once

#include "common/graph_builder.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {

TensorId add_input(Graph& graph, Shape shape);
template <typename T>
TensorId add_constant(Graph& graph, Shape shape, const std::vector<T>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  Tensor tensor{"t" + std::to_string(graph.tensors.size()), type_of<T>(), std::move(shape), {}, nullptr};
  tensor.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return graph.add_tensor(std::move(tensor));
}

/// Adds a node with the states that its operator keeps; its outputs, of the types that it infers, become outputs of the graph.
std::vector<TensorId> add_node(Graph& graph, std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes);

/// A graph of one such node, evaluated on this machine: one vector in, one output's values out.
class OneNode {
 public:
  /// `constants`: the inputs behind the first one.
  OneNode(std::string_view op, std::int32_t features, const Attributes& attributes,
          const std::vector<std::vector<float>>& constants = {}, const std::vector<Shape>& shapes = {});

  std::vector<Bytes> run(const std::vector<float>& features);
  /// Output `i` as numbers, and its first number.
  std::vector<float> floats(const std::vector<float>& features, std::size_t i = 0);
  float number(const std::vector<float>& features, std::size_t i = 0) { return floats(features, i)[0]; }
  std::int32_t integer(const std::vector<float>& features, std::size_t i = 0);

  Evaluator& evaluator() { return *evaluator_; }
  /// A state by the end of its name.
  Bytes state(std::string_view name) const;

 private:
  Graph graph_;
  std::unique_ptr<Evaluator> evaluator_;
};

}  // namespace mote::test
