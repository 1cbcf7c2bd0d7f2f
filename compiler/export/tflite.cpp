#include "export/tflite.hpp"

#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "export/spell_out_padding.hpp"
#include "graph/notes.hpp"
#include "ops/define.hpp"
#include "ops/evaluate.hpp"
#include "support/error.hpp"
#include "support/version.hpp"

namespace mote {

namespace {

constexpr std::uint32_t kSchemaVersion = 3;

/// Every operator that TFLite does not have, once each with the first node that holds it.
std::vector<std::string> operators_without_form(const Graph& graph) {
  std::vector<std::string> problems;
  std::set<std::string_view> seen;
  for (const Node& node : graph.nodes) {
    const OperatorInfo* info = find_operator(node.op->name());
    MOTE_CHECK(info != nullptr);
    if (info->tflite_code < 0 && seen.insert(info->name).second)
      problems.push_back(fmt::format("operator {}, as in '{}'", info->name, node.name));
  }
  return problems;
}

[[noreturn]] void refuse(const std::vector<std::string>& problems) {
  std::string text = "TensorFlow Lite has no form for:";
  for (const std::string& problem : problems) text += "\n  - " + problem;
  throw Error(text, "the model can still be compiled, run and verified with mote; to write it, export it without these");
}

bool assigns_variable(const Node& node) { return node.op->name() == "assign_variable"; }
bool uses_variable(const Node& node) { return assigns_variable(node) || node.op->name() == "read_variable"; }

/// State that operators keep by themselves has no place in a file, nor has what a variable is once it is assigned.
void leave_out_own_state(Graph& graph) {
  for (Node& node : graph.nodes) {
    node.inputs.resize(node.inputs.size() - node.op->own_state(NodeView(graph, node)).size());
    if (assigns_variable(node)) node.outputs.clear();
  }
  drop_unused_tensors(graph);
}

class ModelWriter {
 public:
  explicit ModelWriter(const Graph& graph) : graph_(graph) {}

  std::vector<std::uint8_t> write() {
    add_buffer({});  // buffer 0 stands for "no data"
    find_variables();
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i)
      tensors_.push_back(is_variable_[i] ? write_handle(graph_.tensors[i]) : write_tensor(graph_.tensors[i]));
    std::vector<flatbuffers::Offset<tflite::Operator>> operators = write_variables();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) operators.push_back(write_node(i));
    std::vector<flatbuffers::Offset<tflite::SubGraph>> all{
        tflite::CreateSubGraph(builder_, builder_.CreateVector(tensors_), builder_.CreateVector(graph_.inputs),
                               builder_.CreateVector(graph_.outputs), builder_.CreateVector(operators),
                               builder_.CreateString(graph_.name))};
    if (has_variables()) all.push_back(write_initialization());
    const auto metadata = write_metadata();
    const auto codes = builder_.CreateVector(codes_);
    const auto subgraphs = builder_.CreateVector(all);
    const auto description = builder_.CreateString(fmt::format("mote {}", version()));
    const auto buffers = builder_.CreateVector(buffers_);
    tflite::FinishModelBuffer(
        builder_, tflite::CreateModel(builder_, kSchemaVersion, codes, subgraphs, description, buffers, 0, metadata));
    flatbuffers::Verifier verifier(builder_.GetBufferPointer(), builder_.GetSize(), 64, 1'000'000);
    MOTE_CHECK(tflite::VerifyModelBuffer(verifier));
    return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
  }

 private:
  flatbuffers::Offset<tflite::Tensor> write_tensor(const Tensor& tensor) {
    return write_tensor_on(tensor, tensor.is_constant() && !tensor.data->empty() ? buffer_of(*tensor.data) : 0);
  }

  flatbuffers::Offset<tflite::Tensor> write_tensor_on(const Tensor& tensor, std::uint32_t buffer) {
    const auto shape = builder_.CreateVector(tensor.shape);
    const auto name = builder_.CreateString(tensor.name);
    flatbuffers::Offset<tflite::QuantizationParameters> quantization = 0;
    if (!tensor.quantization.empty()) {
      const std::vector<std::int64_t> zero_points(tensor.quantization.zero_points.begin(), tensor.quantization.zero_points.end());
      quantization = tflite::CreateQuantizationParameters(builder_, 0, 0, builder_.CreateVector(tensor.quantization.scales),
                                                          builder_.CreateVector(zero_points), tflite::QuantizationDetails_NONE, 0,
                                                          tensor.quantization.axis);
    }
    return tflite::CreateTensor(builder_, shape, write_type(tensor.type), buffer, name, quantization, tensor.is_state);
  }

