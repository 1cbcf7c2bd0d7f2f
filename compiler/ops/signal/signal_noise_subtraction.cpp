// SIGNAL_NOISE_SUBTRACTION: spectral subtraction. Of each channel of energies float32 [..., channels] the estimate of its noise,
// a running mean, is taken off; at least `least` of the energy stays.

#include <algorithm>

#include "ops/define.hpp"
#include "ops/signal/channel_estimates.hpp"

namespace mote {

namespace {

class SignalNoiseSubtraction : public OperatorBase<SignalNoiseSubtraction> {
 public:
  static constexpr std::string_view kName = "signal_noise_subtraction";
  static const std::vector<Implementation> kRows;

  float smoothing = 0.025F, least = 0.05F;

  template <typename V>
  void fields(V& v) {
    v.visit("smoothing", smoothing);
    v.visit("least", least);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_estimates(node);
    require_part(smoothing, "smoothing");
    require_part(least, "least");
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0);
    const auto estimates = e.state<float>(1);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const float noise = move_estimate(estimates[i % estimates.size()], in[i], smoothing);
      const float remaining = rounded_product(in[i], least);
      e.out<float>()[i] = in[i] - noise > remaining ? in[i] - noise : remaining;
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalNoiseSubtraction::of(node);
  const auto [frames, channels] = rows_and_depth(node.input(0).shape);
  KernelCall call("signal/noise", "signal_noise_subtraction");
  call.set("frames", frames).set("channels", channels).real("smoothing", op.smoothing).real("least", op.least);
  return call.value(node, 0, "energies").input(1).output().in_place_of({0});
}

double cycles(const NodeView& node) { return 16.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalNoiseSubtraction::kRows = {
    {.name = "signal_noise_subtraction.direct", .cycles = cycles, .lower = lower, .code_bytes = 100}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalNoiseSubtraction, signal_noise_subtraction)

}  // namespace mote
