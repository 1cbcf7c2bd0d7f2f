#include "import/tflite.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "graph/notes.hpp"
#include "import/tflite_tensors.hpp"
#include "import/tflite_variables.hpp"
#include "ops/define.hpp"
#include "ops/evaluate.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

constexpr std::string_view kNotTflite = "give a .tflite file as TensorFlow Lite's converter writes it";

void check_header(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 64));
  if (text.starts_with("version https://git-lfs")) {
    throw Error("this is a Git LFS pointer, not the model itself", "fetch the file's content with: git lfs pull");
  }
  if (bytes.size() < 16 || !tflite::ModelBufferHasIdentifier(bytes.data())) {
    throw Error("not a TensorFlow Lite model: the identifier 'TFL3' is missing", std::string(kNotTflite));
  }
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 64, 1'000'000);
  if (!tflite::VerifyModelBuffer(verifier)) {
    throw Error("damaged: tables or vectors reach outside of the file", "copy or convert the model again; it may be cut off");
  }
}

std::string operator_name(const tflite::OperatorCode& code) {
  const std::int32_t builtin = std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code());
  if (builtin == tflite::BuiltinOperator_CUSTOM) {
    return fmt::format("CUSTOM '{}'", code.custom_code() == nullptr ? "" : code.custom_code()->str());
  }
  const char* known = tflite::EnumNameBuiltinOperator(static_cast<tflite::BuiltinOperator>(builtin));
  return *known == '\0' ? fmt::format("builtin operator {}", builtin) : known;
}

/// The operators as they stand in the file; indices have been checked.
std::vector<UnsupportedModel::Row> list_operators(const tflite::Model& model, const tflite::SubGraph& subgraph) {
  std::vector<UnsupportedModel::Row> rows;
  if (subgraph.operators() == nullptr) return rows;
  for (const tflite::Operator* op : *subgraph.operators()) {
    UnsupportedModel::Row row{operator_name(*model.operator_codes()->Get(op->opcode_index())), "", {}};
    if (op->outputs() != nullptr && op->outputs()->size() > 0) {
      const tflite::Tensor& tensor = *subgraph.tensors()->Get(static_cast<flatbuffers::uoffset_t>(op->outputs()->Get(0)));
      row.type = tflite::EnumNameTensorType(tensor.type());
      if (tensor.shape() != nullptr) row.shape.assign(tensor.shape()->begin(), tensor.shape()->end());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<TensorId> read_ids(const flatbuffers::Vector<std::int32_t>* list, std::size_t tensor_count, std::string_view what,
                               bool optional) {
  std::vector<TensorId> ids;
  if (list == nullptr) return ids;
  for (const std::int32_t id : *list) {
    if (id == kNoTensor && optional) {
      ids.push_back(kNoTensor);
      continue;
    }
    if (id < 0 || static_cast<std::size_t>(id) >= tensor_count) {
      throw Error(fmt::format("damaged: {} refer to tensor {}, the model has {}", what, id, tensor_count));
    }
    ids.push_back(id);
  }
  return ids;
}

void raise_if_any(const Unsupported& unsupported, const tflite::Model& model, const tflite::SubGraph& subgraph) {
  if (!unsupported.empty()) throw UnsupportedModel(unsupported.reasons(), list_operators(model, subgraph));
}

void check_inputs(const Graph& graph) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    if (tensor.is_state) throw Error(fmt::format("damaged: input '{}' is a variable", tensor.name));
    if (std::count(graph.inputs.begin(), graph.inputs.end(), graph.inputs[i]) > 1)
      throw Error(fmt::format("damaged: input '{}' is listed twice", tensor.name));
  }
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    const bool is_input = std::find(graph.inputs.begin(), graph.inputs.end(), static_cast<TensorId>(i)) != graph.inputs.end();
    if (!is_input && !tensor.is_state) continue;
    for (const std::int32_t extent : tensor.shape) {
      if (extent <= 0) {
        throw Error(fmt::format("{} '{}' has the shape {}; every extent must be known", is_input ? "input" : "state", tensor.name,
                                to_string(tensor.shape)),
                    "export the model with a fixed input shape");
      }
    }
  }
}

