#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "graph/attributes.hpp"
#include "graph/graph.hpp"
#include "graph/quantization_rule.hpp"
#include "support/error.hpp"

namespace mote {

struct Implementation;

/// A node with the tensors it touches; what every hook of an operator looks at.
class NodeView {
 public:
  NodeView(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  const Graph& graph() const { return graph_; }
  const Node& node() const { return node_; }
  int input_count() const { return static_cast<int>(node_.inputs.size()); }
  int output_count() const { return static_cast<int>(node_.outputs.size()); }
  bool has_input(int i) const { return i < input_count() && node_.inputs[static_cast<std::size_t>(i)] != kNoTensor; }
  /// Error when the input is missing.
  const Tensor& input(int i) const;
  const Tensor& output(int i = 0) const;
  /// A constant int32 or int64 input as integers; Error when it is missing, computed at run time, or not integers.
  std::vector<std::int32_t> integers(int i, std::string_view meaning) const;

 private:
  const Graph& graph_;
  const Node& node_;
};

/// Type and shape of a result.
struct TensorType {
  DataType type;
  Shape shape;
  bool operator==(const TensorType&) const = default;
};

/// The bytes that one evaluation of a node reads and writes.
class Evaluation : public NodeView {
 public:
  Evaluation(const NodeView& view, std::vector<std::uint8_t*> inputs, std::vector<std::uint8_t*> outputs)
      : NodeView(view), inputs_(std::move(inputs)), outputs_(std::move(outputs)) {}

  template <typename T>
  std::span<const T> in(int i) const {
    MOTE_CHECK(input(i).type == type_of<T>());
    return {reinterpret_cast<const T*>(inputs_[static_cast<std::size_t>(i)]), static_cast<std::size_t>(input(i).elements())};
  }
  template <typename T>
  std::span<T> out(int i = 0) const {
    MOTE_CHECK(output(i).type == type_of<T>());
    return {reinterpret_cast<T*>(outputs_[static_cast<std::size_t>(i)]), static_cast<std::size_t>(output(i).elements())};
  }
  /// An input that is state: it is read and left changed.
  template <typename T>
  std::span<T> state(int i) const {
    MOTE_CHECK(input(i).type == type_of<T>() && input(i).is_state);
    return {reinterpret_cast<T*>(inputs_[static_cast<std::size_t>(i)]), static_cast<std::size_t>(input(i).elements())};
  }
  std::uint8_t* state_bytes(int i) const {
    MOTE_CHECK(input(i).is_state);
    return inputs_[static_cast<std::size_t>(i)];
  }
  /// Bytes of any type.
  const std::uint8_t* in_bytes(int i) const { return inputs_[static_cast<std::size_t>(i)]; }
  std::uint8_t* out_bytes(int i = 0) const { return outputs_[static_cast<std::size_t>(i)]; }

 private:
  std::vector<std::uint8_t*> inputs_, outputs_;
};

/// An output that is the very bytes of part of an input, or the other way round (concatenation): `smaller` lies inside `larger`,
/// `offset_bytes` from its start.
struct Alias {
  int input = 0, output = 0;
  bool input_is_smaller = false;
  std::int64_t offset_bytes = 0;
};

/// The stored values that one channel (index along the innermost axis) of an integer tensor can take.
struct Interval {
  std::int32_t lowest = 0, highest = 0;
  bool constant() const { return lowest == highest; }
  bool operator==(const Interval&) const = default;
};
using Ranges = std::vector<Interval>;

/// How channels of the activations relate to channels of output 0; a channel is an index along the innermost axis.
enum class ChannelFlow : std::uint8_t {
  kOpaque,   ///< unknown: channels must stay as they are
  kMixed,    ///< every output channel may depend on every channel of input 0 (convolution, fully connected)
  kCoupled,  ///< output channel c depends on channel c of input 0 alone, and `output_ranges` tells how (depthwise, pools)
  kSpread,   ///< output channel c depends on channel c / (outputs / inputs) of input 0 alone (depthwise with a multiplier)
  kTied,     ///< output channel c depends on channel c of every input that has as many channels (sums, curves, means)
  kJoined,   ///< output channels are those of the inputs, one input after another (concatenation)
  kFolded,   ///< channel c of the wider of input 0 and output 0 is channel c modulo the other's extent (flattening)
};

/// What stands in the place of an input when a node computes with integers (Operator::integer_inputs).
struct IntegerInput {
  int input = 0;
  Tensor tensor;
};

/// All that is known about an operator on the workstation. Operators differ from each other only behind these hooks.
class Operator {
 public:
  virtual ~Operator() = default;

