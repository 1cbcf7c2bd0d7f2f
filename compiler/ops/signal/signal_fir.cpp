// SIGNAL_FIR: samples [n] or [n, channels] through a filter of given coefficients h (y[i] = sum of h[k] x[i - k]); of every
// `decimation` results the first is kept. Inputs: samples, coefficients [taps] of the same type, and the state, [channels, taps -
// 1 + n]: the samples that the filter sees. int16: sums are divided by 2^shift, rounded half up, and saturate.

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

enum : int { kSamples, kCoefficients, kState, kInputs };

class SignalFir : public OperatorBase<SignalFir> {
 public:
  static constexpr std::string_view kName = "signal_fir";
  static const std::vector<Implementation> kRows;

  std::int32_t decimation = 1, shift = 15;

  template <typename V>
  void fields(V& v) {
    v.visit("decimation", decimation);
    v.visit("shift", shift);
  }

  struct Sizes {
    std::int32_t length = 1, channels = 1, taps = 1;
  };
  static Sizes sizes(const NodeView& node) {
    const Shape& shape = node.input(kSamples).shape;
    return {shape[0], shape.size() == 2 ? shape[1] : 1, node.input(kCoefficients).shape[0]};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, kInputs, kInputs);
    const Tensor& in = node.input(kSamples);
    const Tensor& coefficients = node.input(kCoefficients);
    const Tensor& state = node.input(kState);
    require_type(in, {DataType::kFloat32, DataType::kInt16});
    require_rank(in, 1, 2);
    require_elements(in);
    require_type(coefficients, {in.type});
    require_constant(coefficients, "coefficients");
    require_rank(coefficients, 1, 1);
    require_elements(coefficients);
    require_type(state, {in.type});
    const Sizes n = sizes(node);
    const Shape expected{n.channels, n.taps - 1 + n.length};
    if (!state.is_state || state.shape != expected)
      throw Error(
          fmt::format("tensor '{}' is no state {} that could hold the samples of the filter", state.name, to_string(expected)));
    if (decimation < 1 || n.length % decimation != 0)
      throw Error(fmt::format("of {} samples one in {} cannot be kept", n.length, decimation),
                  "the number of samples must be a multiple");
    if (shift < 1 || shift > 30) throw Error(fmt::format("a shift by {} is not supported; 1 to 30 are", shift));
    check_values(coefficients);
    Shape shape = in.shape;
    shape[0] /= decimation;
    return {{in.type, shape}};
  }

  std::int64_t macs(const NodeView& node) const override { return node.output().elements() * sizes(node).taps; }

  void evaluate(const Evaluation& e) const override {
    is_float(e.input(kSamples).type) ? filter<float>(e) : filter<std::int16_t>(e);
  }

 private:
  static void check_values(const Tensor& coefficients) {
    if (is_float(coefficients.type)) {
      for (const float value : coefficients.values<float>())
        if (!std::isfinite(value)) throw Error("a coefficient of the filter is not a number");
      return;
    }
    std::int64_t sum = 0;
    for (const std::int16_t value : coefficients.values<std::int16_t>()) sum += std::abs(std::int32_t{value});
    if (sum >= 65535)
      throw Error(fmt::format("coefficients of sizes that sum up to {} overflow 32 bits", sum),
                  "give them fewer bits of fraction, and a smaller shift");
  }

  template <typename T>
  void filter(const Evaluation& e) const {
    const Sizes n = sizes(e);
    const auto window = static_cast<std::size_t>(n.taps - 1 + n.length);
    const auto kept = static_cast<std::size_t>(n.taps - 1);
    const auto channels = static_cast<std::size_t>(n.channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const auto history = e.state<T>(kState).subspan(channel * window, window);
      std::copy(history.begin() + n.length, history.end(), history.begin());
      for (std::size_t i = 0; i < static_cast<std::size_t>(n.length); ++i)
        history[kept + i] = e.in<T>(kSamples)[i * channels + channel];
      for (std::size_t i = 0; i < static_cast<std::size_t>(n.length / decimation); ++i)
        e.out<T>()[i * channels + channel] =
            sum(history.subspan(i * static_cast<std::size_t>(decimation), kept + 1), e.in<T>(kCoefficients));
    }
  }

  /// The oldest sample first.
  float sum(std::span<const float> samples, std::span<const float> coefficients) const {
    std::vector<float> terms;
    for (std::size_t i = 0; i < samples.size(); ++i)
      terms.push_back(rounded_product(samples[i], coefficients[samples.size() - 1 - i]));
    return blocked_sum(terms);
  }
  std::int16_t sum(std::span<const std::int16_t> samples, std::span<const std::int16_t> coefficients) const {
    std::int64_t total = std::int64_t{1} << (shift - 1);
    for (std::size_t i = 0; i < samples.size(); ++i) total += std::int64_t{samples[i]} * coefficients[samples.size() - 1 - i];
    return static_cast<std::int16_t>(std::clamp<std::int64_t>(total >> shift, INT16_MIN, INT16_MAX));
  }
};

template <typename T>
std::vector<T> reversed(const Tensor& coefficients) {
  const auto values = coefficients.values<T>();
  return {values.rbegin(), values.rend()};
}

KernelCall lower(const NodeView& node) {
  const auto& op = SignalFir::of(node);
  const SignalFir::Sizes n = SignalFir::sizes(node);
  KernelCall call("signal/fir", "signal_fir");
  call.type("Value", node.input(kSamples).type).set("length", n.length).set("channels", n.channels).set("taps", n.taps);
  call.set("decimation", op.decimation).set("shift", op.shift).value(node, kSamples, "samples");
  if (is_float(node.input(kSamples).type))
    call.constant("coefficients", reversed<float>(node.input(kCoefficients)));
  else
    call.constant("coefficients", reversed<std::int16_t>(node.input(kCoefficients)));
  return call.input(kState).output().in_place_of({kSamples});
}

double cycles(const NodeView& node) { return 6.0 * static_cast<double>(SignalFir::of(node).macs(node)); }

const std::vector<Implementation> SignalFir::kRows = {
    {.name = "signal_fir.direct", .cycles = cycles, .lower = lower, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalFir, signal_fir)

}  // namespace mote
