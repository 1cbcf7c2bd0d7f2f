#pragma once

#include <optional>

#include "ops/curve.hpp"
#include "ops/quantized_math.hpp"

namespace mote {

/// Base of curves whose integers are computed in fixed point instead of coming from a table in float arithmetic. `Derived` has
/// `float at(float x)`, `Multiplier multiplier(const NodeView&)`, which throws on scales that do not fit, and
/// `std::optional<std::int32_t> scaled(std::int32_t x, const Multiplier& by)`: what the result is above its zero point, for a value
/// that is `x` above its own; none is the largest there is.
template <typename Derived>
class ScaledCurveOperator : public CurveOperator<Derived> {
 public:
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_curve(node);
    if (!is_float(result[0].type)) Derived::multiplier(node);
    return result;
  }

  void evaluate(const Evaluation& e) const override {
    if (has_float_input(e)) return evaluate_curve(e, Derived::at);
    if (has_int16_input(e)) return evaluate_scaled<std::int16_t>(e);
    evaluate_scaled<std::int8_t>(e);
  }

  /// The kernel `function` of `header`, which takes multiplier and shift.
  static KernelCall scaled_call(const NodeView& node, std::string_view header, std::string_view function) {
    const Multiplier by = Derived::multiplier(node);
    KernelCall call = describe_unary(node, header, function);
    call.set("multiplier", by.multiplier).set("shift", by.shift);
    return finish_unary(std::move(call), node);
  }

 private:
  template <typename T>
  static void evaluate_scaled(const Evaluation& e) {
    const Multiplier by = Derived::multiplier(e);
    const std::pair<std::int32_t, std::int32_t> range = type_range(e.output().type);
    evaluate_unary<T>(e, [&](T x) {
      const std::optional<std::int32_t> scaled = Derived::scaled(x - e.input(0).zero_point(), by);
      if (!scaled) return static_cast<T>(range.second);
      return static_cast<T>(std::clamp(wrap_add(*scaled, e.output().zero_point()), range.first, range.second));
    });
  }
};

}  // namespace mote