  /// The operator's word everywhere: file, kernel, printed graph, report.
  virtual std::string_view name() const = 0;
  /// Lists every attribute, in a fixed order.
  virtual void visit_attributes(AttributeVisitor& visitor) = 0;
  virtual std::unique_ptr<Operator> clone() const = 0;

  /// Types and shapes of the outputs. Throws an Error when operator, types, shapes or quantization are not supported together.
  virtual std::vector<TensorType> infer(const NodeView& node) const = 0;
  /// Multiply-accumulates of one inference, counted as TensorFlow's profilers do (padding included).
  virtual std::int64_t macs(const NodeView&) const { return 0; }
  /// The reference: plain loops with run-time shapes, bit-exact with TensorFlow Lite Micro for integers.
  virtual void evaluate(const Evaluation& evaluation) const = 0;
  /// Whether the operator can be taught classes while it is in use.
  virtual bool learns() const { return false; }
  /// Learns that what was evaluated last belongs to class `label`, by changing states of the node; false, with nothing changed,
  /// where there is no such class.
  virtual bool teach(const Evaluation&, std::int32_t /*label*/) const { return false; }
  /// State that the operator keeps and that files do not list: who reads a file gives the node these as its last inputs.
  virtual std::vector<Tensor> own_state(const NodeView&) const { return {}; }
  /// The input that is state and that output 0 is from then on: the node changes it where it lies. -1: none.
  virtual int output_state(const NodeView&) const { return -1; }
  /// Views: outputs that need no work because they are bytes of the inputs (all of them, or none listed).
  virtual std::vector<Alias> aliases(const NodeView&) const { return {}; }
  /// How this float node becomes one whose activations are `type` (int8 or int16). The default: it stays float. What is allowed
  /// here must be accepted by `infer` on those types.
  virtual QuantizationRule quantization(const NodeView&, DataType) const { return {}; }
  /// Inputs in their integer form that the rule does not tell: weights, biases and states of a recurrent layer. `activation` and
  /// `output` are input 0 and output 0 as integers; `peak(i)`: the largest value in size of input `i` that was measured.
  virtual std::vector<IntegerInput> integer_inputs(const NodeView&, const Tensor& /*activation*/, const Tensor& /*output*/,
                                                   const std::function<float(int)>& /*peak*/) const {
    return {};
  }
  /// Which activations each weight of a layer multiplies; empty where nobody has told.
  virtual std::optional<WeightTaps> weight_taps(const NodeView&) const { return std::nullopt; }
  /// Whether the operator also takes plain integers (int8, uint8, int16) as this input in place of the same numbers in float32, with the
  /// same results.
  virtual bool reads_plain_integers(int) const { return false; }

  // What removing channels needs to know (passes/shrink.hpp, compress/prune). The defaults allow nothing.

  virtual ChannelFlow channel_flow(const NodeView&) const { return ChannelFlow::kOpaque; }
  /// What each channel of output 0 can be when the channels of input 0 stay within `in`: never too narrow.
  virtual Ranges output_ranges(const NodeView& node, const Ranges& in) const;
  /// kMixed: whether input channel `c`, if it is always `value`, or whatever it is when `value` is empty, can be taken out, its
  /// share moving into the bias.
  virtual bool can_drop_input(const NodeView&, std::size_t, std::optional<std::int32_t>) const { return false; }
  /// Rewrites the node's constants so that only the kept channels are left. `dropped_values` holds, for each input channel of a
  /// kMixed int8 node that goes, the value it always has (empty: it adds nothing). What a float node's channel added is gone. The
  /// activations' shapes are the caller's business.
  virtual void keep_channels(Graph& graph, Node& node, const std::vector<bool>& keep_inputs,
                             const std::vector<std::optional<std::int32_t>>& dropped_values,
                             const std::vector<bool>& keep_outputs) const;

  /// The ways to run this operator on a chip, best-known first; see select/implementation.hpp.
  virtual std::vector<Implementation> implementations(const NodeView& node) const = 0;
};

/// Multiply-accumulates of one inference of the whole graph.
std::int64_t total_macs(const Graph& graph);

/// Every channel over the whole of the tensor's type.
Ranges whole_ranges(const Tensor& tensor);

/// Same operator with the same attributes.
bool equal(const Operator& a, const Operator& b);

}  // namespace mote
