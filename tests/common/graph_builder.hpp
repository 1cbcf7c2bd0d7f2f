#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "graph/attribute_values.hpp"
#include "graph/graph.hpp"
#include "graph/operator.hpp"

namespace mote::test {

/// An operator of that name with these attributes, others at their defaults.
std::shared_ptr<const Operator> operator_with(std::string_view name, const Attributes& attributes = {});

Quantization quantized(float scale, std::int32_t zero_point = 0);

/// Reads a graph from text with mote's operators.
Graph graph_of(std::string_view text);

/// Builds a graph node by node; result shapes are what the operators infer.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name = "test") { graph_.name = std::move(name); }

  TensorId input(Shape shape, Quantization quantization = quantized(0.5F), DataType type = DataType::kInt8);
  TensorId state(Shape shape, Quantization quantization, DataType type);
  template <typename T>
  TensorId constant(Shape shape, const std::vector<T>& values, Quantization quantization = {}) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return add({fresh_name(), type_of<T>(), std::move(shape), std::move(quantization), std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))});
  }
  /// A list of integers, as shapes and axes are given.
  TensorId integers(const std::vector<std::int32_t>& values) { return constant<std::int32_t>({static_cast<std::int32_t>(values.size())}, values); }

  /// A node with `outputs` results of one type and quantization.
  std::vector<TensorId> nodes(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes, Quantization quantization, std::size_t outputs,
                              DataType type = DataType::kInt8);
  TensorId node(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes = {}, Quantization quantization = quantized(0.5F),
                DataType type = DataType::kInt8) {
    return nodes(op, std::move(inputs), attributes, std::move(quantization), 1, type)[0];
  }
  void output(TensorId id) { graph_.outputs.push_back(id); }

  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  /// The graph so far, as it stands.
  const Graph& graph() const { return graph_; }
  /// The verified graph.
  Graph finish() const;

 private:
  std::string fresh_name() const { return "t" + std::to_string(graph_.tensors.size()); }
  TensorId add(Tensor tensor) { return graph_.add_tensor(std::move(tensor)); }
  Graph graph_;
};

}  // namespace mote::test
