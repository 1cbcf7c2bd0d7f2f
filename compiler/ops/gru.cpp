// GRU: z, r = gate curve of (input part + recurrent part); h = hidden curve of (input part + recurrent part of r * out), or with
// reset_after of (input part + r * recurrent part of out); out = (1 - z) * h + z * out. Gates stand in the order update, reset,
// hidden. Source: ONNX GRU, of one direction; reset_after is its linear_before_reset.

#include "ops/recurrent.hpp"

namespace mote {

namespace {

class Gru : public OperatorBase<Gru>, public RecurrentOperator {
 public:
  static constexpr std::string_view kName = "gru";
  static const std::vector<Implementation> kRows;
  static constexpr RecurrentForm kForm{3, 2, 1};

  Gru() : RecurrentOperator(kForm, {0, 1}) {}
  bool reset_after = false;

  template <typename V>
  void fields(V& v) {
    attributes.visit(v);
    v.visit("reset_after", reset_after);
  }

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_recurrent(node, attributes, kForm); }
  std::int64_t macs(const NodeView& node) const override { return recurrent_macs(node, attributes, kForm); }

  void evaluate(const Evaluation& e) const override {
    const RecurrentExtents n = recurrent_extents(e, attributes);
    const RecurrentGates parts(e, n, kForm.gates);
    evaluate_recurrent(e, attributes, kForm, [&](std::span<const float> x, RecurrentStates& states) {
      const std::vector<float>& last = states[0];
      const auto gate = [&](int g, std::size_t u) {
        return attributes.gate(0, parts.input_part(g, u, x) + parts.recurrent_part(g, u, last));
      };
      std::vector<float> reset_outputs(last.size());
      for (std::size_t u = 0; u < last.size(); ++u) reset_outputs[u] = gate(1, u) * last[u];
      std::vector<float> next(last.size());
      for (std::size_t u = 0; u < last.size(); ++u) {
        const float recurrent =
            reset_after ? gate(1, u) * parts.recurrent_part(2, u, last) : parts.recurrent_part(2, u, reset_outputs);
        const float hidden = attributes.gate(1, parts.input_part(2, u, x) + recurrent);
        const float update = gate(0, u);
        next[u] = (1.0F - update) * hidden + update * last[u];
      }
      states[0] = std::move(next);
    });
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = Gru::of(node);
  const auto units = static_cast<std::size_t>(recurrent_extents(node, op.attributes).units);
  const RecurrentBiases biases = recurrent_biases(node, static_cast<std::int64_t>(3 * units));
  std::vector<float> table;
  for (std::size_t u = 0; u < units; ++u) {
    table.push_back(biases.input[u] + biases.recurrent[u]);
    table.push_back(biases.input[units + u] + biases.recurrent[units + u]);
    table.push_back(biases.input[2 * units + u]);
    table.push_back(biases.recurrent[2 * units + u]);
  }
  KernelCall call = describe_recurrent(node, op.attributes, Gru::kForm, "gru", {"gate_curve", "hidden_curve"}, table);
  call.flag("reset_after", op.reset_after);
  pass_recurrent_states(call, node, op.attributes, Gru::kForm);
  return finish_recurrent(std::move(call), node, op.attributes, op.reset_after ? 0 : 2);
}

const std::vector<Implementation> Gru::kRows = {
    {.name = "gru.plain", .cycles = recurrent_cycles, .lower = lower, .code_bytes = 800}};

}  // namespace

MOTE_DEFINE_OPERATOR(Gru, gru)

}  // namespace mote
