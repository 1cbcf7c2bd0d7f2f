#include "compress/to_integers.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "compress/layers.hpp"
#include "compress/shared_scales.hpp"
#include "ops/define.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// A node that its operator does not accept as integers.
struct Refusal {
  std::size_t node;
  std::string reason;
};

class Rewriter {
 public:
  Rewriter(const Graph& from, const Scheme& scheme)
      : from_(from), scheme_(scheme), scales_(from, scheme), native_(from.tensors.size(), kNoTensor) {}

  IntegerGraph run() {
    result_.precision = scheme_.nodes;
    Graph& to = result_.graph;
    to.name = from_.name;
    to.labels = from_.labels;
    for (const TensorId id : from_.inputs) add_input(id);
    for (std::size_t n = 0; n < from_.nodes.size(); ++n) add_node(n);
    for (const TensorId id : from_.outputs) {
      const bool as_float = scheme_.float_borders && is_float(from_.tensor(id).type);
      const TensorId output = as_float ? as_type(id, DataType::kFloat32, {}) : native_[index(id)];
      to.tensor(output).file_axes = from_.tensor(id).file_axes;
      to.outputs.push_back(output);
    }
    return std::move(result_);
  }

 private:
  using Key = std::tuple<TensorId, DataType, float, std::int32_t>;

  static std::size_t index(TensorId id) { return static_cast<std::size_t>(id); }

  Tensor shaped_like(TensorId id, DataType type, const Quantization& quantization) const {
    Tensor tensor = from_.tensor(id);
    tensor.type = type;
    tensor.quantization = quantization;
    tensor.data = nullptr;
    return tensor;
  }

  void add_native(TensorId id, DataType type, const Quantization& quantization) {
    native_[index(id)] = result_.graph.add_tensor(shaped_like(id, type, quantization));
    remember(id, native_[index(id)]);
  }

  void remember(TensorId id, TensorId made) {
    const Tensor& tensor = result_.graph.tensor(made);
    known_[Key{id, tensor.type, tensor.scale(), tensor.zero_point()}] = made;
  }

  /// The type that the first node to read an input computes with.
  DataType border_type(TensorId id) const {
    if (!is_float(from_.tensor(id).type) || scheme_.float_borders) return from_.tensor(id).type;
    for (std::size_t n = 0; n < from_.nodes.size(); ++n) {
      const auto& inputs = from_.nodes[n].inputs;
      if (std::find(inputs.begin(), inputs.end(), id) != inputs.end()) return activation_type(scheme_.nodes[n]);
    }
    return DataType::kFloat32;
  }

  void add_input(TensorId id) {
    const DataType type = border_type(id);
    const bool is_native = type == from_.tensor(id).type;
    add_native(id, type, is_native ? from_.tensor(id).quantization : scales_.made(id, type));
    result_.graph.inputs.push_back(native_[index(id)]);
  }

  /// A tensor of the float graph as it is there, or as the node that makes it gives it.
  TensorId native(TensorId id) {
    if (native_[index(id)] == kNoTensor) {
      native_[index(id)] = result_.graph.add_tensor(from_.tensor(id));  // constants and state
      remember(id, native_[index(id)]);
    }
    return native_[index(id)];
  }

  /// A float tensor in another form, with a QUANTIZE or DEQUANTIZE if there is no such tensor yet.
  TensorId as_type(TensorId id, DataType type, const Quantization& quantization) {
    const Key key{id, type, quantization.scale(), quantization.zero_point()};
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    const Tensor& source = from_.tensor(id);
    if (source.is_constant()) {
      Tensor tensor = shaped_like(id, type, quantization);
      tensor.data = std::make_shared<const Bytes>(stored_values(real_numbers(source, *source.data), quantization, type));
      return known_[key] = result_.graph.add_tensor(std::move(tensor));
    }
    const TensorId origin = native(id);
    if (is_float(type) && is_float(result_.graph.tensor(origin).type)) return origin;
    Tensor tensor = shaped_like(id, type, quantization);
    tensor.name += fmt::format("_{}", type_name(type));
    tensor.file_axes.clear();
    const TensorId made = result_.graph.add_tensor(tensor);
    const std::shared_ptr<const Operator> op = make_operator(is_float(type) ? "dequantize" : "quantize");
    result_.graph.nodes.push_back({tensor.name, op, {origin}, {made}});
    result_.origin.push_back(std::nullopt);
    return known_[key] = made;
  }

