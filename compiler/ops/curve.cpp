#include "ops/curve.hpp"

#include <algorithm>
#include <cmath>

#include "ops/fixed_point_curves.hpp"

namespace mote {

namespace {

/// Something that rounds and clamps: 0 for what is not a number, and no infinities.
RealFunction finite(const RealFunction& function) {
  return [&function](float x) {
    const float y = function(x);
    return std::isnan(y) ? 0.0F : std::clamp(y, -1e30F, 1e30F);
  };
}

std::vector<std::int16_t> table_for(const NodeView& node, const RealFunction& function) {
  const Tensor& in = node.input(0);
  return interpolation_table(in.scale(), in.zero_point(), node.output().scale(), finite(function));
}

}  // namespace

std::vector<TensorType> infer_curve(const NodeView& node) {
  return infer_unary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
}

void evaluate_curve(const Evaluation& e, const RealFunction& function) {
  const Tensor& in = e.input(0);
  if (in.type == DataType::kFloat32) return evaluate_unary<float>(e, function);
  if (in.type == DataType::kInt16) {
    const std::vector<std::int16_t> table = table_for(e, function);
    return evaluate_unary<std::int16_t>(e, [&](std::int16_t x) { return interpolate(table, x); });
  }
  const RealFunction real = finite(function);
  const float inverse_scale = 1.0F / e.output().scale();
  const auto zero_point = static_cast<float>(e.output().zero_point());
  evaluate_unary<std::int8_t>(e, [&](std::int8_t x) {
    const float y = std::round(real(in.scale() * static_cast<float>(x - in.zero_point())) * inverse_scale) + zero_point;
    return static_cast<std::int8_t>(std::clamp(y, -128.0F, 127.0F));
  });
}

bool has_int16_input(const NodeView& node) { return node.input(0).type == DataType::kInt16; }
bool has_float_input(const NodeView& node) { return node.input(0).type == DataType::kFloat32; }
KernelCall lower_interpolation(const NodeView& node, const RealFunction& function) {
  KernelCall call = describe_unary(node, "lookup", "interpolate_values");
  call.constant("table", table_for(node, function));
  return finish_unary(std::move(call), node);
}

double interpolation_cycles(const NodeView& node) { return 12.0 * static_cast<double>(node.output().elements()); }
double curve_cycles(const NodeView& node) { return 60.0 * static_cast<double>(node.output().elements()); }

}  // namespace mote
