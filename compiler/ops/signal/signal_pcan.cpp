// SIGNAL_PCAN: per-channel gain that falls as the channel's noise rises, then a curve that shrinks small values. The gain is a
// table of parabolas, three numbers in four places for each power of two of the estimate. Inputs: signal, estimate of its noise,
// and the table, all of one dimension. Source: TensorFlow Lite Micro's SignalPCAN.

#include <bit>

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"
#include "ops/quantized_math.hpp"

namespace mote {

namespace {

constexpr std::int64_t kTableSize = 125;
constexpr int kSignalToNoiseBits = 12, kOutputBits = 6;

std::int16_t gain_of(std::uint32_t estimate, std::span<const std::int16_t> table) {
  if (estimate <= 2) return table[estimate];
  const int width = std::bit_width(estimate);
  const auto entry = table.subspan(static_cast<std::size_t>(4 * width - 6), 3);
  const std::uint32_t aligned = width < 11 ? estimate << (11 - width) : estimate >> (width - 11);
  const auto fraction = static_cast<std::int32_t>(aligned & 0x3FF);
  const std::int32_t slope = wrap_add((entry[2] * fraction) >> 5, wrap_shift_left(entry[1], 5));
  const auto product = static_cast<std::int32_t>(static_cast<std::uint32_t>(slope) * static_cast<std::uint32_t>(fraction));
  return static_cast<std::int16_t>((wrap_add(product, 1 << 14) >> 15) + entry[0]);
}

std::uint32_t shrunk(std::uint32_t ratio) {
  if (ratio < 2U << kSignalToNoiseBits) return (ratio * ratio) >> (2 + 2 * kSignalToNoiseBits - kOutputBits);
  return (ratio >> (kSignalToNoiseBits - kOutputBits)) - (1U << kOutputBits);
}

class SignalPcan : public CustomOperator<SignalPcan> {
 public:
  static constexpr std::string_view kName = "signal_pcan";
  static const std::vector<Implementation> kRows;

  std::int32_t snr_shift = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("snr_shift", snr_shift);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 3, 3);
    for (int i = 0; i < 3; ++i) require_rank(node.input(i), 1, 1);
    require_type(node.input(0), {DataType::kUint32});
    require_type(node.input(1), {DataType::kUint32});
    require_type(node.input(2), {DataType::kInt16});
    if (node.input(0).shape != node.input(1).shape) {
      throw Error(
          fmt::format("signal {} and noise {} differ in shape", to_string(node.input(0).shape), to_string(node.input(1).shape)));
    }
    if (node.input(2).elements() < kTableSize) {
      throw Error(fmt::format("the table of gains '{}' has {} values; {} are needed", node.input(2).name,
                              node.input(2).elements(), kTableSize));
    }
    if (snr_shift < 0 || snr_shift > 63) throw Error(fmt::format("a shift by {} is not supported; 0 to 63 are", snr_shift));
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<std::uint32_t>(0);
    const auto noise = e.in<std::uint32_t>(1);
    const auto out = e.out<std::uint32_t>();
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto gain = static_cast<std::uint32_t>(std::int32_t{gain_of(noise[i], e.in<std::int16_t>(2))});
      out[i] = shrunk(static_cast<std::uint32_t>((std::uint64_t{in[i]} * gain) >> snr_shift));
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("signal/pcan", "signal_pcan");
  call.set("elements", node.output().elements()).set("shift", SignalPcan::of(node).snr_shift);
  return call.value(node, 0, "signal").value(node, 1, "noise").value(node, 2, "gains").output().in_place_of({0, 1});
}

double cycles(const NodeView& node) { return 40.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalPcan::kRows = {
    {.name = "signal_pcan.direct", .cycles = cycles, .lower = lower, .code_bytes = 160}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalPcan, signal_pcan)

}  // namespace mote
