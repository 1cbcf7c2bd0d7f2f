// SIGNAL_FILTER_BANK_LOG: natural logarithms of uint32 values shifted left by `input_correction_bits`, times `output_scale`, at
// most 32767; 0 and 1 give 0. The logarithm to base 2 is linear between powers of two but for a correction, interpolated in a
// table. Source: TensorFlow Lite Micro's SignalFilterBankLog.

#include <bit>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"

namespace mote {

namespace {

constexpr int kScaleBits = 16, kSegmentBits = 7;
constexpr std::int64_t kScale = 1 << kScaleBits, kNaturalOfTwo = 45426;  // ln 2 with 16 bits of fraction

/// 2^16 * (log2(1 + i / 128) - i / 128) for i = 0..128.
const std::vector<std::uint16_t>& corrections() {
  static const std::vector<std::uint16_t> table = [] {
    std::vector<std::uint16_t> made;
    for (int i = 0; i <= 1 << kSegmentBits; ++i) {
      const double x = std::ldexp(i, -kSegmentBits);
      made.push_back(static_cast<std::uint16_t>(std::lround(static_cast<double>(kScale) * (std::log2(1.0 + x) - x))));
    }
    return made;
  }();
  return table;
}

/// log2 of x > 0 with 16 bits of fraction.
std::int64_t log2_fixed(std::uint32_t x) {
  const int whole = std::bit_width(x) - 1;
  const std::int64_t above = std::int64_t{x} - (std::int64_t{1} << whole);
  const std::int64_t fraction = whole < kScaleBits ? above << (kScaleBits - whole) : above >> (whole - kScaleBits);
  const auto segment = static_cast<std::size_t>(fraction >> (kScaleBits - kSegmentBits));
  const std::int64_t rest = fraction % (kScale >> kSegmentBits);
  const std::int64_t left = corrections()[segment];
  const std::int64_t right = corrections()[segment + 1];
  return (std::int64_t{whole} << kScaleBits) + fraction + left + (((right - left) * rest) >> kScaleBits);
}

class SignalFilterBankLog : public CustomOperator<SignalFilterBankLog> {
 public:
  static constexpr std::string_view kName = "signal_filter_bank_log";
  static const std::vector<Implementation> kRows;

  std::int32_t input_correction_bits = 0, output_scale = 1;

  template <typename V>
  void fields(V& v) {
    v.visit("input_correction_bits", input_correction_bits);
    v.visit("output_scale", output_scale);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.input(0), {DataType::kUint32});
    require_rank(node.input(0), 1, 1);
    if (input_correction_bits < 0 || input_correction_bits > 31) {
      throw Error(fmt::format("a shift by {} is not supported; 0 to 31 are", input_correction_bits));
    }
    return {{DataType::kInt16, node.input(0).shape}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<std::uint32_t>(0);
    const auto out = e.out<std::int16_t>();
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::uint32_t value = in[i] << input_correction_bits;
      out[i] = value > 1 ? scaled(log2_fixed(value)) : std::int16_t{0};
    }
  }

 private:
  std::int16_t scaled(std::int64_t log2) const {
    const auto natural = static_cast<std::uint32_t>((kNaturalOfTwo * log2 + kScale / 2) >> kScaleBits);
    const std::uint32_t product =
        static_cast<std::uint32_t>(output_scale) * natural + static_cast<std::uint32_t>(kScale / 2);  // wraps
    return static_cast<std::int16_t>(std::min<std::uint32_t>(product >> kScaleBits, INT16_MAX));
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalFilterBankLog::of(node);
  KernelCall call("signal/log", "signal_filter_bank_log");
  call.set("elements", node.output().elements()).set("correction_bits", op.input_correction_bits);
  call.text("uint32_t", "output_scale", fmt::format("{}U", static_cast<std::uint32_t>(op.output_scale)));
  const std::vector<std::int16_t> table(corrections().begin(), corrections().end());
  return call.value(node, 0, "values").constant("corrections", table).output();
}

double cycles(const NodeView& node) { return 40.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalFilterBankLog::kRows = {
    {.name = "signal_filter_bank_log.direct", .cycles = cycles, .lower = lower, .code_bytes = 140}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalFilterBankLog, signal_filter_bank_log)

}  // namespace mote
