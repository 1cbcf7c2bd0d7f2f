// SIGNAL_FFT_AUTO_SCALE: samples shifted left as far as the largest of them allows, and by how many bits; silence is not shifted.
// Source: TensorFlow Lite Micro's SignalFftAutoScale. -32768 has no positive form in int16: there the search for the largest
// begins anew with the next value.

#include <bit>

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"

namespace mote {

namespace {

class SignalFftAutoScale : public CustomOperator<SignalFftAutoScale> {
 public:
  static constexpr std::string_view kName = "signal_fft_auto_scale";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.input(0), {DataType::kInt16});
    require_rank(node.input(0), 1, 1);
    return {type_and_shape(node.input(0)), {DataType::kInt32, {}}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<std::int16_t>(0);
    const auto out = e.out<std::int16_t>();
    std::int16_t largest = 0;
    for (const std::int16_t value : in) {
      if (value > largest)
        largest = value;
      else if (-value > largest)
        largest = static_cast<std::int16_t>(-value);
    }
    const int used = std::bit_width(static_cast<std::uint32_t>(largest));  // all 32 for a negative one
    const int shift = largest == 0 ? 0 : std::max(0, 15 - used);
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<std::int16_t>(in[i] * (1 << shift));
    e.out<std::int32_t>(1)[0] = shift;
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("signal/fft_auto_scale", "signal_fft_auto_scale");
  call.set("length", node.output().elements());
  return call.value(node, 0, "samples").output().output(1).in_place_of({0});
}

double cycles(const NodeView& node) { return 10.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalFftAutoScale::kRows = {
    {.name = "signal_fft_auto_scale.direct", .cycles = cycles, .lower = lower, .code_bytes = 120}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalFftAutoScale, signal_fft_auto_scale)

}  // namespace mote
