// LSTM: i, f, o = gate curve, g = cell curve of (input part + recurrent part); c = f * c + i * g; out = o * output curve(c).
// Gates stand in the order input, forget, cell, output. Source: ONNX LSTM, of one direction and without peepholes.

#include "ops/recurrent.hpp"

namespace mote {

namespace {

class Lstm : public OperatorBase<Lstm>, public RecurrentOperator {
 public:
  static constexpr std::string_view kName = "lstm";
  static const std::vector<Implementation> kRows;
  static constexpr RecurrentForm kForm{4, 3, 2};

  Lstm() : RecurrentOperator(kForm, {0, 1, 1}) {}

  template <typename V>
  void fields(V& v) {
    attributes.visit(v);
  }

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_recurrent(node, attributes, kForm); }
  std::int64_t macs(const NodeView& node) const override { return recurrent_macs(node, attributes, kForm); }

  void evaluate(const Evaluation& e) const override {
    const RecurrentExtents n = recurrent_extents(e, attributes);
    const RecurrentGates parts(e, n, kForm.gates);
    evaluate_recurrent(e, attributes, kForm, [&](std::span<const float> x, RecurrentStates& states) {
      std::vector<float> next(states[0].size());
      for (std::size_t u = 0; u < next.size(); ++u) {
        const auto gate = [&](int g) { return parts.input_part(g, u, x) + parts.recurrent_part(g, u, states[0]); };
        float& cell = states[1][u];
        cell = attributes.gate(0, gate(1)) * cell + attributes.gate(0, gate(0)) * attributes.gate(1, gate(2));
        next[u] = attributes.gate(0, gate(3)) * attributes.curve(2, cell);
      }
      states[0] = std::move(next);
    });
  }
};

KernelCall lower(const NodeView& node) {
  const RecurrentAttributes& attributes = Lstm::of(node).attributes;
  const std::int64_t units = recurrent_extents(node, attributes).units;
  const RecurrentBiases biases = recurrent_biases(node, 4 * units);
  std::vector<float> sums;
  for (std::size_t u = 0; u < static_cast<std::size_t>(units); ++u) {
    for (std::size_t row = u; row < biases.input.size(); row += static_cast<std::size_t>(units)) {
      sums.push_back(biases.input[row] + biases.recurrent[row]);
    }
  }
  KernelCall call = describe_recurrent(node, attributes, Lstm::kForm, "lstm", {"gate_curve", "cell_curve", "output_curve"}, sums);
  call.flag("clips_cell", false).real("cell_clip", 0.0F);
  pass_recurrent_states(call, node, attributes, Lstm::kForm);
  return finish_recurrent(std::move(call), node, attributes, attributes.gives_cell ? 0 : 1);
}

const std::vector<Implementation> Lstm::kRows = {
    {.name = "lstm.plain", .cycles = recurrent_cycles, .lower = lower, .code_bytes = 800}};

}  // namespace

MOTE_DEFINE_OPERATOR(Lstm, lstm)

}  // namespace mote
