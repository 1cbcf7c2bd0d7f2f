// RSQRT: 1 / sqrt(x). Integers at or below real 0 give the largest value.
// Source: TensorFlow Lite RSQRT.

#include <cmath>

#include "ops/inverse_square_root.hpp"
#include "ops/scaled_curve.hpp"

namespace mote {

namespace {

/// Fractional bits between the two scalings.
constexpr int kFineBits = 20;

class Rsqrt : public ScaledCurveOperator<Rsqrt> {
 public:
  static constexpr std::string_view kName = "rsqrt";
  static const std::vector<Implementation> kRows;

  static float at(float x) { return 1.0F / std::sqrt(x); }

  /// From 1 / sqrt(stored value) with kFineBits to the output.
  static Multiplier multiplier(const NodeView& node) {
    const float real = 1.0F / (std::sqrt(node.input(0).scale()) * node.output().scale());
    const Multiplier by = quantize_multiplier(static_cast<double>(real));
    if (by.multiplier == 0 || by.shift - kFineBits < -31) {
      throw Error(fmt::format("input scale {} and output scale {} are too large for fixed-point arithmetic",
                              node.input(0).scale(), node.output().scale()));
    }
    return {by.multiplier, by.shift - kFineBits};
  }

  static std::optional<std::int32_t> scaled(std::int32_t x, const Multiplier& by) {
    if (x <= 0) return std::nullopt;
    const Multiplier root = inverse_square_root(x);
    return requantize(requantize(std::int32_t{1}, {root.multiplier, root.shift + kFineBits}), by);
  }
};

KernelCall lower_int16(const NodeView& node) { return Rsqrt::scaled_call(node, "inverse_square_root", "rsqrt_int16"); }

double cycles(const NodeView& node) { return 200.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Rsqrt::kRows = {
    kLookupRow, {.name = "rsqrt.int16", .applies = has_int16_input, .cycles = cycles, .lower = lower_int16}, kFloatRow};

}  // namespace

MOTE_DEFINE_OPERATOR(Rsqrt, rsqrt)

}  // namespace mote
