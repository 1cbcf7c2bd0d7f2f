// SIGNAL_FILTER_BANK_SPECTRAL_SUBTRACTION: takes an estimate of the noise, which follows each channel slowly, off the channel.
// Outputs: what is left, at least a share of the signal, and the estimate, which is kept from run to run with `smoothing_bits` of
// fraction. Channels of odd index have smoothing of their own. All arithmetic is on uint32 and wraps. Source: TensorFlow Lite
// Micro's SignalFilterBankSpectralSubtraction.

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"

namespace mote {

namespace {

class SignalFilterBankSpectralSubtraction : public CustomOperator<SignalFilterBankSpectralSubtraction> {
 public:
  static constexpr std::string_view kName = "signal_filter_bank_spectral_subtraction";
  static const std::vector<Implementation> kRows;

  std::int32_t alternate_one_minus_smoothing = 0, alternate_smoothing = 0, min_signal_remaining = 0, num_channels = 0,
               one_minus_smoothing = 0, smoothing = 0, smoothing_bits = 0, spectral_subtraction_bits = 0;
  bool clamping = false;

  template <typename V>
  void fields(V& v) {
    v.visit("alternate_one_minus_smoothing", alternate_one_minus_smoothing);
    v.visit("alternate_smoothing", alternate_smoothing);
    v.visit("clamping", clamping);
    v.visit("min_signal_remaining", min_signal_remaining);
    v.visit("num_channels", num_channels);
    v.visit("one_minus_smoothing", one_minus_smoothing);
    v.visit("smoothing", smoothing);
    v.visit("smoothing_bits", smoothing_bits);
    v.visit("spectral_subtraction_bits", spectral_subtraction_bits);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    Tensor kept;
    kept.name = node.output_count() == 2 ? node.output(1).name + "/kept" : "kept";
    kept.type = DataType::kUint32;
    kept.shape = {std::max(num_channels, 1)};
    kept.is_state = true;
    return {std::move(kept)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kUint32});
    require_type(node.input(1), {DataType::kUint32});
    if (in.shape != Shape{num_channels} || node.input(1).shape != in.shape) {
      throw Error(fmt::format("'{}' is {} for {} channels", in.name, to_string(in.shape), num_channels));
    }
    if (!node.input(1).is_state)
      throw Error(fmt::format("tensor '{}' is not a variable, so it cannot hold the estimate", node.input(1).name));
    if (smoothing_bits < 0 || smoothing_bits > 31 || spectral_subtraction_bits < 0 || spectral_subtraction_bits > 63) {
      throw Error(
          fmt::format("{} bits of smoothing and {} of subtraction are not supported", smoothing_bits, spectral_subtraction_bits));
    }
    return {type_and_shape(in), type_and_shape(in)};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<std::uint32_t>(0);
    const auto out = e.out<std::uint32_t>();
    const auto estimate = e.state<std::uint32_t>(1);
    const auto scaled = [](std::uint32_t value, std::int32_t by) {
      return std::uint64_t{value} * static_cast<std::uint32_t>(by);
    };
    for (std::size_t i = 0; i < in.size(); ++i) {
      const bool odd = i % 2 != 0;
      const std::uint32_t signal = in[i] << smoothing_bits;
      const std::uint64_t moved = scaled(signal, odd ? alternate_smoothing : smoothing) +
                                  scaled(estimate[i], odd ? alternate_one_minus_smoothing : one_minus_smoothing);
      estimate[i] = static_cast<std::uint32_t>(moved >> spectral_subtraction_bits);
      const std::uint32_t noise = std::min(estimate[i], signal);
      if (clamping) estimate[i] = noise;
      const auto least = static_cast<std::uint32_t>(scaled(in[i], min_signal_remaining) >> spectral_subtraction_bits);
      out[i] = std::max((signal - noise) >> smoothing_bits, least);
    }
    std::copy(estimate.begin(), estimate.end(), e.out<std::uint32_t>(1).begin());
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalFilterBankSpectralSubtraction::of(node);
  KernelCall call("signal/spectral_subtraction", "signal_filter_bank_spectral_subtraction");
  const auto bits = [](std::int32_t value) { return std::int64_t{static_cast<std::uint32_t>(value)}; };
  call.set("channels", op.num_channels).flag("clamping", op.clamping);
  call.text("uint32_t", "smoothing", fmt::format("{}U", bits(op.smoothing)));
  call.text("uint32_t", "one_minus_smoothing", fmt::format("{}U", bits(op.one_minus_smoothing)));
  call.text("uint32_t", "alternate_smoothing", fmt::format("{}U", bits(op.alternate_smoothing)));
  call.text("uint32_t", "alternate_one_minus_smoothing", fmt::format("{}U", bits(op.alternate_one_minus_smoothing)));
  call.text("uint32_t", "min_signal_remaining", fmt::format("{}U", bits(op.min_signal_remaining)));
  call.set("smoothing_bits", op.smoothing_bits).set("subtraction_bits", op.spectral_subtraction_bits);
  return call.value(node, 0, "signal").input(1).output().output(1).in_place_of({0});
}

double cycles(const NodeView& node) { return 40.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalFilterBankSpectralSubtraction::kRows = {
    {.name = "signal_filter_bank_spectral_subtraction.direct", .cycles = cycles, .lower = lower, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalFilterBankSpectralSubtraction, signal_filter_bank_spectral_subtraction)

}  // namespace mote