  void add_node(std::size_t n) {
    const Node& node = from_.nodes[n];
    Node copy{node.name, node.op, {}, {}};
    if (!has_integer_activations(scheme_.nodes[n])) {
      for (const TensorId id : node.inputs) copy.inputs.push_back(float_input(id));
      if (scheme_.nodes[n] == Precision::kWeights) add_weights(n, std::nullopt, copy.inputs);
      for (const TensorId id : node.outputs) add_native(id, from_.tensor(id).type, from_.tensor(id).quantization);
    } else {
      copy.inputs = integer_inputs(n);
      const QuantizationRule rule = rule_of(n);
      const DataType type = activation_type(scheme_.nodes[n]);
      const bool is_shared = rule.scales == QuantizationRule::Scales::kShared;
      for (const TensorId id : node.outputs) add_native(id, type, is_shared ? scales_.shared(id, type) : scales_.made(id, type));
    }
    for (const TensorId id : node.outputs) copy.outputs.push_back(native_[index(id)]);
    result_.node_of.push_back(result_.graph.nodes.size());
    result_.origin.emplace_back(n);
    result_.graph.nodes.push_back(std::move(copy));
    check(n);
  }

  TensorId float_input(TensorId id) {
    if (id == kNoTensor) return kNoTensor;
    return is_float(from_.tensor(id).type) && !from_.tensor(id).is_constant() ? as_type(id, DataType::kFloat32, {}) : native(id);
  }

  QuantizationRule rule_of(std::size_t n) const {
    return from_.nodes[n].op->quantization(NodeView(from_, from_.nodes[n]), activation_type(scheme_.nodes[n]));
  }