void read_operators(const tflite::Model& model, const tflite::SubGraph& subgraph, std::span<const std::uint8_t> file, Graph& graph,
                    Unsupported& unsupported) {
  if (subgraph.operators() == nullptr) return;
  TfliteVariables variables(model, file, unsupported);
  const std::size_t code_count = model.operator_codes() == nullptr ? 0 : model.operator_codes()->size();
  std::uint32_t index = 0;
  for (const tflite::Operator* op : *subgraph.operators()) {
    const std::uint32_t position = index++;
    with_context(fmt::format("operator {}", position), [&] {
      if (op->opcode_index() >= code_count) {
        throw Error(fmt::format("damaged: operator code {} of {}", op->opcode_index(), code_count));
      }
      const tflite::OperatorCode& code = *model.operator_codes()->Get(op->opcode_index());
      const std::int32_t builtin = std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code());
      if (variables.take(*op, builtin)) return;
      const std::string_view custom = code.custom_code() == nullptr ? std::string_view() : code.custom_code()->string_view();
      const OperatorInfo* info = find_tflite_operator(builtin, custom);
      Node node;
      node.inputs = read_ids(op->inputs(), graph.tensors.size(), "inputs", true);
      node.outputs = read_ids(op->outputs(), graph.tensors.size(), "outputs", false);
      if (info == nullptr) {
        unsupported.add(fmt::format("operator {}", operator_name(code)));
        return;
      }
      node.name = fmt::format("{}_{}", info->name, graph.nodes.size());
      try {
        node.op = info->from_tflite(*op);
      } catch (const Error& error) {
        unsupported.add(fmt::format("{} ('{}'): {}", operator_name(code), node.name, error.what()));
        return;
      }
      variables.bind(graph, node);
      for (Tensor& state : node.op->own_state(NodeView(graph, node))) node.inputs.push_back(graph.add_tensor(std::move(state)));
      graph.nodes.push_back(std::move(node));
    });
  }
}

/// What mote itself has written beside the graph.
void read_notes(const tflite::Model& model, std::span<const std::uint8_t> file, Graph& graph) {
  if (model.metadata() == nullptr) return;
  for (const tflite::Metadata* entry : *model.metadata()) {
    if (entry->name() == nullptr || entry->name()->str() != kNotesName) continue;
    const std::span<const std::uint8_t> text = buffer_bytes(model, entry->buffer(), file);
    apply_notes(graph, {reinterpret_cast<const char*>(text.data()), text.size()});
  }
}

}  // namespace

Graph import_tflite(std::span<const std::uint8_t> bytes, std::string_view name) {
  check_header(bytes);
  const tflite::Model& model = *tflite::GetModel(bytes.data());
  if (model.version() != 3) throw Error(fmt::format("schema version {} is not supported, 3 is", model.version()));
  if (model.subgraphs() == nullptr || model.subgraphs()->size() == 0) throw Error("damaged: the model has no subgraph");
  const tflite::SubGraph& subgraph = *model.subgraphs()->Get(0);
  Graph graph;
  graph.name = name;
  Unsupported unsupported;
  graph.tensors = read_tensors(model, subgraph, bytes, [&](const std::string& reason) { unsupported.add(reason); });
  graph.inputs = read_ids(subgraph.inputs(), graph.tensors.size(), "the model's inputs", false);
  graph.outputs = read_ids(subgraph.outputs(), graph.tensors.size(), "the model's outputs", false);
  if (graph.outputs.empty()) throw Error("damaged: the model has no outputs");
  check_inputs(graph);
  for (const TensorId id : graph.inputs) {
    if (subgraph.tensors()->Get(static_cast<flatbuffers::uoffset_t>(id))->type() == tflite::TensorType_RESOURCE)
      unsupported.add(fmt::format("variables as inputs, as '{}'", graph.tensor(id).name));
  }
  read_operators(model, subgraph, bytes, graph, unsupported);
  raise_if_any(unsupported, model, subgraph);
  with_context("metadata 'mote'", [&] { read_notes(model, bytes, graph); });
  drop_unmade_constants(graph);
  for (const std::string& problem : settle(graph)) unsupported.add(problem);
  raise_if_any(unsupported, model, subgraph);
  verify(graph);
  prune(graph);
  return graph;
}

Graph import_tflite_file(const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  return with_context(path.string(), [&] { return import_tflite(bytes, path.stem().string()); });
}

}  // namespace mote
