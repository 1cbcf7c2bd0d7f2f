#pragma once

#include "import/import.hpp"
#include "import/onnx/imported_graph.hpp"
#include "import/onnx/model.hpp"

namespace mote {

/// Turns the nodes of an ONNX graph into operators, one after another, by the rows of converters.inc. What cannot be converted is
/// gathered; nodes that depend on it are only looked at by name.
class OnnxImporter {
 public:
  OnnxImporter(const OnnxModel& model, std::string_view name, const ImportOptions& options);

  /// The whole model; Error or UnsupportedModel.
  Graph run();

  ImportedGraph& graph() { return graph_; }
  std::int64_t opset(const std::string& domain) const;
  /// The tensor of a value. Error when there is none of that name.
  TensorId value(const std::string& name) const;
  void set_value(const std::string& name, TensorId id);
  /// What the converter of a standard operator makes of the attributes of `like` and these inputs; attributes that it reads are
  /// added to `read`.
  TensorId convert_as(const OnnxNode& like, std::string_view type, const std::vector<TensorId>& inputs, std::set<std::string, std::less<>>& read);
  std::vector<TensorId> convert_body(const OnnxGraph& body, const std::vector<TensorId>& inputs);

 private:
  /// A list of class names: the names go to the graph's labels, and each stands for its place.
  TensorId add_names(const OnnxTensor& text);
  void add_constants(const OnnxGraph& graph);
  void add_inputs();
  void add_outputs();
  std::int32_t extent(const OnnxValue& input, std::size_t axis);
  void convert_nodes(const OnnxGraph& graph);
  void convert(const OnnxNode& node);
  std::vector<UnsupportedModel::Row> list_operators() const;

  const OnnxModel& model_;
  const ImportOptions& options_;
  ImportedGraph graph_;
  std::map<std::string, TensorId> values_;
  Unsupported unsupported_;
  std::map<std::string, bool> used_dims_;
  int depth_ = 0;
};

}  // namespace mote
