#include "import/onnx/node_reader.hpp"

#include "import/onnx/importer.hpp"
#include "support/error.hpp"

namespace mote {

NodeReader::NodeReader(OnnxImporter& importer, const OnnxNode& node) : importer_(importer), node_(node) {}

ImportedGraph& NodeReader::graph() const { return importer_.graph(); }

std::int64_t NodeReader::opset() const { return importer_.opset(node_.domain); }

bool NodeReader::has_attribute(std::string_view name) const {
  for (const OnnxAttribute& attribute : node_.attributes) {
    if (attribute.name == name) return true;
  }
  return false;
}

const OnnxAttribute* NodeReader::find(std::string_view name, OnnxAttribute::Kind kind, std::string_view meaning) {
  read_.insert(std::string(name));
  for (const OnnxAttribute& attribute : node_.attributes) {
    if (attribute.name != name) continue;
    if (attribute.kind != kind) throw Error(fmt::format("damaged: attribute '{}' is not {}", name, meaning));
    return &attribute;
  }
  return nullptr;
}

std::int64_t NodeReader::integer(std::string_view name) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kInteger, "an integer");
  if (found == nullptr) throw Error(fmt::format("damaged: attribute '{}' is missing", name));
  return found->integer;
}

std::int64_t NodeReader::integer(std::string_view name, std::int64_t otherwise) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kInteger, "an integer");
  return found == nullptr ? otherwise : found->integer;
}

float NodeReader::real(std::string_view name, float otherwise) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kReal, "a number");
  return found == nullptr ? otherwise : found->real;
}

std::string NodeReader::text(std::string_view name, std::string_view otherwise) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kText, "a text");
  return found == nullptr ? std::string(otherwise) : found->text;
}

std::vector<std::int64_t> NodeReader::integers(std::string_view name, std::vector<std::int64_t> otherwise) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kIntegers, "a list of integers");
  return found == nullptr ? std::move(otherwise) : found->integers;
}

std::vector<float> NodeReader::reals(std::string_view name, std::vector<float> otherwise) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kReals, "a list of numbers");
  return found == nullptr ? std::move(otherwise) : found->reals;
}

std::vector<std::string> NodeReader::texts(std::string_view name) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kTexts, "a list of texts");
  return found == nullptr ? std::vector<std::string>{} : found->texts;
}

std::shared_ptr<const OnnxTensor> NodeReader::tensor(std::string_view name) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kTensor, "a tensor");
  return found == nullptr ? nullptr : found->tensor;
}

std::shared_ptr<const OnnxGraph> NodeReader::body(std::string_view name) {
  const OnnxAttribute* found = find(name, OnnxAttribute::Kind::kGraph, "a graph");
  return found == nullptr ? nullptr : found->graph;
}

void NodeReader::require(std::string_view name, std::int64_t value) {
  const std::int64_t given = integer(name, value);
  if (given != value) throw Error(fmt::format("{} {} is not supported, {} is", name, given, value));
}

void NodeReader::check_all_read() const {
  for (const OnnxAttribute& attribute : node_.attributes) {
    if (!read_.contains(attribute.name)) throw Error(fmt::format("the attribute '{}' is not supported", attribute.name));
  }
}

TensorId NodeReader::raw_input(int i) const {
  if (!has_input(i)) throw Error(fmt::format("damaged: input {} is missing", i));
  return importer_.value(node_.inputs[static_cast<std::size_t>(i)]);
}

TensorId NodeReader::input(int i) {
  const TensorId id = raw_input(i);
  if (graph().type(id) != DataType::kInt64 || !graph().is_constant(id)) return id;
  std::vector<std::int32_t> narrow;
  for (const std::int64_t value : graph().integer_values(id, "constant")) {
    if (value >= INT64_MAX - 1 || value <= INT64_MIN + 1) {
      narrow.push_back(value > 0 ? INT32_MAX : INT32_MIN);
    } else if (value > INT32_MAX || value < INT32_MIN) {
      throw Error(fmt::format("'{}' holds {}; integers of 32 bits are supported", graph().tensor(id).name, value));
    } else {
      narrow.push_back(static_cast<std::int32_t>(value));
    }
  }
  const TensorId made = graph().constant(graph().shape(id), narrow);
  graph().graph().tensor(made).name = graph().tensor(id).name;
  return made;
}

std::vector<TensorId> NodeReader::all_inputs() {
  std::vector<TensorId> ids;
  for (int i = 0; i < input_count(); ++i) ids.push_back(input(i));
  return ids;
}

bool NodeReader::is_constant(int i) { return graph().is_constant(raw_input(i)); }

std::vector<std::int64_t> NodeReader::integer_input(int i, std::string_view meaning) {
  return graph().integer_values(raw_input(i), meaning);
}

std::vector<float> NodeReader::real_input(int i, std::string_view meaning) { return graph().real_values(raw_input(i), meaning); }

float NodeReader::real_scalar(int i, std::string_view meaning) {
  const std::vector<float> values = real_input(i, meaning);
  if (values.size() != 1) throw Error(fmt::format("the {} has {} values, one is needed", meaning, values.size()));
  return values[0];
}

std::vector<std::int64_t> NodeReader::integers_or_input(std::string_view name, int input, std::int64_t input_since,
                                                        std::vector<std::int64_t> otherwise) {
  if (opset() < input_since || has_attribute(name)) return integers(name, std::move(otherwise));
  return has_input(input) ? integer_input(input, name) : otherwise;
}

std::int32_t NodeReader::axis(std::int64_t value, int rank) const {
  if (value < -rank || value >= rank) throw Error(fmt::format("axis {} does not exist in {} dimensions", value, rank));
  return static_cast<std::int32_t>(value < 0 ? value + rank : value);
}

std::vector<std::int32_t> NodeReader::axes(const std::vector<std::int64_t>& values, int rank) const {
  std::vector<std::int32_t> result;
  for (const std::int64_t value : values) result.push_back(axis(value, rank));
  return result;
}

void NodeReader::set_output(int i, TensorId id) {
  if (has_output(i)) importer_.set_value(node_.outputs[static_cast<std::size_t>(i)], id);
}

void NodeReader::require_outputs(int count) const {
  for (int i = count; i < output_count(); ++i) {
    if (has_output(i)) throw Error(fmt::format("output {} ('{}') is not supported", i, node_.outputs[static_cast<std::size_t>(i)]));
  }
}

TensorId NodeReader::convert_as(std::string_view type, const std::vector<TensorId>& inputs) {
  return importer_.convert_as(node_, type, inputs, read_);
}

std::vector<TensorId> NodeReader::convert_body(const OnnxGraph& body, const std::vector<TensorId>& inputs) {
  return importer_.convert_body(body, inputs);
}

}  // namespace mote
