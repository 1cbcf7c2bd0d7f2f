#pragma once

#include <algorithm>
#include <array>
#include <functional>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

// What lstm, gru and rnn share: float32 layers of one direction, as ONNX has them. Inputs: activations [time][batch][width], or
// [batch][time][width]; weights [gates * units][width]; recurrent weights [gates * units][units]; biases [2 * gates * units], of
// the input parts and then of the recurrent parts, or none; initial states [batch][units], or none (zero). Outputs, those that
// the attributes ask for, in this order: the sequence of outputs, the last output, and the last cell, both [batch][units].

/// The curve of a gate; the device counts them in the same order.
enum class Curve : std::uint8_t { kLogistic, kTanh, kRelu, kHardSigmoid };

struct RecurrentAttributes {
  bool batch_major = false, reverse = false;
  bool gives_sequence = true, gives_last = false, gives_cell = false;
  /// What limits gates before their curve, not the cell; 0: nothing.
  float clip = 0.0F;
  /// Of the hard sigmoid: max(0, min(1, alpha * x + beta)).
  float alpha = 0.2F, beta = 0.5F;
  /// One for each kind of gate, as the operator lists them (numbers of Curve).
  std::vector<std::int32_t> curves;

  template <typename V>
  void visit(V& v) {
    v.visit("batch_major", batch_major);
    v.visit("reverse", reverse);
    v.visit("gives_sequence", gives_sequence);
    v.visit("gives_last", gives_last);
    v.visit("gives_cell", gives_cell);
    v.visit("clip", clip);
    v.visit("alpha", alpha);
    v.visit("beta", beta);
    v.visit("curves", curves);
  }

  /// The curve of number `i`.
  float curve(std::size_t i, float x) const;
  /// The same of a gate, which is clipped.
  float gate(std::size_t i, float x) const { return curve(i, clip > 0.0F ? std::clamp(x, -clip, clip) : x); }
};

/// What an operator asks of a node: its gates, the kinds of curves, and 2 states if it has a cell besides its output.
struct RecurrentForm {
  int gates = 1;
  std::size_t curves = 1;
  int states = 1;
};

/// Base of these operators besides OperatorBase, by which they are known.
class RecurrentOperator {
 public:
  RecurrentOperator(RecurrentForm own_form, std::vector<std::int32_t> curves) : form(own_form) {
    attributes.curves = std::move(curves);
  }
  RecurrentAttributes attributes;
  RecurrentForm form;
};

/// Sizes; of a node whose ranks are right.
struct RecurrentExtents {
  std::int64_t time = 1, batch = 1, width = 1, units = 1;
};
RecurrentExtents recurrent_extents(const NodeView& node, const RecurrentAttributes& attributes);

constexpr int kRecurrentWeights = 1, kRecurrentRecurrentWeights = 2, kRecurrentBias = 3, kRecurrentInitial = 4;

std::vector<TensorType> infer_recurrent(const NodeView& node, const RecurrentAttributes& attributes, const RecurrentForm& form);
std::int64_t recurrent_macs(const NodeView& node, const RecurrentAttributes& attributes, const RecurrentForm& form);

/// The reference of a gate's parts: weights times the step's inputs, and recurrent weights times `values`, each with its bias.
class RecurrentGates {
 public:
  RecurrentGates(const Evaluation& e, const RecurrentExtents& n, int gates);
  float input_part(int gate, std::size_t unit, std::span<const float> x) const;
  float recurrent_part(int gate, std::size_t unit, std::span<const float> values) const;

 private:
  std::span<const float> weights_, recurrent_weights_, bias_;
  std::size_t width_, units_, gates_;
};

/// The states of one batch: the output, and the cell if there is one.
using RecurrentStates = std::array<std::vector<float>, 2>;

/// The reference: walks over the sequence of each batch; `step(x, states)` replaces the states by those after the step.
void evaluate_recurrent(const Evaluation& e, const RecurrentAttributes& attributes, const RecurrentForm& form,
                        const std::function<void(std::span<const float>, RecurrentStates&)>& step);

/// Starts the call of a kernel: sizes and attributes, the activations, weights and biases unit by unit, recurrent weights.
/// `biases`: as the kernel wants them.
KernelCall describe_recurrent(const NodeView& node, const RecurrentAttributes& attributes, const RecurrentForm& form,
                              std::string_view name, const std::vector<std::string_view>& curve_names,
                              const std::vector<float>& biases);
/// Initial states, then outputs, null where there is none.
void pass_recurrent_states(KernelCall& call, const NodeView& node, const RecurrentAttributes& attributes,
                           const RecurrentForm& form);
/// Scratch for the outputs of two steps where they are no sequence, and `rows` more rows of units.
KernelCall finish_recurrent(KernelCall call, const NodeView& node, const RecurrentAttributes& attributes, std::int64_t rows);

/// The biases of input and recurrent parts of a node: zero where it has none.
struct RecurrentBiases {
  std::vector<float> input, recurrent;  ///< [gates][units]
};
RecurrentBiases recurrent_biases(const NodeView& node, std::int64_t count);

double recurrent_cycles(const NodeView& node);

}  // namespace mote
