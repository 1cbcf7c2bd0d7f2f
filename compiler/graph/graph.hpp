#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/source.hpp"
#include "graph/types.hpp"

namespace mote {

class Operator;

using TensorId = std::int32_t;
inline constexpr TensorId kNoTensor = -1;

/// A value of the graph: what flows along an edge, a constant, or state that survives from one inference to the next.
struct Tensor {
  std::string name;
  DataType type = DataType::kFloat32;
  Shape shape;
  Quantization quantization;
  /// The bytes of a constant, shared between copies of the graph; null when the value is computed.
  std::shared_ptr<const std::vector<std::uint8_t>> data;
  /// Kept from run to run.
  bool is_state = false;
  /// What state holds before the first run; null: real 0, the zero point.
  std::shared_ptr<const std::vector<std::uint8_t>> initial = {};
  /// State that a gap in the signal does not end, such as what was learned: it stays when the model restarts, and can be saved.
  bool lasting = false;

  /// Inputs and outputs of a graph whose file keeps the axes in another order: axis i of the file is axis `file_axes[i]` here
  /// (ONNX images: {0, 3, 1, 2}). Empty: the same order. Data that has the file's shape is brought into this order when read.
  std::vector<std::int32_t> file_axes = {};

  bool is_constant() const { return data != nullptr; }
  std::int64_t elements() const { return element_count(shape); }
  std::int64_t bytes() const { return elements() * static_cast<std::int64_t>(type_bytes(type)); }
  float scale() const { return quantization.scale(); }
  std::int32_t zero_point() const { return quantization.zero_point(); }
  /// The constant's elements; the tensor must be constant and of this type.
  template <typename T>
  std::span<const T> values() const {
    return {reinterpret_cast<const T*>(data->data()), static_cast<std::size_t>(elements())};
  }
};

/// One operator applied to tensors. A missing optional input is kNoTensor. Operators are immutable and may be shared.
struct Node {
  std::string name;
  std::shared_ptr<const Operator> op;
  std::vector<TensorId> inputs, outputs;
};

/// A model: nodes in an order in which they can run. Tensors that nothing uses are allowed; `prune` removes them.
struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<TensorId> inputs, outputs;
  /// Names of the classes that scores or an output of class indices stand for, in order; empty when the file tells none.
  std::vector<std::string> labels = {};
  /// What the one input is a hop of, when the graph is a pipeline.
  std::optional<Source> source = {};

  Tensor& tensor(TensorId id) { return tensors[static_cast<std::size_t>(id)]; }
  const Tensor& tensor(TensorId id) const { return tensors[static_cast<std::size_t>(id)]; }
  TensorId add_tensor(Tensor tensor);
};

/// Throws an Error that names node and tensor unless: every index is in range, every tensor has one producer at most, nodes stand
/// in running order, and every operator accepts its inputs and gives exactly the declared types and shapes.
void verify(const Graph& graph);

/// Index of the node that makes each tensor, or -1.
std::vector<std::int32_t> producers(const Graph& graph);

/// For each tensor, the nodes that read it, in order, once each.
std::vector<std::vector<std::int32_t>> consumers(const Graph& graph);

/// Drops nodes whose outputs nobody needs and tensors that nothing refers to; ids are renumbered in order.
void prune(Graph& graph);

/// Drops tensors that nothing refers to; ids are renumbered in order.
void drop_unused_tensors(Graph& graph);

}  // namespace mote
