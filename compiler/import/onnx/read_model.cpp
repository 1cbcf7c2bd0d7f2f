#include <cmath>
#include <set>

#include "import/onnx/read_tensor.hpp"
#include "support/error.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/unknown_field_set.h>

namespace mote {

namespace {

constexpr int kDeepest = 100;           // messages inside of messages
constexpr int kDeepestGraph = 8;        // graphs inside of attributes
constexpr std::size_t kMostNodes = 200'000;
constexpr std::int64_t kOldestOpset = 7;
constexpr std::int64_t kNewestOpset = 22;

// Fields that are newer than the installed protobuf definitions.
constexpr int kNodeOverload = 8;
constexpr int kFunctionDefaults = 11;
constexpr int kFunctionOverload = 13;

/// The payloads of a field that the definitions do not know.
template <typename Message>
std::vector<std::string> unknown_field(const Message& message, int number) {
  std::vector<std::string> found;
  const auto& fields = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == number && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      found.push_back(field.length_delimited());
  }
  return found;
}

std::string last_or_empty(const std::vector<std::string>& list) { return list.empty() ? "" : list.back(); }

OnnxGraph read_graph(const onnx::GraphProto& proto, int depth);

OnnxAttribute::Kind kind_of(const onnx::AttributeProto& proto) {
  using Kind = OnnxAttribute::Kind;
  switch (proto.type()) {
    case onnx::AttributeProto::FLOAT:
      return Kind::kReal;
    case onnx::AttributeProto::INT:
      return Kind::kInteger;
    case onnx::AttributeProto::STRING:
      return Kind::kText;
    case onnx::AttributeProto::TENSOR:
      return Kind::kTensor;
    case onnx::AttributeProto::GRAPH:
      return Kind::kGraph;
    case onnx::AttributeProto::FLOATS:
      return Kind::kReals;
    case onnx::AttributeProto::INTS:
      return Kind::kIntegers;
    case onnx::AttributeProto::STRINGS:
      return Kind::kTexts;
    default:
      break;
  }
  // Files of the first versions give no type.
  if (proto.has_f()) return Kind::kReal;
  if (proto.has_i()) return Kind::kInteger;
  if (proto.has_s()) return Kind::kText;
  if (proto.has_t()) return Kind::kTensor;
  if (proto.has_g()) return Kind::kGraph;
  if (proto.floats_size() > 0) return Kind::kReals;
  if (proto.ints_size() > 0) return Kind::kIntegers;
  if (proto.strings_size() > 0) return Kind::kTexts;
  return Kind::kNone;
}

OnnxAttribute read_attribute(const onnx::AttributeProto& proto, int depth) {
  return with_context(fmt::format("attribute '{}'", proto.name()), [&] {
    OnnxAttribute result;
    result.name = proto.name();
    result.kind = kind_of(proto);
    result.reference = proto.ref_attr_name();
    result.real = proto.f();
    result.integer = proto.i();
    result.text = proto.s();
    result.reals.assign(proto.floats().begin(), proto.floats().end());
    result.integers.assign(proto.ints().begin(), proto.ints().end());
    result.texts.assign(proto.strings().begin(), proto.strings().end());
    if (!result.reference.empty()) return result;
    if (result.kind == OnnxAttribute::Kind::kTensor) result.tensor = std::make_shared<const OnnxTensor>(read_onnx_tensor(proto.t()));
    if (result.kind == OnnxAttribute::Kind::kGraph) {
      if (depth >= kDeepestGraph) throw Error(fmt::format("graphs lie more than {} deep in each other", kDeepestGraph));
      result.graph = std::make_shared<const OnnxGraph>(read_graph(proto.g(), depth + 1));
    }
    return result;
  });
}

std::vector<OnnxNode> read_nodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& list, int depth) {
  if (static_cast<std::size_t>(list.size()) > kMostNodes) throw Error(fmt::format("{} nodes are too many", list.size()));
  std::vector<OnnxNode> nodes;
  for (const onnx::NodeProto& proto : list) {
    OnnxNode node;
    node.name = proto.name();
    node.domain = standard_domain(proto.domain());
    node.type = proto.op_type();
    node.overload = last_or_empty(unknown_field(proto, kNodeOverload));
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    if (node.name.empty() && !node.outputs.empty()) node.name = node.outputs[0];
    with_context(node.title(), [&] {
      for (const auto& attribute : proto.attribute()) node.attributes.push_back(read_attribute(attribute, depth));
    });
    nodes.push_back(std::move(node));
  }
  return nodes;
}

