// RNN: out = curve of (input part + recurrent part).
// Source: ONNX RNN, of one direction.

#include "ops/recurrent.hpp"

namespace mote {

namespace {

class Rnn : public OperatorBase<Rnn>, public RecurrentOperator {
 public:
  static constexpr std::string_view kName = "rnn";
  static const std::vector<Implementation> kRows;
  static constexpr RecurrentForm kForm{1, 1, 1};

  Rnn() : RecurrentOperator(kForm, {1}) {}

  template <typename V>
  void fields(V& v) {
    attributes.visit(v);
  }

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_recurrent(node, attributes, kForm); }
  std::int64_t macs(const NodeView& node) const override { return recurrent_macs(node, attributes, kForm); }

  void evaluate(const Evaluation& e) const override {
    const RecurrentGates parts(e, recurrent_extents(e, attributes), kForm.gates);
    evaluate_recurrent(e, attributes, kForm, [&](std::span<const float> x, RecurrentStates& states) {
      std::vector<float> next(states[0].size());
      for (std::size_t u = 0; u < next.size(); ++u) {
        next[u] = attributes.gate(0, parts.input_part(0, u, x) + parts.recurrent_part(0, u, states[0]));
      }
      states[0] = std::move(next);
    });
  }
};

KernelCall lower(const NodeView& node) {
  const RecurrentAttributes& attributes = Rnn::of(node).attributes;
  RecurrentBiases biases = recurrent_biases(node, recurrent_extents(node, attributes).units);
  for (std::size_t u = 0; u < biases.input.size(); ++u) biases.input[u] += biases.recurrent[u];
  KernelCall call = describe_recurrent(node, attributes, Rnn::kForm, "rnn", {"hidden_curve"}, biases.input);
  pass_recurrent_states(call, node, attributes, Rnn::kForm);
  return finish_recurrent(std::move(call), node, attributes, 0);
}

const std::vector<Implementation> Rnn::kRows = {
    {.name = "rnn.plain", .cycles = recurrent_cycles, .lower = lower, .code_bytes = 500}};

}  // namespace

MOTE_DEFINE_OPERATOR(Rnn, rnn)

}  // namespace mote
