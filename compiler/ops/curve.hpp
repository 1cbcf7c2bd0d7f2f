#pragma once

#include <algorithm>
#include <functional>
#include <limits>

#include "ops/elementwise.hpp"
#include "ops/unary.hpp"

namespace mote {

// What operators share that are one real function of each value. float32 calls the C library; int8 and int16 may have any scales
// and come from tables that are made in float arithmetic as TensorFlow Lite makes its own: all 256 results for int8, 513 to
// interpolate between for int16.

using RealFunction = std::function<float(float)>;

/// float32, int8 or int16.
std::vector<TensorType> infer_curve(const NodeView& node);
/// The reference in each of these types. Where `function` has no value, integers become real 0.
void evaluate_curve(const Evaluation& e, const RealFunction& function);

bool has_int16_input(const NodeView& node);
bool has_float_input(const NodeView& node);
/// `interpolate_values` of mote/lookup.hpp.
KernelCall lower_interpolation(const NodeView& node, const RealFunction& function);
double interpolation_cycles(const NodeView& node);
double curve_cycles(const NodeView& node);

/// Base of such operators. `Derived` has `float at(float x) const`, and the kernel of its name in mote/curves.hpp.
template <typename Derived>
class CurveOperator : public ElementwiseOperator<Derived> {
 public:
  /// Integers below it are taken as it: where the function begins to have values.
  static constexpr float kFirst = -std::numeric_limits<float>::infinity();

  /// What integers quantizing may turn float32 into. Fewer where TensorFlow Lite has the operator, but not on them: such a model
  /// could not leave.
  static constexpr std::initializer_list<DataType> kQuantizesTo = {DataType::kInt8, DataType::kInt16};

  /// Adds what the kernel needs besides the values.
  void describe(KernelCall&) const {}

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_curve(node); }
  void evaluate(const Evaluation& e) const override { evaluate_curve(e, function(e)); }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    const auto& allowed = Derived::kQuantizesTo;
    if (std::find(allowed.begin(), allowed.end(), type) == allowed.end()) return {};
    return QuantizationRule::measured({0});
  }

  static constexpr Implementation kLookupRow = {
      .name = "lookup", .applies = has_byte_input, .cycles = lookup_cycles, .lower = lower_lookup};
  static constexpr Implementation kInterpolationRow = {
      .name = "interpolate", .applies = has_int16_input, .cycles = interpolation_cycles, .lower = [](const NodeView& node) {
        return lower_interpolation(node, OperatorBase<Derived>::of(node).function(node));
      }};
  static constexpr Implementation kFloatRow = {
      .name = "curve", .applies = has_float_input, .cycles = curve_cycles, .lower = [](const NodeView& node) {
        KernelCall call = describe_unary(node, "curves", Derived::kName);
        OperatorBase<Derived>::of(node).describe(call);
        return finish_unary(std::move(call), node);
      }};
  static constexpr Implementation kRows[3] = {kLookupRow, kInterpolationRow, kFloatRow};

 private:
  RealFunction function(const NodeView& node) const {
    const auto* op = static_cast<const Derived*>(this);
    if (has_float_input(node)) return [op](float x) { return op->at(x); };
    return [op](float x) { return op->at(x < Derived::kFirst ? Derived::kFirst : x); };
  }
};

}  // namespace mote
