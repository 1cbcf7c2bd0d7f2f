#include "import/onnx/importer.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "import/onnx.hpp"
#include "import/onnx/converters.hpp"
#include "import/onnx/node_reader.hpp"
#include "ops/recurrent_outputs.hpp"
#include "passes/fold_scales.hpp"
#include "passes/fuse_activations.hpp"
#include "passes/fuse_quantized.hpp"
#include "passes/layout.hpp"
#include "passes/sink_reshapes.hpp"
#include "support/checked.hpp"

namespace mote {

namespace {

/// A value that could not be made because of what is not supported before it.
constexpr TensorId kUnknown = -2;

std::string operator_title(const OnnxNode& node) { return node.domain.empty() ? node.type : node.domain + "." + node.type; }

/// Graphs on the way to a Loop or Scan may multiply nodes; beyond this the model does not fit any microcontroller.
constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostTensors = 500'000;

}  // namespace

OnnxImporter::OnnxImporter(const OnnxModel& model, std::string_view name, const ImportOptions& options)
    : model_(model), options_(options), graph_(name) {
  for (const auto& [symbol, extent] : options.dims) {
    if (extent <= 0) throw Error(fmt::format("--dim {}={}: an extent is at least 1", symbol, extent));
    used_dims_[symbol] = false;
  }
}

std::int64_t OnnxImporter::opset(const std::string& domain) const {
  const auto found = model_.opsets.find(domain);
  return found == model_.opsets.end() ? 1 : found->second;
}

TensorId OnnxImporter::value(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw Error(fmt::format("damaged: nothing makes the value '{}'", name));
  if (found->second == kUnknown) throw Error(fmt::format("'{}' depends on what is not supported", name));
  return found->second;
}

void OnnxImporter::set_value(const std::string& name, TensorId id) {
  values_[name] = id;
  // Results carry the file's names; inputs keep theirs, and one tensor may stand for several values.
  Tensor& tensor = graph_.graph().tensor(id);
  const auto& nodes = graph_.graph().nodes;
  if (!nodes.empty() && std::find(nodes.back().outputs.begin(), nodes.back().outputs.end(), id) != nodes.back().outputs.end())
    tensor.name = name;
}

std::int32_t OnnxImporter::extent(const OnnxValue& input, std::size_t axis) {
  const OnnxAxis& given = (*input.shape)[axis];
  if (given.extent > 0) return given.extent;
  const std::string by_place = fmt::format("{}:{}", input.name, axis);
  for (const std::string& key : {given.symbol, by_place}) {
    const auto found = options_.dims.find(key);
    if (key.empty() || found == options_.dims.end()) continue;
    used_dims_[key] = true;
    return found->second;
  }
  if (axis == 0) return 1;
  const std::string& key = given.symbol.empty() ? by_place : given.symbol;
  throw Error(fmt::format("axis {} of input '{}' is not fixed{}", axis, input.name, given.symbol.empty() ? "" : fmt::format(" ('{}')", key)),
              fmt::format("give its extent: --dim {}=N", key));
}

TensorId OnnxImporter::add_names(const OnnxTensor& text) {
  if (text.shape.size() != 1 || text.texts.size() != static_cast<std::size_t>(text.shape[0]) || text.texts.empty())
    throw Error(fmt::format("constant '{}' holds text, which is not supported but as a list of classes", text.name));
  graph_.graph().labels = text.texts;
  std::vector<std::int32_t> places(text.texts.size());
  std::iota(places.begin(), places.end(), 0);
  return graph_.integers(places);
}

void OnnxImporter::add_constants(const OnnxGraph& graph) {
  for (const OnnxTensor& each : graph.initializers) {
    if (each.data == nullptr) {
      values_[each.name] = add_names(each);
      continue;
    }
    values_[each.name] = graph_.add_tensor({each.name, each.type, each.shape, {}, each.data});
  }
}

void OnnxImporter::add_inputs() {
  Graph& graph = graph_.graph();
  for (const OnnxValue& input : model_.graph.inputs) {
    if (values_.contains(input.name)) continue;  // the first versions list constants here too
    if (!input.type) throw Error(fmt::format("input '{}' is {}, which is not supported", input.name, input.type_name));
    if (!input.shape) throw Error(fmt::format("the shape of input '{}' is not given", input.name), "export the model with a fixed input shape");
    Tensor tensor;
    tensor.name = input.name;
    tensor.type = *input.type;
    std::int64_t elements = 1;
    for (std::size_t axis = 0; axis < input.shape->size(); ++axis) {
      tensor.shape.push_back(extent(input, axis));
      elements = checked_multiply(elements, tensor.shape.back()).value_or(INT64_MAX);
    }
    if (elements > INT32_MAX / 8) throw Error(fmt::format("input '{}' ({}) is too large", input.name, to_string(tensor.shape)));
    if (tensor.shape.size() > 2) {
      tensor.file_axes.resize(tensor.shape.size());
      std::iota(tensor.file_axes.begin(), tensor.file_axes.end(), 0);
    }
    const TensorId id = graph.add_tensor(std::move(tensor));
    graph.inputs.push_back(id);
    values_[input.name] = id;
    graph_.set_origin(input.name + "/cast");
    if (*input.type == DataType::kInt64) values_[input.name] = graph_.cast(id, DataType::kInt32);
  }
  for (const auto& [symbol, used] : used_dims_) {
    if (!used)
      throw Error(fmt::format("--dim {}: no input has an open axis of that name", symbol), "`mote inspect MODEL` without it tells which are open");
  }
}

void OnnxImporter::add_outputs() {
  Graph& graph = graph_.graph();
  for (const OnnxValue& output : model_.graph.outputs) {
    TensorId id = value(output.name);
    graph_.set_origin(output.name + "/cast");
    if (output.type == DataType::kInt64 && graph_.type(id) == DataType::kInt32) id = graph_.cast(id, DataType::kInt64);
    if (output.type == DataType::kUint8 && graph_.type(id) == DataType::kInt8) {
      Quantization quantization = graph_.tensor(id).quantization;
      for (std::int32_t& each : quantization.zero_points) each += 128;
      id = graph_.add("quantize", {id}, {}, {DataType::kUint8, quantization});
    }
    if (graph_.is_constant(id))
      throw Error(fmt::format("output '{}' does not depend on the input; it is always the same", output.name), "take it out of the model's outputs");
    Tensor& tensor = graph.tensor(id);
    const bool is_input = std::find(graph.inputs.begin(), graph.inputs.end(), id) != graph.inputs.end();
    if (!is_input) {
      tensor.name = output.name;
      if (tensor.shape.size() > 2) {
        tensor.file_axes.resize(tensor.shape.size());
        std::iota(tensor.file_axes.begin(), tensor.file_axes.end(), 0);
      }
    }
    graph.outputs.push_back(id);
  }
  if (graph.outputs.empty()) throw Error("damaged: the model has no outputs");
}

void OnnxImporter::convert(const OnnxNode& node) {
  const Converter* converter = find_converter(node.domain, node.type);
  const auto give_up = [&](const std::string& reason) {
    if (!reason.empty()) unsupported_.add(reason);
    for (const std::string& output : node.outputs) {
      if (!output.empty()) values_[output] = kUnknown;
    }
  };
  if (converter == nullptr) return give_up(fmt::format("operator {}", operator_title(node)));
  bool known = true;
  for (const std::string& input : node.inputs) {
    if (input.empty()) continue;
    const auto found = values_.find(input);
    if (found == values_.end()) throw Error(fmt::format("damaged: {} reads '{}', which nothing makes", node.title(), input));
    known = known && found->second != kUnknown;
  }
  if (!known) return give_up("");
  graph_.set_origin(node.name);
  try {
    NodeReader reader(*this, node);
    converter->convert(reader, converter->argument);
    reader.check_all_read();
  } catch (const Error& error) {
    return give_up(fmt::format("{}: {}", node.title(), error.what()));
  }
  for (const std::string& output : node.outputs) {
    if (!output.empty() && !values_.contains(output)) give_up(fmt::format("{}: its output '{}' is not supported", node.title(), output));
  }
  if (graph_.graph().nodes.size() > kMostNodes) throw Error(fmt::format("more than {} operators", kMostNodes));
  if (graph_.graph().tensors.size() > kMostTensors) throw Error(fmt::format("more than {} values", kMostTensors));
}

void OnnxImporter::convert_nodes(const OnnxGraph& graph) {
  OnnxGraph sorted;
  sorted.nodes = graph.nodes;
  sort_nodes(sorted);
  for (const OnnxNode& node : sorted.nodes) convert(node);
}

std::vector<TensorId> OnnxImporter::convert_body(const OnnxGraph& body, const std::vector<TensorId>& inputs) {
  if (inputs.size() != body.inputs.size())
    throw Error(fmt::format("damaged: a graph with {} inputs gets {}", body.inputs.size(), inputs.size()));
  if (++depth_ > 16) throw Error("graphs lie too deep in each other");
  const std::map<std::string, TensorId> outside = values_;
  for (std::size_t i = 0; i < inputs.size(); ++i) values_[body.inputs[i].name] = inputs[i];
  add_constants(body);
  const std::size_t problems = unsupported_.reasons().size();
  convert_nodes(body);
  if (unsupported_.reasons().size() > problems) throw Error("its graph holds what is not supported");
  std::vector<TensorId> outputs;
  for (const OnnxValue& output : body.outputs) outputs.push_back(value(output.name));
  values_ = outside;
  --depth_;
  return outputs;
}

TensorId OnnxImporter::convert_as(const OnnxNode& like, std::string_view type, const std::vector<TensorId>& inputs,
                                  std::set<std::string, std::less<>>& read) {
  const Converter* converter = find_converter("", type);
  MOTE_CHECK(converter != nullptr);
  OnnxNode node = like;
  node.domain.clear();
  node.type = type;
  node.inputs.clear();
  node.outputs = {like.outputs.at(0) + "/float"};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    node.inputs.push_back(inputs[i] == kNoTensor ? "" : fmt::format("{}/float/{}", like.outputs[0], i));
    if (inputs[i] != kNoTensor) values_[node.inputs.back()] = inputs[i];
  }
  NodeReader reader(*this, node);
  converter->convert(reader, converter->argument);
  read.insert(reader.attributes_read().begin(), reader.attributes_read().end());
  const TensorId made = value(node.outputs[0]);
  for (const std::string& input : node.inputs) values_.erase(input);
  values_.erase(node.outputs[0]);
  return made;
}