  // Variables: handles in the place of their states, made from names before everything else; a subgraph of its own assigns what they
  // hold at first.

  void find_variables() {
    is_variable_.assign(graph_.tensors.size(), false);
    for (const Node& node : graph_.nodes)
      if (uses_variable(node)) is_variable_[static_cast<std::size_t>(node.inputs[0])] = true;
  }
  bool has_variables() const { return std::find(is_variable_.begin(), is_variable_.end(), true) != is_variable_.end(); }

  flatbuffers::Offset<tflite::Tensor> write_handle(const Tensor& state) {
    return tflite::CreateTensor(builder_, builder_.CreateVector(Shape{}), tflite::TensorType_RESOURCE, 0,
                                builder_.CreateString(state.name));
  }

  flatbuffers::Offset<tflite::Operator> write_builtin(tflite::BuiltinOperator code, const std::vector<TensorId>& inputs,
                                                      const std::vector<TensorId>& outputs, tflite::BuiltinOptions type,
                                                      flatbuffers::Offset<void> options) {
    OperatorInfo info;
    info.tflite_name = tflite::EnumNameBuiltinOperator(code);
    info.tflite_code = code;
    const std::uint32_t index = code_of(info, 1);
    return tflite::CreateOperator(builder_, index, builder_.CreateVector(inputs), builder_.CreateVector(outputs), type, options);
  }

  /// Makes the handle of the state `id` as tensor `handle`. The container tells states of one name apart.
  flatbuffers::Offset<tflite::Operator> write_var_handle(std::size_t id, TensorId handle) {
    const auto options = tflite::CreateVarHandleOptions(builder_, builder_.CreateString(containers_.at(id)),
                                                        builder_.CreateString(graph_.tensors[id].name));
    return write_builtin(tflite::BuiltinOperator_VAR_HANDLE, {}, {handle}, tflite::BuiltinOptions_VarHandleOptions, options.Union());
  }

  std::vector<flatbuffers::Offset<tflite::Operator>> write_variables() {
    if (!has_variables()) return {};
    constexpr std::int32_t kInitialization = 1;
    std::vector<flatbuffers::Offset<tflite::Operator>> operators{
        write_builtin(tflite::BuiltinOperator_CALL_ONCE, {}, {}, tflite::BuiltinOptions_CallOnceOptions,
                      tflite::CreateCallOnceOptions(builder_, kInitialization).Union())};
    std::set<std::string_view> names;
    for (std::size_t id = 0; id < is_variable_.size(); ++id) {
      if (!is_variable_[id]) continue;
      containers_[id] = names.insert(graph_.tensors[id].name).second ? "" : fmt::to_string(id);
      operators.push_back(write_var_handle(id, static_cast<TensorId>(id)));
    }
    return operators;
  }

  flatbuffers::Offset<tflite::SubGraph> write_initialization() {
    std::vector<flatbuffers::Offset<tflite::Tensor>> tensors;
    std::vector<flatbuffers::Offset<tflite::Operator>> operators;
    for (const auto& [id, container] : containers_) {
      Tensor value = graph_.tensors[id];
      const std::vector<std::uint8_t> bytes = initial_state(value);
      value.name += "/initial";
      value.is_state = false;
      const auto handle = static_cast<TensorId>(tensors.size());
      tensors.push_back(write_handle(graph_.tensors[id]));
      tensors.push_back(write_tensor_on(value, add_buffer(bytes)));
      operators.push_back(write_var_handle(id, handle));
      operators.push_back(write_builtin(tflite::BuiltinOperator_ASSIGN_VARIABLE, {handle, handle + 1}, {},
                                        tflite::BuiltinOptions_AssignVariableOptions,
                                        tflite::CreateAssignVariableOptions(builder_).Union()));
    }
    const std::vector<std::int32_t> none;
    return tflite::CreateSubGraph(builder_, builder_.CreateVector(tensors), builder_.CreateVector(none), builder_.CreateVector(none),
                                  builder_.CreateVector(operators), builder_.CreateString("initialization"));
  }

