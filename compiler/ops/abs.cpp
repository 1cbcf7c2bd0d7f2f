// ABS: the size of a number, with a change of scale for integers.
// Source: TensorFlow Lite ABS.

#include <cmath>

#include "ops/scaled_curve.hpp"

namespace mote {

namespace {

class Abs : public ScaledCurveOperator<Abs> {
 public:
  static constexpr std::string_view kName = "abs";
  static const std::vector<Implementation> kRows;

  static float at(float x) { return std::abs(x); }

  static Multiplier multiplier(const NodeView& node) {
    return quantize_multiplier(static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale()));
  }

  static std::optional<std::int32_t> scaled(std::int32_t x, const Multiplier& by) { return requantize(std::abs(x), by); }
};

KernelCall lower_int16(const NodeView& node) { return Abs::scaled_call(node, "activation", "abs_int16"); }

const std::vector<Implementation> Abs::kRows = {
    kLookupRow, {.name = "abs.int16", .applies = has_int16_input, .cycles = unary_cycles, .lower = lower_int16}, kFloatRow};

}  // namespace

MOTE_DEFINE_OPERATOR(Abs, abs)

}  // namespace mote
