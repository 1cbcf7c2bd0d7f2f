// RSQRT: 1 / sqrt(x). Integers at or below real 0 give the largest value.
// Source: TensorFlow Lite RSQRT.

#include <cmath>

#include "ops/curve.hpp"
#include "ops/inverse_square_root.hpp"

namespace mote {

namespace {

/// Fractional bits between the two scalings.
constexpr int kFineBits = 20;

class Rsqrt : public CurveOperator<Rsqrt> {
 public:
  static constexpr std::string_view kName = "rsqrt";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
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
      const std::int32_t value = x - e.input(0).zero_point();
      if (value <= 0) return static_cast<T>(highest);
      const Multiplier root = inverse_square_root(value);
      const std::int32_t fine = requantize(std::int32_t{1}, {root.multiplier, root.shift + kFineBits});
      return static_cast<T>(std::clamp(wrap_add(requantize(fine, scaling), e.output().zero_point()), lowest, highest));
    });
  }
};

KernelCall lower_int16(const NodeView& node) {
  KernelCall call = describe_unary(node, "inverse_square_root", "rsqrt_int16");
  call.set("multiplier", Rsqrt::multiplier(node).multiplier).set("shift", Rsqrt::multiplier(node).shift);
  return finish_unary(std::move(call), node);
}

double cycles(const NodeView& node) { return 200.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Rsqrt::kRows = {
    kLookupRow, {.name = "rsqrt.int16", .applies = has_int16_input, .cycles = cycles, .lower = lower_int16}, kFloatRow};

}  // namespace

MOTE_DEFINE_OPERATOR(Rsqrt, rsqrt)

}  // namespace mote