  std::vector<TensorId> integer_inputs(std::size_t n) {
    const Node& node = from_.nodes[n];
    const QuantizationRule rule = rule_of(n);
    const DataType type = activation_type(scheme_.nodes[n]);
    const bool is_shared = rule.scales == QuantizationRule::Scales::kShared;
    std::vector<TensorId> inputs(node.inputs.size(), kNoTensor);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId id = node.inputs[i];
      if (id == kNoTensor) continue;
      const bool activation =
          std::find(rule.activations.begin(), rule.activations.end(), static_cast<int>(i)) != rule.activations.end();
      if (activation) inputs[i] = as_type(id, type, is_shared ? scales_.shared(id, type) : free_input(id, type));
    }
    add_told_inputs(n, inputs);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const bool weights =
          rule.weights && (static_cast<int>(i) == rule.weights->input || static_cast<int>(i) == rule.weights->bias);
      if (node.inputs[i] != kNoTensor && inputs[i] == kNoTensor && !weights) inputs[i] = native(node.inputs[i]);
    }
    if (rule.weights) add_layer_constants(n, inputs);
    return inputs;
  }

  /// What the operator itself tells of its inputs (Operator::integer_inputs).
  void add_told_inputs(std::size_t n, std::vector<TensorId>& inputs) {
    const Node& node = from_.nodes[n];
    if (inputs.empty() || inputs[0] == kNoTensor) return;
    const DataType type = activation_type(scheme_.nodes[n]);
    const Tensor output = shaped_like(node.outputs[0], type, scales_.made(node.outputs[0], type));
    const auto peak = [&](int input) {
      const ValueRange range = scheme_.ranges[index(node.inputs[static_cast<std::size_t>(input)])];
      return std::max(-range.lowest, range.highest);
    };
    const Tensor activation = result_.graph.tensor(inputs[0]);
    for (IntegerInput& each : node.op->integer_inputs(NodeView(from_, node), activation, output, peak)) {
      inputs[static_cast<std::size_t>(each.input)] = result_.graph.add_tensor(std::move(each.tensor));
    }
  }

  /// What an input that may have any scale is read with: as it comes, or as measured.
  Quantization free_input(TensorId id, DataType type) {
    const TensorId there = native_[index(id)];
    if (there != kNoTensor && result_.graph.tensor(there).type == type) return result_.graph.tensor(there).quantization;
    return scales_.made(id, type);
  }

  /// int8 weights; gives their scales.
  std::vector<float> add_weights(std::size_t n, std::optional<float> input_scale, std::vector<TensorId>& inputs) {
    const Layer layer = layer_at(from_, n).value();
    const auto book = scheme_.books.find(n);
    const std::vector<float> scales = book != scheme_.books.end() ? book->second.scales : weight_scales(from_, n, input_scale);
    const auto given = scheme_.weights.find(n);
    const auto at = static_cast<std::size_t>(layer.rule.input);
    Tensor weights = from_.tensor(from_.nodes[n].inputs[at]);
    weights.type = DataType::kInt8;
    weights.quantization = {scales, std::vector<std::int32_t>(scales.size(), 0), layer.rule.output_axis};
    weights.data = shared_bytes(given != scheme_.weights.end() ? given->second : nearest_weights(from_, n, scales));
    inputs[at] = result_.graph.add_tensor(std::move(weights));
    return scales;
  }

  void add_layer_constants(std::size_t n, std::vector<TensorId>& inputs) {
    const Node& node = from_.nodes[n];
    const Layer layer = layer_at(from_, n).value();
    const float input_scale = result_.graph.tensor(inputs[static_cast<std::size_t>(layer.input)]).scale();
    const std::vector<float> scales = add_weights(n, input_scale, inputs);
    const auto at = static_cast<std::size_t>(layer.rule.bias);
    const auto corrected = scheme_.biases.find(n);
    const bool had_one = at < node.inputs.size() && node.inputs[at] != kNoTensor;
    if (!had_one && corrected == scheme_.biases.end()) return;
    Quantization quantization{{}, std::vector<std::int32_t>(scales.size(), 0), 0};
    for (const float scale : scales) quantization.scales.push_back(scale * input_scale);
    const DataType type = scheme_.nodes[n] == Precision::kInt16 ? DataType::kInt64 : DataType::kInt32;
    const std::string name = had_one ? from_.tensor(node.inputs[at]).name : node.name + "_bias";
    Tensor tensor{name, type, {static_cast<std::int32_t>(layer.outputs)}, quantization, {}};
    tensor.data = bias_integers(corrected != scheme_.biases.end() ? corrected->second : bias_of(from_, layer), tensor);
    inputs.resize(std::max(inputs.size(), at + 1), kNoTensor);
    inputs[at] = result_.graph.add_tensor(std::move(tensor));
  }

  void check(std::size_t n) const {
    const Node& node = result_.graph.nodes.back();
    try {
      const auto types = node.op->infer(NodeView(result_.graph, node));
      for (std::size_t i = 0; i < types.size(); ++i)
        MOTE_CHECK(types[i] ==
                   (TensorType{result_.graph.tensor(node.outputs[i]).type, result_.graph.tensor(node.outputs[i]).shape}));
    } catch (const Error& error) {
      if (scheme_.nodes[n] == Precision::kFloat) throw;
      throw Refusal{n, error.what()};
    }
  }

  const Graph& from_;
  const Scheme& scheme_;
  SharedScales scales_;
  IntegerGraph result_;
  std::vector<TensorId> native_;
  std::map<Key, TensorId> known_;
};

}  // namespace

IntegerGraph to_integers(const Graph& graph, const Scheme& scheme) {
  Scheme possible = scheme;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!can_be(graph, n, possible.nodes[n])) possible.nodes[n] = Precision::kFloat;
  }
  std::vector<std::string> notes;
  for (;;) {
    try {
      IntegerGraph result = Rewriter(graph, possible).run();
      result.notes = std::move(notes);
      verify(result.graph);
      return result;
    } catch (const Refusal& refusal) {
      possible.nodes[refusal.node] = Precision::kFloat;
      const Node& node = graph.nodes[refusal.node];
      notes.push_back(fmt::format("{} '{}' stays float: {}", node.op->name(), node.name, refusal.reason));
    }
  }
}

}  // namespace mote
