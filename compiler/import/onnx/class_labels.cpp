#include "import/onnx/class_labels.hpp"

#include "support/error.hpp"

namespace mote {

namespace {

bool counts_from_zero(const std::vector<std::int64_t>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != static_cast<std::int64_t>(i)) return false;
  }
  return true;
}

}  // namespace

std::int32_t read_class_labels(NodeReader& node) {
  std::vector<std::string> names = node.texts("classlabels_strings");
  std::vector<std::int64_t> numbers = node.integers("classlabels_int64s");
  if (numbers.empty()) numbers = node.integers("classlabels_ints");
  if (names.empty() == numbers.empty()) throw Error("damaged: it needs one list of class labels");
  if (names.empty() && !counts_from_zero(numbers)) {
    for (const std::int64_t number : numbers) names.push_back(fmt::to_string(number));
  }
  const std::size_t count = numbers.empty() ? names.size() : numbers.size();
  if (count > 1024) throw Error(fmt::format("{} classes are too many; 1024 are supported", count));
  if (!names.empty()) node.graph().graph().labels = std::move(names);
  return static_cast<std::int32_t>(count);
}

TensorId post_transformed(NodeReader& node, TensorId raw, const std::string& transform) {
  if (transform == "NONE") return raw;
  if (transform == "SOFTMAX") return node.graph().add("softmax", {raw});
  if (transform == "LOGISTIC") return node.graph().add("logistic", {raw});
  throw Error(fmt::format("post_transform {} is not supported", transform), "supported: NONE, SOFTMAX, LOGISTIC");
}

TensorId largest_score(ImportedGraph& graph, TensorId scores) {
  return graph.add("arg_max", {scores, graph.integers({1})}, {}, {DataType::kInt32, Quantization{}});
}

TensorId feature_rows(NodeReader& node, int input) {
  ImportedGraph& graph = node.graph();
  const TensorId in = node.input(input);
  const Shape shape = graph.shape(in);
  if (shape.empty() || shape.size() > 2) throw Error(fmt::format("its input is {}; rows of features are needed", to_string(shape)));
  return graph.cast(shape.size() == 1 ? graph.reshape(in, {1, shape[0]}) : in, DataType::kFloat32);
}

TensorId two_columns(ImportedGraph& graph, TensorId score, bool shares) {
  const TensorId first = graph.add("sub", {graph.scalar(shares ? 1.0F : 0.0F), score});
  return graph.add("concatenation", {first, score}, {{"axis", 1}});
}

}  // namespace mote
