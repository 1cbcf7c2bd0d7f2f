// Values that are known when a model is imported, and what only passes its input on.

#include <cmath>

#include "import/onnx/node_reader.hpp"
#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Constants that a few bytes of a file ask for are kept small.
constexpr std::int64_t kMostElements = 1 << 22;

TensorId add_tensor(NodeReader& node, const OnnxTensor& tensor) {
  if (tensor.data == nullptr) throw Error("constants of text are not supported");
  return node.graph().add_tensor({node.node().outputs.at(0), tensor.type, tensor.shape, {}, tensor.data});
}

Shape checked_shape(const std::vector<std::int64_t>& extents) {
  Shape shape;
  std::int64_t elements = 1;
  for (const std::int64_t extent : extents) {
    if (extent < 0 || extent > INT32_MAX) throw Error(fmt::format("an extent of {} is not possible", extent));
    shape.push_back(static_cast<std::int32_t>(extent));
    elements = checked_multiply(elements, extent).value_or(INT64_MAX);
    if (elements > kMostElements) throw Error(fmt::format("a constant of {} is too large", to_string(shape)));
  }
  return shape;
}

}  // namespace

void convert_constant(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  if (node.has_attribute("sparse_value")) throw Error("sparse constants are not supported");
  if (const auto tensor = node.tensor("value")) return node.result(add_tensor(node, *tensor));
  if (node.has_attribute("value_float")) return node.result(graph.scalar(node.real("value_float", 0)));
  if (node.has_attribute("value_floats")) {
    const auto values = node.reals("value_floats");
    return node.result(graph.constant<float>({static_cast<std::int32_t>(values.size())}, values));
  }
  if (node.has_attribute("value_int")) return node.result(graph.constant<std::int64_t>({}, {node.integer("value_int")}));
  if (node.has_attribute("value_ints")) {
    const auto values = node.integers("value_ints");
    return node.result(graph.constant<std::int64_t>({static_cast<std::int32_t>(values.size())}, values));
  }
  throw Error("a constant without a value that is supported");
}

void convert_constant_of_shape(NodeReader& node, std::string_view) {
  const Shape shape = checked_shape(node.integer_input(0, "shape"));
  const auto count = static_cast<std::size_t>(element_count(shape));
  const auto given = node.tensor("value");
  OnnxTensor value{"", DataType::kFloat32, {1}, std::make_shared<const std::vector<std::uint8_t>>(4, 0), {}};
  if (given != nullptr) value = *given;
  if (value.data == nullptr || element_count(value.shape) != 1) throw Error("damaged: the value is not one number");
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.insert(bytes.end(), value.data->begin(), value.data->end());
  node.result(node.graph().add_constant(value.type, shape, std::move(bytes)));
}

void convert_shape(NodeReader& node, std::string_view) {
  const Shape shape = node.shape(0);
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto place = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const std::int64_t start = place(node.integer("start", 0));
  const std::int64_t end = std::max(start, place(node.integer("end", rank)));
  const std::vector<std::int64_t> extents(shape.begin() + start, shape.begin() + end);
  node.result(node.graph().constant<std::int64_t>({static_cast<std::int32_t>(extents.size())}, extents));
}

void convert_size(NodeReader& node, std::string_view) {
  node.result(node.graph().constant<std::int64_t>({}, {element_count(node.shape(0))}));
}

void convert_range(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  if (graph.type(node.input(0)) == DataType::kFloat32) {
    const float start = node.real_scalar(0, "start");
    const float step = node.real_scalar(2, "step");
    const double count = std::ceil((static_cast<double>(node.real_scalar(1, "limit")) - static_cast<double>(start)) / static_cast<double>(step));
    if (!(count <= static_cast<double>(kMostElements))) throw Error("the range is too large");
    std::vector<float> values;
    for (int i = 0; i < static_cast<int>(count); ++i) values.push_back(start + static_cast<float>(i) * step);
    return node.result(graph.constant<float>({static_cast<std::int32_t>(values.size())}, values));
  }
  const auto number = [&](int i, std::string_view meaning) {
    const auto values = node.integer_input(i, meaning);
    if (values.size() != 1) throw Error(fmt::format("the {} has {} values", meaning, values.size()));
    if (std::abs(values[0]) > INT32_MAX) throw Error(fmt::format("the {} {} is too large", meaning, values[0]));
    return values[0];
  };
  const std::int64_t step = number(2, "step");
  if (step == 0) throw Error("a range with a step of 0");
  std::vector<std::int64_t> values;
  const std::int64_t limit = number(1, "limit");
  for (std::int64_t i = number(0, "start"); step > 0 ? i < limit : i > limit; i += step) {
    if (static_cast<std::int64_t>(values.size()) >= kMostElements) throw Error("the range is too large");
    values.push_back(i);
  }
  node.result(graph.constant<std::int64_t>({static_cast<std::int32_t>(values.size())}, values));
}

void convert_identity(NodeReader& node, std::string_view) { node.result(node.value(0)); }

void convert_dropout(NodeReader& node, std::string_view) {
  node.ignore("seed");
  node.ignore("ratio");
  if (node.has_input(2) && (!node.is_constant(2) || node.integer_input(2, "training mode").at(0) != 0))
    throw Error("dropout in training mode is not supported", "export the model for inference: model.eval()");
  node.require_outputs(1);
  node.result(node.value(0));
}

void convert_if(NodeReader& node, std::string_view) {
  const auto then_branch = node.body("then_branch");
  const auto else_branch = node.body("else_branch");
  if (then_branch == nullptr || else_branch == nullptr) throw Error("damaged: a branch is missing");
  const auto condition = node.integer_input(0, "condition");
  if (condition.size() != 1) throw Error("the condition is not one value");
  const auto outputs = node.convert_body(condition[0] != 0 ? *then_branch : *else_branch, {});
  for (int i = 0; i < node.output_count(); ++i) {
    if (static_cast<std::size_t>(i) >= outputs.size()) throw Error(fmt::format("damaged: the branch has {} outputs", outputs.size()));
    node.set_output(i, outputs[static_cast<std::size_t>(i)]);
  }
}

}  // namespace mote
