// SIGNAL_AUTOCORRELATION: sums of products of frames float32 [..., n] with themselves `lags` values apart, from lag 0 on: [...,
// lags]. `normalized`: over lag 0; a frame of zeros gives zeros.

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class SignalAutocorrelation : public OperatorBase<SignalAutocorrelation> {
 public:
  static constexpr std::string_view kName = "signal_autocorrelation";
  static const std::vector<Implementation> kRows;

  std::int32_t lags = 1;
  bool normalized = false;

  template <typename V>
  void fields(V& v) {
    v.visit("lags", lags);
    v.visit("normalized", normalized);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32});
    require_rank(in, 1, 8);
    require_elements(in);
    if (lags < 1 || lags > in.shape.back()) throw Error(fmt::format("{} lags of frames of {} values", lags, in.shape.back()));
    Shape shape = in.shape;
    shape.back() = lags;
    return {{in.type, shape}};
  }

  std::int64_t macs(const NodeView& node) const override { return node.input(0).elements() * lags; }

  void evaluate(const Evaluation& e) const override {
    const auto length = static_cast<std::size_t>(e.input(0).shape.back());
    auto out = e.out<float>();
    for (auto in = e.in<float>(0); !in.empty(); in = in.subspan(length), out = out.subspan(static_cast<std::size_t>(lags))) {
      for (std::size_t lag = 0; lag < static_cast<std::size_t>(lags); ++lag) {
        std::vector<float> terms;
        for (std::size_t i = lag; i < length; ++i) terms.push_back(rounded_product(in[i], in[i - lag]));
        out[lag] = blocked_sum(terms);
      }
      if (!normalized) continue;
      const float energy = out[0];
      for (std::size_t lag = 0; lag < static_cast<std::size_t>(lags); ++lag) out[lag] = energy > 0.0F ? out[lag] / energy : 0.0F;
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalAutocorrelation::of(node);
  const auto [frames, length] = rows_and_depth(node.input(0).shape);
  KernelCall call("signal/autocorrelation", "signal_autocorrelation");
  call.set("frames", frames).set("length", length).set("lags", op.lags).flag("normalized", op.normalized);
  return call.value(node, 0, "frames").output();
}

double cycles(const NodeView& node) { return 9.0 * static_cast<double>(SignalAutocorrelation::of(node).macs(node)); }

const std::vector<Implementation> SignalAutocorrelation::kRows = {
    {.name = "signal_autocorrelation.direct", .cycles = cycles, .lower = lower, .code_bytes = 110}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalAutocorrelation, signal_autocorrelation)

}  // namespace mote