OnnxValue read_value(const onnx::ValueInfoProto& proto) {
  OnnxValue value;
  value.name = proto.name();
  if (!proto.type().has_tensor_type()) {
    value.type_name = proto.type().has_sequence_type() ? "sequence" : proto.type().has_map_type() ? "map" : "no tensor";
    return value;
  }
  const auto& type = proto.type().tensor_type();
  value.type = graph_type_of(type.elem_type());
  value.type_name = element_type_name(type.elem_type());
  if (!type.has_shape()) return value;
  if (type.shape().dim_size() > 16) throw Error(fmt::format("'{}' has {} dimensions", value.name, type.shape().dim_size()));
  value.shape.emplace();
  for (const auto& dim : type.shape().dim()) {
    OnnxAxis axis;
    if (dim.has_dim_value() && dim.dim_value() > INT32_MAX)
      throw Error(fmt::format("damaged: '{}' has an extent of {}", value.name, dim.dim_value()));
    // Some exporters write -1 or 0 for "not known".
    if (dim.has_dim_value() && dim.dim_value() > 0) axis.extent = static_cast<std::int32_t>(dim.dim_value());
    if (dim.has_dim_param()) axis.symbol = dim.dim_param();
    value.shape->push_back(std::move(axis));
  }
  return value;
}

OnnxGraph read_graph(const onnx::GraphProto& proto, int depth) {
  OnnxGraph graph;
  graph.name = proto.name();
  if (proto.sparse_initializer_size() > 0) throw Error("sparse constants are not supported");
  for (const auto& initializer : proto.initializer()) {
    with_context(fmt::format("constant '{}'", initializer.name()),
                 [&] { graph.initializers.push_back(read_onnx_tensor(initializer)); });
  }
  graph.nodes = read_nodes(proto.node(), depth);
  for (const auto& value : proto.input()) graph.inputs.push_back(read_value(value));
  for (const auto& value : proto.output()) graph.outputs.push_back(read_value(value));
  return graph;
}

OnnxFunction read_function(const onnx::FunctionProto& proto) {
  return with_context(fmt::format("function '{}'", proto.name()), [&] {
    OnnxFunction function;
    function.domain = standard_domain(proto.domain());
    function.name = proto.name();
    function.overload = last_or_empty(unknown_field(proto, kFunctionOverload));
    function.inputs.assign(proto.input().begin(), proto.input().end());
    function.outputs.assign(proto.output().begin(), proto.output().end());
    function.attributes.assign(proto.attribute().begin(), proto.attribute().end());
    for (const std::string& bytes : unknown_field(proto, kFunctionDefaults)) {
      onnx::AttributeProto attribute;
      if (!attribute.ParseFromString(bytes)) throw Error("damaged: an attribute cannot be read");
      function.defaults.push_back(read_attribute(attribute, 0));
    }
    function.nodes = read_nodes(proto.node(), 0);
    return function;
  });
}

std::map<std::string, std::int64_t> read_opsets(const onnx::ModelProto& proto) {
  std::map<std::string, std::int64_t> opsets;
  for (const auto& opset : proto.opset_import()) opsets[std::string(standard_domain(opset.domain()))] = opset.version();
  const auto standard = opsets.find("");
  if (standard != opsets.end() && (standard->second < kOldestOpset || standard->second > kNewestOpset)) {
    throw Error(fmt::format("the operator set is version {}; {} to {} are supported", standard->second, kOldestOpset, kNewestOpset),
                "convert it: onnx.version_converter.convert_version(model, 17)");
  }
  return opsets;
}

}  // namespace

std::string OnnxNode::title() const {
  return fmt::format("{}{}{} '{}'", domain, domain.empty() ? "" : ".", type, name);
}

std::string_view standard_domain(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

OnnxModel read_onnx(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kRemedy = "give an .onnx file as torch.onnx, tf2onnx or skl2onnx write it; this one may be cut off";
  if (bytes.size() > static_cast<std::size_t>(INT32_MAX)) throw Error("the model is larger than 2 GB");
  google::protobuf::io::CodedInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kDeepest);
  onnx::ModelProto proto;
  if (!proto.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
    throw Error("not an ONNX model, or damaged: protobuf cannot read it", std::string(kRemedy));
  if (!proto.has_graph() || proto.ir_version() <= 0) throw Error("not an ONNX model: it holds no graph", std::string(kRemedy));
  OnnxModel model;
  model.ir_version = proto.ir_version();
  model.opsets = read_opsets(proto);
  model.graph = read_graph(proto.graph(), 0);
  for (const auto& function : proto.functions()) model.functions.push_back(read_function(function));
  return model;
}

}  // namespace mote