  flatbuffers::Offset<tflite::Operator> write_node(std::size_t index) {
    const Node& node = graph_.nodes[index];
    const OperatorInfo& info = *find_operator(node.op->name());
    const NodeView view(graph_, node);
    OptionsWriter options(builder_, view);
    info.to_tflite(*node.op, options);
    for (const std::string_view attribute : options.kept()) kept_.push_back({index, std::string(attribute)});
    flatbuffers::Offset<flatbuffers::Vector<std::int32_t>> intermediates = 0;
    if (!options.intermediates().empty()) intermediates = write_intermediates(options.intermediates());
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> custom = 0;
    if (!options.custom().empty()) custom = write_bytes(options.custom());
    return tflite::CreateOperator(builder_, code_of(info, options.version()), builder_.CreateVector(node.inputs),
                                  builder_.CreateVector(node.outputs), options.type(), options.table(), custom,
                                  tflite::CustomOptionsFormat_FLEXBUFFERS, 0, intermediates);
  }

  flatbuffers::Offset<flatbuffers::Vector<std::int32_t>> write_intermediates(const std::vector<Tensor>& list) {
    std::vector<std::int32_t> ids;
    for (const Tensor& tensor : list) {
      ids.push_back(static_cast<std::int32_t>(tensors_.size()));
      tensors_.push_back(write_tensor(tensor));
    }
    return builder_.CreateVector(ids);
  }

  /// Index of the operator code; readers older than code 127 look at the byte of the first schema.
  std::uint32_t code_of(const OperatorInfo& info, std::int32_t operator_version) {
    const std::int32_t builtin = info.tflite_code;
    const auto [place, added] =
        code_index_.try_emplace({info.tflite_name, operator_version}, static_cast<std::uint32_t>(codes_.size()));
    if (added) {
      const bool is_custom = builtin == tflite::BuiltinOperator_CUSTOM;
      const auto custom = is_custom ? builder_.CreateString(info.tflite_name) : flatbuffers::Offset<flatbuffers::String>();
      const auto deprecated = static_cast<std::int8_t>(
          std::min<std::int32_t>(builtin, tflite::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES));
      codes_.push_back(tflite::CreateOperatorCode(builder_, deprecated, custom, operator_version,
                                                  static_cast<tflite::BuiltinOperator>(builtin)));
    }
    return place->second;
  }

  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> write_bytes(std::span<const std::uint8_t> bytes) {
    constexpr std::size_t kAlignment = 16;
    builder_.ForceVectorAlignment(bytes.size(), sizeof(std::uint8_t), kAlignment);
    return builder_.CreateVector(bytes.data(), bytes.size());
  }

  std::uint32_t add_buffer(std::span<const std::uint8_t> bytes) {
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> data = 0;
    if (!bytes.empty()) data = write_bytes(bytes);
    buffers_.push_back(tflite::CreateBuffer(builder_, data));
    return static_cast<std::uint32_t>(buffers_.size() - 1);
  }

  std::uint32_t buffer_of(const std::vector<std::uint8_t>& bytes) {
    const std::string_view key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto found = buffer_index_.find(key);
    if (found != buffer_index_.end()) return found->second;
    return buffer_index_[key] = add_buffer(bytes);
  }

  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<tflite::Metadata>>> write_metadata() {
    const std::string notes = print_notes(graph_, kept_);
    if (notes.empty()) return 0;
    const std::uint32_t buffer = add_buffer({reinterpret_cast<const std::uint8_t*>(notes.data()), notes.size()});
    const auto entry = tflite::CreateMetadata(builder_, builder_.CreateString(kNotesName), buffer);
    return builder_.CreateVector(&entry, 1);
  }

  const Graph& graph_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensors_;
  std::vector<KeptAttribute> kept_;
  std::vector<bool> is_variable_;                  // by tensor
  std::map<std::size_t, std::string> containers_;  // by variable
  std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes_;
  std::map<std::pair<std::string_view, std::int32_t>, std::uint32_t> code_index_;
  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers_;
  std::map<std::string_view, std::uint32_t> buffer_index_;
};

/// A flatbuffer's offsets end at 2 GiB; what stands beside the constants is small.
void check_size(const Graph& graph) {
  std::int64_t bytes = 0;
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.is_constant()) bytes += tensor.bytes();
  }
  constexpr std::int64_t kLimit = (std::int64_t{1} << 31) - (std::int64_t{1} << 24);
  if (bytes > kLimit) throw Error(fmt::format("{} bytes of constants are too many for a .tflite file", bytes));
}

}  // namespace

std::vector<std::uint8_t> write_tflite(const Graph& graph) {
  Graph spelled = graph;
  prune(spelled);
  std::vector<std::string> problems = operators_without_form(spelled);
  for (std::string& problem : spell_out_padding(spelled)) problems.push_back(std::move(problem));
  if (!problems.empty()) refuse(problems);
  verify(spelled);
  check_size(spelled);
  leave_out_own_state(spelled);
  return ModelWriter(spelled).write();
}

}  // namespace mote
