#pragma once

#include <cstring>
#include <map>
#include <set>

#include "graph/attribute_values.hpp"
#include "graph/graph.hpp"

namespace mote {

/// What is known of a result beforehand: its type (else that of the first input) and quantization (else that of the first input,
/// if the type is the same).
struct ImportedResult {
  std::optional<DataType> type;
  std::optional<Quantization> quantization;
  /// Of each result, where they differ.
  std::vector<DataType> types = {};
};

/// A graph under construction, in running order. Every node is settled as it is added: its result has type and shape at once, and is
/// a constant if all that it reads is. So converters may ask for any extent.
class ImportedGraph {
 public:
  explicit ImportedGraph(std::string_view name) { graph_.name = name; }
  Graph& graph() { return graph_; }

  /// Valid until the next tensor is added.
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  Shape shape(TensorId id) const { return tensor(id).shape; }
  DataType type(TensorId id) const { return tensor(id).type; }
  int rank(TensorId id) const { return static_cast<int>(tensor(id).shape.size()); }
  bool is_constant(TensorId id) const { return tensor(id).is_constant() || is_dequantized(id); }

  /// Nodes added from here on are named for this one.
  void set_origin(std::string_view name) { origin_ = name; }

  TensorId add_tensor(Tensor tensor);
  template <typename T>
  TensorId constant(Shape shape, const std::vector<T>& values, Quantization quantization = {}) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return add_constant(type_of<T>(), std::move(shape), std::move(bytes), std::move(quantization));
  }
  TensorId add_constant(DataType type, Shape shape, std::vector<std::uint8_t> bytes, Quantization quantization = {});
  /// A list of integers, as shapes and axes are given to operators.
  TensorId integers(const std::vector<std::int32_t>& values) { return constant<std::int32_t>({static_cast<std::int32_t>(values.size())}, values); }
  TensorId scalar(float value) { return constant<float>({}, {value}); }
  /// A constant's elements: integers or bools as int64; floats. Error when they are computed at run time or of another kind.
  std::vector<std::int64_t> integer_values(TensorId id, std::string_view meaning) const;
  std::vector<float> real_values(TensorId id, std::string_view meaning) const;

  using Result = ImportedResult;
  /// One operator by its name, applied, or its result when all inputs are plain constants; Error when it does not take these inputs.
  TensorId add(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes = {}, const Result& result = {});
  /// With several results.
  std::vector<TensorId> add_all(std::string_view op, std::vector<TensorId> inputs, std::size_t outputs, const Attributes& attributes = {},
                                const Result& result = {});

  // Common steps. They add nothing where nothing changes.

  /// Axis i of the result is axis order[i] of the input.
  TensorId transpose(TensorId id, const std::vector<std::int32_t>& order);
  TensorId reshape(TensorId id, const Shape& shape);
  /// The file's numbers in another type.
  TensorId cast(TensorId id, DataType type);
  /// Adds what `quantized` (a constant with a scale) stands for, in float32. It counts as a constant: `real_values` has its numbers, and
  /// `transpose` and `reshape` move the quantized values.
  TensorId dequantized(TensorId quantized);
  bool is_dequantized(TensorId id) const { return dequantized_.contains(id); }
  /// States that an int8 value stands for one that the file keeps in uint8, 128 higher. What only moves it gives the same.
  void set_lowered(TensorId id) { lowered_.insert(id); }
  bool is_lowered(TensorId id) const { return lowered_.contains(id); }
  /// Channels from axis 1 to the end, and back.
  TensorId channels_last(TensorId id);
  TensorId channels_first(TensorId id);

 private:
  std::string node_name(std::string_view op);
  Graph graph_;
  std::string origin_;
  std::set<std::string> names_;
  std::map<TensorId, TensorId> dequantized_;  ///< to the constant that it is made of
  std::set<TensorId> lowered_;
};

/// The order that takes axis 1 to the end (to_last), or the last one to axis 1.
std::vector<std::int32_t> channel_order(int rank, bool to_last);

}  // namespace mote
