// SIGNAL_BIQUADS: samples [n] or [n, channels] through recursive filters of second order, one after another; what they remember
// is state. Inputs: samples, coefficients float32 [sections, 5] (b0, b1, b2, a1, a2 of each; a0 is 1) and the state. float32: the
// state is [channels, sections, 2]. int16: [channels, sections + 1, 2] of int32, values with 14 more bits than the samples;
// results saturate.

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

enum : int { kSamples, kCoefficients, kState, kInputs };
constexpr int kMoreBits = 14, kCoefficientBits = 29;

std::int32_t fixed(float coefficient) {
  return static_cast<std::int32_t>(std::lround(std::ldexp(static_cast<double>(coefficient), kCoefficientBits)));
}

class SignalBiquads : public OperatorBase<SignalBiquads> {
 public:
  static constexpr std::string_view kName = "signal_biquads";
  static const std::vector<Implementation> kRows;

  struct Sizes {
    std::int32_t length = 1, channels = 1, sections = 1;
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
    require_type(coefficients, {DataType::kFloat32});
    require_constant(coefficients, "coefficients");
    require_rank(coefficients, 2, 2);
    require_elements(coefficients);
    if (coefficients.shape[1] != 5)
      throw Error(fmt::format("coefficients {} are not 5 for each section", to_string(coefficients.shape)));
    const bool real = is_float(in.type);
    const Sizes n = sizes(node);
    const Shape expected{n.channels, n.sections + (real ? 0 : 1), 2};
    require_type(state, {real ? DataType::kFloat32 : DataType::kInt32});
    if (!state.is_state || state.shape != expected)
      throw Error(
          fmt::format("tensor '{}' is no state {} that could hold what the filter remembers", state.name, to_string(expected)));
    const auto values = coefficients.values<float>();
    for (std::size_t section = 0; section < values.size(); section += 5) {
      double sum = 0;
      for (std::size_t i = section; i < section + 5; ++i) {
        if (!std::isfinite(values[i])) throw Error("a coefficient of the filter is not a number");
        if (!real && std::abs(values[i]) >= 4)
          throw Error(fmt::format("a coefficient of {} is too large for int16", values[i]), "filter float32 samples");
        sum += std::abs(static_cast<double>(values[i]));
      }
      if (!real && sum >= 8)
        throw Error(fmt::format("section {}'s coefficients sum up to {}, which int16 cannot hold", section / 5, sum),
                    "filter float32 samples");
    }
    return {type_and_shape(in)};
  }

  std::int64_t macs(const NodeView& node) const override { return 5 * node.input(kSamples).elements() * sizes(node).sections; }

  void evaluate(const Evaluation& e) const override {
    const Sizes n = sizes(e);
    for (std::int32_t i = 0; i < n.length; ++i) {
      for (std::int32_t channel = 0; channel < n.channels; ++channel) {
        const auto at = static_cast<std::size_t>(i * n.channels + channel);
        if (is_float(e.input(kSamples).type))
          e.out<float>()[at] = filtered(e, n, static_cast<std::size_t>(channel), e.in<float>(kSamples)[at]);
        else
          e.out<std::int16_t>()[at] = filtered(e, n, static_cast<std::size_t>(channel), e.in<std::int16_t>(kSamples)[at]);
      }
    }
  }

 private:
  static float filtered(const Evaluation& e, const Sizes& n, std::size_t channel, float x) {
    for (std::size_t section = 0; section < static_cast<std::size_t>(n.sections); ++section) {
      const auto c = e.in<float>(kCoefficients).subspan(5 * section, 5);
      const auto kept = e.state<float>(kState).subspan(2 * (channel * static_cast<std::size_t>(n.sections) + section), 2);
      const float y = rounded_product(c[0], x) + kept[0];
      kept[0] = rounded_product(c[1], x) - rounded_product(c[3], y) + kept[1];
      kept[1] = rounded_product(c[2], x) - rounded_product(c[4], y);
      x = y;
    }
    return x;
  }

  static std::int16_t filtered(const Evaluation& e, const Sizes& n, std::size_t channel, std::int16_t sample) {
    const auto sections = static_cast<std::size_t>(n.sections);
    const auto kept = e.state<std::int32_t>(kState).subspan(2 * channel * (sections + 1), 2 * (sections + 1));
    const auto remember = [&](std::size_t place, std::int32_t value) {
      kept[2 * place + 1] = kept[2 * place];
      kept[2 * place] = value;
    };
    std::int32_t x = std::int32_t{sample} * (1 << kMoreBits);
    for (std::size_t section = 0; section < sections; ++section) {
      const auto c = e.in<float>(kCoefficients).subspan(5 * section, 5);
      const auto term = [&](std::size_t i, std::int32_t value) { return std::int64_t{fixed(c[i])} * value; };
      const std::int64_t sum = term(0, x) + term(1, kept[2 * section]) + term(2, kept[2 * section + 1]) -
                               term(3, kept[2 * section + 2]) - term(4, kept[2 * section + 3]) +
                               (std::int64_t{1} << (kCoefficientBits - 1));
      remember(section, x);
      x = static_cast<std::int32_t>(std::clamp<std::int64_t>(sum >> kCoefficientBits, INT32_MIN, INT32_MAX));
    }
    remember(sections, x);
    const std::int64_t rounded = (std::int64_t{x} + (1 << (kMoreBits - 1))) >> kMoreBits;
    return static_cast<std::int16_t>(std::clamp<std::int64_t>(rounded, INT16_MIN, INT16_MAX));
  }
};

bool of_floats(const NodeView& node) { return is_float(node.input(kSamples).type); }
bool of_integers(const NodeView& node) { return !of_floats(node); }

KernelCall call_of(const NodeView& node, std::string_view function) {
  const SignalBiquads::Sizes n = SignalBiquads::sizes(node);
  KernelCall call("signal/biquads", function);
  call.set("length", n.length).set("channels", n.channels).set("sections", n.sections).value(node, kSamples, "samples");
  return call;
}

KernelCall lower(const NodeView& node) {
  return call_of(node, "signal_biquads")
      .value(node, kCoefficients, "coefficients")
      .input(kState)
      .output()
      .in_place_of({kSamples});
}

KernelCall lower_integers(const NodeView& node) {
  std::vector<std::int32_t> coefficients;
  for (const float value : node.input(kCoefficients).values<float>()) coefficients.push_back(fixed(value));
  return call_of(node, "signal_biquads_int16")
      .constant("coefficients", coefficients)
      .input(kState)
      .output()
      .in_place_of({kSamples});
}

double cycles(const NodeView& node) { return 5.0 * static_cast<double>(SignalBiquads::of(node).macs(node)); }

const std::vector<Implementation> SignalBiquads::kRows = {
    {.name = "signal_biquads.direct", .applies = of_floats, .cycles = cycles, .lower = lower, .code_bytes = 130},
    {.name = "signal_biquads.integers", .applies = of_integers, .cycles = cycles, .lower = lower_integers, .code_bytes = 260}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalBiquads, signal_biquads)

}  // namespace mote
