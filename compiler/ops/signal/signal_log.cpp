// SIGNAL_LOG: factor * ln(value * unit), and of everything below `floor` that of `floor`. float32 of any shape; or block floating
// point, uint32 [..., n] and exponents, to int16 [..., n] with a scale. factor 1 gives natural logarithms, 1.442695 those to base
// 2, 4.342945 decibels of powers.

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "ops/define.hpp"
#include "ops/quantized_math.hpp"
#include "ops/signal/block_floating.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

constexpr int kFractionBits = 16, kSegmentBits = 7;

/// 2^16 * (log2(1 + i / 128) - i / 128) for i = 0..128.
std::vector<std::int16_t> corrections() {
  std::vector<std::int16_t> made;
  for (int i = 0; i <= 1 << kSegmentBits; ++i) {
    const double x = std::ldexp(i, -kSegmentBits);
    made.push_back(static_cast<std::int16_t>(std::lround(std::ldexp(std::log2(1.0 + x) - x, kFractionBits))));
  }
  return made;
}

class SignalLog : public OperatorBase<SignalLog> {
 public:
  static constexpr std::string_view kName = "signal_log";
  static const std::vector<Implementation> kRows;

  float factor = 1.0F, unit = 1.0F, floor = 1e-10F;

  template <typename V>
  void fields(V& v) {
    v.visit("factor", factor);
    v.visit("unit", unit);
    v.visit("floor", floor);
  }

  /// From log2 with 16 bits of fraction, shifted left by 7 bits, to steps of the output.
  Multiplier multiplier(const NodeView& node) const {
    return quantize_multiplier(static_cast<double>(factor) * std::numbers::ln2 /
                               (static_cast<double>(node.output().scale()) * 65536.0 * 128.0));
  }
  std::int32_t offset() const { return static_cast<std::int32_t>(std::lround(std::log2(static_cast<double>(unit)) * 65536.0)); }
  std::int16_t lowest(const NodeView& node) const {
    const double steps =
        static_cast<double>(factor) * std::log(static_cast<double>(floor)) / static_cast<double>(node.output().scale());
    return static_cast<std::int16_t>(std::lround(std::clamp(steps, -32768.0, 32767.0)));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kUint32});
    for (const auto& [value, name] : {std::pair(factor, "factor"), std::pair(unit, "unit"), std::pair(floor, "floor")}) {
      if (!(value > 0) || !std::isnormal(value)) throw Error(fmt::format("a {} of {} is not a positive number", name, value));
    }
    if (is_float(in.type)) {
      require_inputs(node, 1, 1);
      return {type_and_shape(in)};
    }
    require_rank(in, 1, 8);
    require_inputs(node, 2, 2);
    require_exponents(node, 0, 1);
    require_quantized(node.output());
    const double steps = static_cast<double>(factor) / static_cast<double>(node.output().scale());
    if (!(steps >= 1.0 && steps <= 65536.0))
      throw Error(fmt::format("a scale of {} does not fit logarithms times {}", node.output().scale(), factor),
                  "use factor / 256 or so");
    return {{DataType::kInt16, in.shape}};
  }

  void evaluate(const Evaluation& e) const override {
    if (is_float(e.input(0).type)) {
      for (std::size_t i = 0; i < e.in<float>(0).size(); ++i) {
        const float x = rounded_product(e.in<float>(0)[i], unit);
        e.out<float>()[i] = rounded_product(factor, reference_log(x > floor ? x : floor));
      }
      return;
    }
    const std::vector<std::int16_t> table = corrections();
    const auto in = e.in<std::uint32_t>(0);
    const auto depth = static_cast<std::size_t>(e.input(0).shape.back());
    const Multiplier by = multiplier(e);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int16_t least = lowest(e);
      std::int32_t steps = least;
      if (in[i] != 0) {
        const std::int32_t log2 = log2_of(in[i], table) + offset() + e.in<std::int32_t>(1)[i / depth] * 65536;
        steps = requantize(std::clamp<std::int32_t>(log2, -(1 << 23), 1 << 23) * 128, by);
      }
      e.out<std::int16_t>()[i] = static_cast<std::int16_t>(std::clamp<std::int32_t>(steps, least, INT16_MAX));
    }
  }

 private:
  /// Linear between powers of two but for a correction, interpolated in the table.
  static std::int32_t log2_of(std::uint32_t x, const std::vector<std::int16_t>& table) {
    const int whole = static_cast<int>(std::bit_width(x)) - 1;
    const auto fraction = static_cast<std::int32_t>((std::uint64_t{x} << kFractionBits >> whole) - (1U << kFractionBits));
    constexpr std::int32_t kSegment = 1 << (kFractionBits - kSegmentBits);
    const auto segment = static_cast<std::size_t>(fraction / kSegment);
    const std::int32_t step = table[segment + 1] - table[segment];
    return (whole << kFractionBits) + fraction + table[segment] +
           ((step * (fraction % kSegment) + kSegment / 2) >> (kFractionBits - kSegmentBits));
  }
};

bool of_floats(const NodeView& node) { return is_float(node.input(0).type); }
bool of_blocks(const NodeView& node) { return !of_floats(node); }

KernelCall lower(const NodeView& node) {
  const auto& op = SignalLog::of(node);
  KernelCall call("signal/logarithm", "signal_log");
  call.set("elements", node.output().elements()).real("factor", op.factor).real("unit", op.unit).real("floor", op.floor);
  return call.value(node, 0, "values").output().in_place_of({0});
}

KernelCall lower_blocks(const NodeView& node) {
  const auto& op = SignalLog::of(node);
  const auto [frames, channels] = rows_and_depth(node.output().shape);
  const Multiplier by = op.multiplier(node);
  KernelCall call("signal/logarithm", "signal_block_log");
  call.set("frames", frames).set("channels", channels).set("offset", op.offset()).set("lowest", op.lowest(node));
  call.set("multiplier", by.multiplier).set("shift", by.shift);
  return call.value(node, 0, "values").value(node, 1, "exponents").constant("corrections", corrections()).output();
}

double cycles(const NodeView& node) { return 60.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalLog::kRows = {
    {.name = "signal_log.direct", .applies = of_floats, .cycles = cycles, .lower = lower, .code_bytes = 260},
    {.name = "signal_log.blocks", .applies = of_blocks, .cycles = cycles, .lower = lower_blocks, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalLog, signal_log)

}  // namespace mote
