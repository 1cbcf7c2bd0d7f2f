#pragma once

#include <functional>
#include <set>

#include "import/onnx/imported_graph.hpp"
#include "import/onnx/model.hpp"

namespace mote {

class OnnxImporter;

/// An ONNX node as its converter sees it. Whatever the node holds is read by name or position with its meaning checked; attributes
/// that the converter has not read when it is done are an error.
class NodeReader {
 public:
  NodeReader(OnnxImporter& importer, const OnnxNode& node);

  const OnnxNode& node() const { return node_; }
  /// Where the converter puts its operators.
  ImportedGraph& graph() const;
  /// Version of the operator set that the node belongs to.
  std::int64_t opset() const;

  // Attributes, with the value that stands when they are left out; without one they must be there.

  bool has_attribute(std::string_view name) const;
  std::int64_t integer(std::string_view name);
  std::int64_t integer(std::string_view name, std::int64_t otherwise);
  bool flag(std::string_view name, bool otherwise) { return integer(name, otherwise ? 1 : 0) != 0; }
  float real(std::string_view name, float otherwise);
  std::string text(std::string_view name, std::string_view otherwise);
  std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> otherwise = {});
  std::vector<float> reals(std::string_view name, std::vector<float> otherwise = {});
  std::vector<std::string> texts(std::string_view name);
  /// Null when left out.
  std::shared_ptr<const OnnxTensor> tensor(std::string_view name);
  std::shared_ptr<const OnnxGraph> body(std::string_view name);
  /// Does not matter for inference.
  void ignore(std::string_view name) { read_.insert(std::string(name)); }
  /// Error unless the attribute has this value or is left out.
  void require(std::string_view name, std::int64_t value);
  /// Error that names attributes which nobody has read.
  void check_all_read() const;
  const std::set<std::string, std::less<>>& attributes_read() const { return read_; }

  // Inputs.

  int input_count() const { return static_cast<int>(node_.inputs.size()); }
  bool has_input(int i) const { return i < input_count() && !node_.inputs[static_cast<std::size_t>(i)].empty(); }
  /// Error when it is missing. Constants of 64 bits have 32 here, as everything computed at run time; the largest numbers, which stand
  /// for "to the end", stay the largest.
  TensorId input(int i);
  /// The input as it stands, 64 bits and all.
  TensorId value(int i) const { return raw_input(i); }
  /// kNoTensor when it is missing.
  TensorId input_or_none(int i) { return has_input(i) ? input(i) : kNoTensor; }
  std::vector<TensorId> all_inputs();
  Shape shape(int i) { return graph().shape(input(i)); }
  int rank(int i) { return graph().rank(input(i)); }
  bool is_constant(int i);
  /// The elements of a constant input; Error when it is missing or computed at run time.
  std::vector<std::int64_t> integer_input(int i, std::string_view meaning);
  std::vector<float> real_input(int i, std::string_view meaning);
  /// One number, from a tensor of one element.
  float real_scalar(int i, std::string_view meaning);

  /// What was an attribute at first and an input later (axes of Squeeze from 13, ...): whichever is there, else empty.
  std::vector<std::int64_t> integers_or_input(std::string_view name, int input, std::int64_t input_since, std::vector<std::int64_t> otherwise = {});

  /// An axis that may count from the end. Error when it is outside of the rank.
  std::int32_t axis(std::int64_t value, int rank) const;
  std::vector<std::int32_t> axes(const std::vector<std::int64_t>& values, int rank) const;

  // Outputs.

  int output_count() const { return static_cast<int>(node_.outputs.size()); }
  bool has_output(int i) const { return i < output_count() && !node_.outputs[static_cast<std::size_t>(i)].empty(); }
  /// States what an output is. An output that no one reads may be left unset.
  void set_output(int i, TensorId id);
  /// The only output.
  void result(TensorId id) { set_output(0, id); }
  /// Error when any output after the first `count` has a name.
  void require_outputs(int count) const;

  /// Converts a node of the standard operator set with this node's attributes and these inputs (kNoTensor: left out); gives its only
  /// output.
  TensorId convert_as(std::string_view type, const std::vector<TensorId>& inputs);

  /// Converts a graph of an attribute whose inputs are `inputs`, in order; gives its outputs.
  std::vector<TensorId> convert_body(const OnnxGraph& body, const std::vector<TensorId>& inputs);

 private:
  const OnnxAttribute* find(std::string_view name, OnnxAttribute::Kind kind, std::string_view meaning);
  TensorId raw_input(int i) const;
  OnnxImporter& importer_;
  const OnnxNode& node_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace mote
