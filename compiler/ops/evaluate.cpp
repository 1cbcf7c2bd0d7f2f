#include "ops/evaluate.hpp"

#include <algorithm>
#include <cstring>

#include "graph/operator.hpp"
#include "ops/settle.hpp"
#include "support/checked.hpp"

namespace mote {

namespace {

Evaluation evaluation_of(const Graph& graph, const Node& node, std::vector<Bytes>& values) {
  std::vector<std::uint8_t*> inputs;
  std::vector<std::uint8_t*> outputs;
  for (const TensorId id : node.inputs) inputs.push_back(id == kNoTensor ? nullptr : values[static_cast<std::size_t>(id)].data());
  for (const TensorId id : node.outputs) {
    Bytes& bytes = values[static_cast<std::size_t>(id)];
    bytes.resize(static_cast<std::size_t>(graph.tensor(id).bytes()));
    outputs.push_back(bytes.data());
  }
  return {NodeView(graph, node), std::move(inputs), std::move(outputs)};
}

void evaluate_node(const Graph& graph, const Node& node, std::vector<Bytes>& values) {
  node.op->evaluate(evaluation_of(graph, node, values));
}

bool declared_fits(const Shape& declared, const Shape& inferred) {
  if (declared == inferred) return true;
  if (declared.size() != inferred.size()) return std::find(declared.begin(), declared.end(), -1) != declared.end();
  for (std::size_t i = 0; i < declared.size(); ++i) {
    if (declared[i] != -1 && declared[i] != inferred[i]) return false;
  }
  return true;
}

/// Tensors without elements are accepted only as lists of integers (an empty shape).
void check_extents(const Graph& graph, const Node& node) {
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor) continue;
    const Tensor& tensor = graph.tensor(id);
    const bool list = tensor.is_constant() && tensor.shape.size() == 1 && tensor.type == DataType::kInt32;
    if (!list && std::any_of(tensor.shape.begin(), tensor.shape.end(), [](std::int32_t extent) { return extent <= 0; })) {
      throw Error(fmt::format("tensor '{}' has the shape {}", tensor.name, to_string(tensor.shape)));
    }
  }
}

void check_size(const TensorType& type) {
  std::int64_t bytes = static_cast<std::int64_t>(type_bytes(type.type));
  for (const std::int32_t extent : type.shape) bytes = checked_multiply(bytes, extent).value_or(INT64_MAX);
  if (bytes > INT32_MAX) throw Error(fmt::format("a result of {} is too large", to_string(type.shape)));
}

void take_types(Graph& graph, const Node& node, const std::vector<TensorType>& types) {
  if (types.size() != node.outputs.size()) {
    throw Error(fmt::format("gives {} outputs, the model lists {}", types.size(), node.outputs.size()));
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    Tensor& tensor = graph.tensor(node.outputs[i]);
    check_size(types[i]);
    if (tensor.type != types[i].type || !declared_fits(tensor.shape, types[i].shape)) {
      throw Error(fmt::format("tensor '{}' is declared {} {} but comes out as {} {}", tensor.name, type_name(tensor.type),
                              to_string(tensor.shape), type_name(types[i].type), to_string(types[i].shape)));
    }
    tensor.shape = types[i].shape;
  }
}

bool can_fold(const Graph& graph, const Node& node) {
  // What is large may stay an operator: folding must not blow up the tables.
  constexpr std::int64_t kLargestConstant = 1 << 24;
  for (const TensorId id : node.outputs) {
    const bool is_output = std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
    if (is_output || graph.tensor(id).bytes() > kLargestConstant) return false;
  }
  return node.op->name() == "shape" || std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
           return id == kNoTensor || graph.tensor(id).is_constant();
         });
}

void fold(Graph& graph, const Node& node) {
  std::vector<Bytes> values(graph.tensors.size());
  for (const TensorId id : node.inputs) {
    if (id != kNoTensor && graph.tensor(id).is_constant()) values[static_cast<std::size_t>(id)] = *graph.tensor(id).data;
  }
  evaluate_node(graph, node, values);
  for (const TensorId id : node.outputs) {
    graph.tensor(id).data = std::make_shared<const Bytes>(std::move(values[static_cast<std::size_t>(id)]));
  }
}

}  // namespace

Bytes initial_state(const Tensor& tensor) {
  if (tensor.initial != nullptr) return *tensor.initial;
  Bytes bytes(static_cast<std::size_t>(tensor.bytes()), 0);
  const std::int64_t zero = tensor.zero_point();  // the low bytes come first
  if (zero == 0 || is_float(tensor.type)) return bytes;
  const std::size_t size = type_bytes(tensor.type);
  for (std::size_t i = 0; i < bytes.size(); i += size) std::memcpy(&bytes[i], &zero, size);
  return bytes;
}

Evaluator::Evaluator(const Graph& graph) : graph_(graph), values_(graph.tensors.size()) {
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (graph.tensors[i].is_constant()) values_[i] = *graph.tensors[i].data;
  }
  reset();
}

void Evaluator::reset() {
  for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
    if (graph_.tensors[i].lasting) values_[i] = initial_state(graph_.tensors[i]);
  }
  restart();
}

void Evaluator::restart() {
  for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
    if (graph_.tensors[i].is_state && !graph_.tensors[i].lasting) values_[i] = initial_state(graph_.tensors[i]);
  }
}

bool Evaluator::teach(std::int32_t label) {
  bool learns = false, taught = true;
  for (const Node& node : graph_.nodes) {
    if (!node.op->learns()) continue;
    learns = true;
    taught = node.op->teach(evaluation_of(graph_, node, values_), label) && taught;
  }
  return learns && taught;
}

std::vector<Bytes> Evaluator::run(const std::vector<Bytes>& inputs) {
  MOTE_CHECK(inputs.size() == graph_.inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    MOTE_CHECK(static_cast<std::int64_t>(inputs[i].size()) == graph_.tensor(graph_.inputs[i]).bytes());
    values_[static_cast<std::size_t>(graph_.inputs[i])] = inputs[i];
  }
  for (const Node& node : graph_.nodes) evaluate_node(graph_, node, values_);
  std::vector<Bytes> outputs;
  for (const TensorId id : graph_.outputs) outputs.push_back(values_[static_cast<std::size_t>(id)]);
  return outputs;
}

void settle_node(Graph& graph, const Node& node) {
  check_extents(graph, node);
  take_types(graph, node, node.op->infer(NodeView(graph, node)));
}

bool fold_node(Graph& graph, const Node& node) {
  if (!can_fold(graph, node)) return false;
  fold(graph, node);
  return true;
}

std::vector<std::string> settle(Graph& graph) {
  std::vector<std::string> problems;
  std::vector<Node> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    try {
      settle_node(graph, node);
      if (fold_node(graph, node)) continue;
    } catch (const Error& error) {
      problems.push_back(fmt::format("{} ('{}'): {}", node.op->name(), node.name, error.what()));
    }
    kept.push_back(std::move(node));
  }
  graph.nodes = std::move(kept);
  return problems;
}

}  // namespace mote
