// ABS: the size of a number, with a change of scale for integers.
// Source: TensorFlow Lite ABS.

#include <cmath>

#include "ops/curve.hpp"
#include "ops/quantized_math.hpp"

namespace mote {

namespace {

class Abs : public CurveOperator<Abs> {
 public:
  static constexpr std::string_view kName = "abs";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  static float at(float x) { return std::abs(x); }

  static Multiplier multiplier(const NodeView& node) {
    return quantize_multiplier(static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale()));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_curve(node);
    if (!is_float(result[0].type)) multiplier(node);
    return result;
  }

  void evaluate(const Evaluation& e) const override {
    if (has_float_input(e)) return evaluate_curve(e, at);
    if (has_int16_input(e)) return evaluate_scaled<std::int16_t>(e);
    evaluate_scaled<std::int8_t>(e);
  }

 private:
  template <typename T>
  static void evaluate_scaled(const Evaluation& e) {
    const Multiplier scaling = multiplier(e);
    const auto [lowest, highest] = type_range(e.output().type);
    evaluate_unary<T>(e, [&, lowest = lowest, highest = highest](T x) {
      const std::int32_t scaled = requantize(std::abs(x - e.input(0).zero_point()), scaling);
      return static_cast<T>(std::clamp(wrap_add(scaled, e.output().zero_point()), lowest, highest));
    });
  }
};

KernelCall lower_int16(const NodeView& node) {
  KernelCall call = describe_unary(node, "activation", "abs_int16");
  call.set("multiplier", Abs::multiplier(node).multiplier).set("shift", Abs::multiplier(node).shift);
  return finish_unary(std::move(call), node);
}

const std::vector<Implementation> Abs::kRows = {
    kLookupRow, {.name = "abs.int16", .applies = has_int16_input, .cycles = unary_cycles, .lower = lower_int16}, kFloatRow};

}  // namespace

MOTE_DEFINE_OPERATOR(Abs, abs)

}  // namespace mote
