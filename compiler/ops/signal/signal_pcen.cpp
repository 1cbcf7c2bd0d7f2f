// SIGNAL_PCEN: per-channel energy normalization of energies float32 [..., channels]: (value / (epsilon + estimate)^gain +
// bias)^power - bias^power, where the estimate is a running mean of the channel. Source: Y. Wang and others, Trainable frontend
// for robust and far-field keyword spotting (2017).

#include "ops/define.hpp"
#include "ops/signal/channel_estimates.hpp"

namespace mote {

namespace {

class SignalPcen : public OperatorBase<SignalPcen> {
 public:
  static constexpr std::string_view kName = "signal_pcen";
  static const std::vector<Implementation> kRows;

  float smoothing = 0.025F, gain = 0.98F, bias = 2.0F, power = 0.5F, epsilon = 1e-6F;

  template <typename V>
  void fields(V& v) {
    v.visit("smoothing", smoothing);
    v.visit("gain", gain);
    v.visit("bias", bias);
    v.visit("power", power);
    v.visit("epsilon", epsilon);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_estimates(node);
    require_part(smoothing, "smoothing");
    require_part(gain, "gain");
    require_part(power, "power");
    if (!(bias > 0 && std::isnormal(bias) && epsilon > 0 && std::isnormal(epsilon)))
      throw Error(fmt::format("a bias of {} and an epsilon of {} are not positive numbers", bias, epsilon));
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    const auto raised = [](float x, float to) {
      return reference_power_of_two(rounded_product(rounded_product(reference_log(x), 1.44269504F), to));
    };
    const auto in = e.in<float>(0);
    const auto estimates = e.state<float>(1);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const float level = raised(move_estimate(estimates[i % estimates.size()], in[i], smoothing) + epsilon, gain);
      e.out<float>()[i] = raised(in[i] / level + bias, power) - raised(bias, power);
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalPcen::of(node);
  const auto [frames, channels] = rows_and_depth(node.input(0).shape);
  KernelCall call("signal/noise", "signal_pcen");
  call.set("frames", frames)
      .set("channels", channels)
      .real("smoothing", op.smoothing)
      .real("gain", op.gain)
      .real("bias", op.bias);
  call.real("power", op.power).real("epsilon", op.epsilon);
  return call.value(node, 0, "energies").input(1).output().in_place_of({0});
}

double cycles(const NodeView& node) { return 160.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalPcen::kRows = {
    {.name = "signal_pcen.direct", .cycles = cycles, .lower = lower, .code_bytes = 500}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalPcen, signal_pcen)

}  // namespace mote
