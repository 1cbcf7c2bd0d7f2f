#pragma once

#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/graph_builder.hpp"
#include "graph/operator.hpp"

namespace mote::test {

/// Builds a graph of operators whose results differ in type from each other; types and shapes are what the operators infer.
class SignalGraph {
 public:
  TensorId input(Shape shape, DataType type) {
    const TensorId id = add(type, std::move(shape));
    graph_.inputs.push_back(id);
    return id;
  }
  TensorId state(Shape shape, DataType type) {
    const TensorId id = add(type, std::move(shape));
    graph_.tensor(id).is_state = true;
    return id;
  }
  template <typename T>
  TensorId constant(Shape shape, const std::vector<T>& values) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    const TensorId id = add(type_of<T>(), std::move(shape));
    graph_.tensor(id).data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
    return id;
  }
  /// All results of a node; `quantization` is that of each.
  std::vector<TensorId> nodes(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes = {},
                              const Quantization& quantization = {}) {
    Node node{fmt::format("{}_{}", op, graph_.nodes.size()), operator_with(op, attributes), std::move(inputs), {}};
    for (int i = 0; i < 2; ++i) {
      node.outputs.push_back(add(DataType::kFloat32, {}));
      graph_.tensor(node.outputs.back()).quantization = quantization;
    }
    const std::vector<TensorType> types = node.op->infer(NodeView(graph_, node));
    while (node.outputs.size() > types.size()) {
      node.outputs.pop_back();
      graph_.tensors.pop_back();
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
      Tensor& result = graph_.tensor(node.outputs[i]);
      result.type = types[i].type;
      result.shape = types[i].shape;
      if (result.type != DataType::kInt16) result.quantization = {};
    }
    graph_.nodes.push_back(node);
    return node.outputs;
  }
  TensorId node(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes = {},
                const Quantization& quantization = {}) {
    return nodes(op, std::move(inputs), attributes, quantization)[0];
  }
  void output(TensorId id) { graph_.outputs.push_back(id); }
  void outputs(const std::vector<TensorId>& ids) { graph_.outputs.insert(graph_.outputs.end(), ids.begin(), ids.end()); }
  const Shape& shape(TensorId id) const { return graph_.tensor(id).shape; }

  Graph finish() {
    graph_.name = "signals";
    verify(graph_);
    return graph_;
  }

 private:
  TensorId add(DataType type, Shape shape) {
    Tensor tensor;
    tensor.name = fmt::format("t{}", graph_.tensors.size());
    tensor.type = type;
    tensor.shape = std::move(shape);
    return graph_.add_tensor(std::move(tensor));
  }

  Graph graph_;
};

}  // namespace mote::test
