#include "import/tflite_variables.hpp"

#include <algorithm>

#include "graph/operator.hpp"
#include "import/tflite_tensors.hpp"
#include "ops/evaluate.hpp"

namespace mote {

namespace {

std::int32_t only_tensor(const flatbuffers::Vector<std::int32_t>* list, std::string_view what) {
  if (list == nullptr || list->size() != 1)
    throw Error(fmt::format("damaged: {} of a variable's operator are not one tensor", what));
  return list->Get(0);
}

std::int32_t builtin_code(const tflite::Model& model, const tflite::Operator& op) {
  const std::size_t count = model.operator_codes() == nullptr ? 0 : model.operator_codes()->size();
  if (op.opcode_index() >= count) throw Error(fmt::format("damaged: operator code {} of {}", op.opcode_index(), count));
  const tflite::OperatorCode& code = *model.operator_codes()->Get(op.opcode_index());
  return std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code());
}

std::string text_of(const flatbuffers::String* text) { return text == nullptr ? std::string() : text->str(); }

}  // namespace

void TfliteVariables::take_handle(const tflite::Operator& op, std::map<std::int32_t, Name>& handles) const {
  const auto* options = op.builtin_options_as_VarHandleOptions();
  const Name name = options == nullptr ? Name() : Name(text_of(options->container()), text_of(options->shared_name()));
  handles[only_tensor(op.outputs(), "outputs")] = name;
}

bool TfliteVariables::take(const tflite::Operator& op, std::int32_t builtin_code) {
  if (builtin_code == tflite::BuiltinOperator_VAR_HANDLE) {
    take_handle(op, handles_);
    return true;
  }
  if (builtin_code != tflite::BuiltinOperator_CALL_ONCE) return false;
  const auto* options = op.builtin_options_as_CallOnceOptions();
  const std::int32_t index = options == nullptr ? 0 : options->init_subgraph_index();
  const std::size_t count = model_.subgraphs()->size();
  if (index < 1 || static_cast<std::size_t>(index) >= count) {
    throw Error(fmt::format("damaged: CALL_ONCE runs subgraph {}, the model has {}", index, count));
  }
  with_context(fmt::format("subgraph {}", index),
               [&] { initialize(*model_.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index))); });
  return true;
}

void TfliteVariables::initialize(const tflite::SubGraph& subgraph) {
  if (subgraph.operators() == nullptr) return;
  const std::vector<Tensor> tensors =
      read_tensors(model_, subgraph, file_, [&](const std::string& reason) { unsupported_.add(reason); });
  std::map<std::int32_t, Name> handles;
  for (const tflite::Operator* op : *subgraph.operators()) {
    const std::int32_t code = builtin_code(model_, *op);
    if (code == tflite::BuiltinOperator_VAR_HANDLE) {
      take_handle(*op, handles);
    } else if (code == tflite::BuiltinOperator_ASSIGN_VARIABLE) {
      if (op->inputs() == nullptr || op->inputs()->size() != 2)
        throw Error("damaged: ASSIGN_VARIABLE without a handle and a value");
      const auto handle = handles.find(op->inputs()->Get(0));
      const std::int32_t value = op->inputs()->Get(1);
      if (handle == handles.end() || value < 0 || static_cast<std::size_t>(value) >= tensors.size()) {
        throw Error("damaged: ASSIGN_VARIABLE of a variable or value that does not exist");
      }
      const Tensor& constant = tensors[static_cast<std::size_t>(value)];
      if (!constant.is_constant()) {
        unsupported_.add(fmt::format("variable '{}' that is initialized with what is computed", handle->second.second));
        continue;
      }
      initial_[handle->second] = constant;
    } else {
      unsupported_.add(fmt::format("operator {} in the initialization of variables",
                                   tflite::EnumNameBuiltinOperator(static_cast<tflite::BuiltinOperator>(code))));
    }
  }
}

void TfliteVariables::bind(Graph& graph, Node& node) {
  const bool reads = node.op->name() == "read_variable";
  if (!reads && node.op->name() != "assign_variable") return;
  if (node.inputs.size() != (reads ? 1U : 2U) || node.outputs.size() != (reads ? 1U : 0U)) {
    throw Error(
        fmt::format("damaged: {} with {} inputs and {} outputs", node.op->name(), node.inputs.size(), node.outputs.size()));
  }
  const auto handle = handles_.find(node.inputs[0]);
  if (handle == handles_.end()) throw Error("damaged: a variable is used that no VAR_HANDLE before it names");
  const TensorId value_id = reads ? node.outputs[0] : node.inputs[1];
  if (value_id == kNoTensor) throw Error("damaged: ASSIGN_VARIABLE without a value");
  const Tensor value = graph.tensor(value_id);
  node.inputs[0] = state_of(graph, handle->second, value);
  if (reads) return;
  Tensor after = graph.tensor(node.inputs[0]);
  after.name += "/assigned";
  after.is_state = false;
  after.initial = nullptr;
  node.outputs.push_back(graph.add_tensor(std::move(after)));
}

TensorId TfliteVariables::state_of(Graph& graph, const Name& name, const Tensor& value) {
  const auto [found, is_new] = states_.try_emplace(name, kNoTensor);
  if (!is_new) return found->second;
  Tensor state = value;
  state.name = name.second;
  state.data = nullptr;
  state.is_state = true;
  if (std::any_of(state.shape.begin(), state.shape.end(), [](std::int32_t extent) { return extent <= 0; })) {
    throw Error(fmt::format("variable '{}' has the shape {}; every extent must be known", state.name, to_string(state.shape)),
                "export the model with a fixed input shape");
  }
  set_initial(state, name);
  found->second = graph.add_tensor(std::move(state));
  return found->second;
}

void TfliteVariables::set_initial(Tensor& state, const Name& name) const {
  const Bytes real_zeros = initial_state(state);
  Bytes bytes(real_zeros.size(), 0);  // memory of a variable that nothing initializes
  if (const auto given = initial_.find(name); given != initial_.end()) {
    if (given->second.type != state.type || given->second.shape != state.shape) {
      throw Error(fmt::format("variable '{}' is {} {} but is initialized with {} {}", state.name, type_name(state.type),
                              to_string(state.shape), type_name(given->second.type), to_string(given->second.shape)));
    }
    bytes = *given->second.data;
  }
  if (bytes != real_zeros) state.initial = std::make_shared<const Bytes>(std::move(bytes));
}

}  // namespace mote
