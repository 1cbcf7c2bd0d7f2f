#include "ops/recurrent_outputs.hpp"

#include <algorithm>
#include <cstring>

#include "ops/recurrent.hpp"
#include "ops/unidirectional_sequence_lstm.hpp"

namespace mote {

namespace {

template <typename T>
TensorId add_constant(Graph& graph, std::string name, Shape shape, const std::vector<T>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return graph.add_tensor(
      {std::move(name), type_of<T>(), std::move(shape), {}, std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))});
}

bool is_zero_or_absent(const NodeView& node, int i) {
  if (!node.has_input(i)) return true;
  if (!node.input(i).is_constant()) return false;
  return std::ranges::all_of(node.input(i).values<float>(), [](float value) { return value == 0.0F; });
}

/// Drops unread outputs; the sequence stays if it is the only one.
void drop_outputs(Node& node, const std::vector<bool>& read) {
  std::unique_ptr<Operator> changed = node.op->clone();
  RecurrentAttributes& attributes = dynamic_cast<RecurrentOperator&>(*changed).attributes;
  std::vector<TensorId> kept;
  std::size_t at = 0;
  for (bool* gives : {&attributes.gives_sequence, &attributes.gives_last, &attributes.gives_cell}) {
    if (!*gives) continue;
    const TensorId id = node.outputs[at++];
    *gives = read[static_cast<std::size_t>(id)];
    if (*gives) kept.push_back(id);
  }
  if (kept.empty() || kept.size() == node.outputs.size()) return;
  node.outputs = std::move(kept);
  node.op = std::move(changed);
}

bool has_tflite_form(const NodeView& node, const RecurrentAttributes& attributes) {
  return node.node().op->name() == "lstm" && !attributes.reverse && !attributes.gives_cell && attributes.clip == 0.0F &&
         attributes.curves == std::vector<std::int32_t>{0, 1, 1} && is_zero_or_absent(node, kRecurrentInitial) &&
         is_zero_or_absent(node, kRecurrentInitial + 1);
}

/// The node as UNIDIRECTIONAL_SEQUENCE_LSTM, and behind it what cuts out the last output if that is asked for.
std::vector<Node> tflite_form(Graph& graph, const Node& node, const RecurrentAttributes& attributes) {
  using Lstm = UnidirectionalSequenceLstm;
  const RecurrentExtents n = recurrent_extents(NodeView(graph, node), attributes);
  const auto units = static_cast<std::int32_t>(n.units);
  const auto batch = static_cast<std::int32_t>(n.batch);
  const RecurrentBiases biases = recurrent_biases(NodeView(graph, node), Lstm::kGates * n.units);
  const auto copy = [&](int input) {
    const auto values = NodeView(graph, node).input(input).values<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  const std::vector<float> weights = copy(kRecurrentWeights);
  const std::vector<float> recurrent_weights = copy(kRecurrentRecurrentWeights);
  Node lstm{node.name, nullptr, std::vector<TensorId>(Lstm::kInputs, kNoTensor), {}};
  lstm.inputs[0] = node.inputs[0];
  for (int gate = 0; gate < Lstm::kGates; ++gate) {
    const auto rows = [&](const std::vector<float>& values, std::int32_t depth) {
      const auto size = static_cast<std::ptrdiff_t>(units) * depth;
      return std::vector<float>(values.begin() + gate * size, values.begin() + (gate + 1) * size);
    };
    const auto name = [&](std::string_view what) { return fmt::format("{}/{}_{}", node.name, what, gate); };
    const auto width = static_cast<std::int32_t>(n.width);
    std::vector<float> bias = rows(biases.input, 1);
    const std::vector<float> recurrent_bias = rows(biases.recurrent, 1);
    for (std::size_t u = 0; u < bias.size(); ++u) bias[u] += recurrent_bias[u];
    const auto at = static_cast<std::size_t>(gate);
    lstm.inputs[Lstm::kWeights + at] = add_constant(graph, name("weights"), {units, width}, rows(weights, width));
    lstm.inputs[Lstm::kRecurrentWeights + at] =
        add_constant(graph, name("recurrent_weights"), {units, units}, rows(recurrent_weights, units));
    lstm.inputs[Lstm::kBias + at] = add_constant(graph, name("bias"), {units}, bias);
  }
  const auto state = [&](std::string_view what) {
    return graph.add_tensor({fmt::format("{}/{}", node.name, what), DataType::kFloat32, {batch, units}, {}, nullptr, true});
  };
  lstm.inputs[Lstm::kOutputState] = state("output_state");
  lstm.inputs[Lstm::kCellState] = state("cell_state");
  auto op = std::make_unique<Lstm>();
  op->time_major = !attributes.batch_major;
  op->restarts = true;
  lstm.op = std::move(op);
  Shape shape = graph.tensor(node.inputs[0]).shape;
  shape[2] = units;
  const TensorId sequence = attributes.gives_sequence
                                ? node.outputs[0]
                                : graph.add_tensor({node.name + "/sequence", DataType::kFloat32, shape, {}, nullptr});
  lstm.outputs = {sequence};
  std::vector<Node> nodes{std::move(lstm)};
  if (!attributes.gives_last) return nodes;
  const TensorId last = node.outputs.back();
  const auto at = static_cast<std::int32_t>(n.time - 1);
  const auto integers = [&](std::string_view what, const std::vector<std::int32_t>& values) {
    return add_constant(graph, fmt::format("{}/{}", node.name, what), {static_cast<std::int32_t>(values.size())}, values);
  };
  const std::vector<std::int32_t> begin = attributes.batch_major ? std::vector{0, at, 0} : std::vector{at, 0, 0};
  const std::vector<std::int32_t> size = attributes.batch_major ? std::vector{batch, 1, units} : std::vector{1, batch, units};
  const TensorId row =
      graph.add_tensor({node.name + "/last_row", DataType::kFloat32, Shape(size.begin(), size.end()), {}, nullptr});
  nodes.push_back(
      {node.name + "/slice", make_operator("slice"), {sequence, integers("begin", begin), integers("size", size)}, {row}});
  nodes.push_back({node.name + "/reshape", make_operator("reshape"), {row, integers("shape", {batch, units})}, {last}});
  return nodes;
}

}  // namespace

void simplify_recurrent(Graph& graph) {
  std::vector<bool> read(graph.tensors.size());
  for (const Node& node : graph.nodes) {
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor) read[static_cast<std::size_t>(id)] = true;
    }
  }
  for (const TensorId id : graph.outputs) read[static_cast<std::size_t>(id)] = true;
  std::vector<Node> nodes = std::move(graph.nodes);
  graph.nodes.clear();
  for (Node& node : nodes) {
    if (dynamic_cast<const RecurrentOperator*>(node.op.get()) != nullptr) {
      drop_outputs(node, read);
      const RecurrentAttributes attributes = dynamic_cast<const RecurrentOperator&>(*node.op).attributes;
      if (has_tflite_form(NodeView(graph, node), attributes)) {
        for (Node& made : tflite_form(graph, node, attributes)) graph.nodes.push_back(std::move(made));
        continue;
      }
    }
    graph.nodes.push_back(std::move(node));
  }
  prune(graph);
}

}  // namespace mote