std::vector<UnsupportedModel::Row> OnnxImporter::list_operators() const {
  std::vector<UnsupportedModel::Row> rows;
  for (const OnnxNode& node : model_.graph.nodes) {
    UnsupportedModel::Row row{operator_title(node), "", {}};
    const auto found = node.outputs.empty() ? values_.end() : values_.find(node.outputs[0]);
    if (found != values_.end() && found->second != kUnknown) {
      row.type = type_name(graph_.type(found->second));
      row.shape = graph_.shape(found->second);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Graph OnnxImporter::run() {
  add_constants(model_.graph);
  add_inputs();
  convert_nodes(model_.graph);
  if (!unsupported_.empty()) throw UnsupportedModel(unsupported_.reasons(), list_operators());
  add_outputs();
  Graph graph = std::move(graph_.graph());
  prune(graph);
  simplify_recurrent(graph);
  verify(graph);
  return graph;
}

Graph import_onnx(std::span<const std::uint8_t> bytes, std::string_view name, const ImportOptions& options) {
  OnnxModel model = read_onnx(bytes);
  inline_functions(model);
  Graph graph = OnnxImporter(model, name, options).run();
  // Images have their channels first in ONNX, and float operators between DequantizeLinear and QuantizeLinear say what is meant to run
  // on integers.
  for (const auto pass : {layout, fold_scales, sink_reshapes, fuse_activations, fuse_quantized}) {
    if (pass(graph)) prune(graph);
    verify(graph);
  }
  return graph;
}

}  // namespace mote
