#include "ops/binary.hpp"

#include <algorithm>
#include <cmath>

#include "ops/overlap.hpp"

namespace mote {

namespace {

int left_shift_of(const NodeView& node) { return node.input(0).type == DataType::kInt16 ? 15 : 20; }

}  // namespace

std::vector<TensorType> infer_binary(const NodeView& node, std::initializer_list<DataType> allowed) {
  require_inputs(node, 2, 2);
  require_type(node.input(0), allowed);
  require_same_type(node.input(0), node.input(1));
  require_same_type(node.input(0), node.output());
  const Broadcast walk(node.input(0).shape, node.input(1).shape);
  return {{node.input(0).type, Broadcast::shape(node.input(0).shape, node.input(1).shape)}};
}

void require_no_activation(Activation activation, DataType type) {
  if (activation != Activation::kNone) throw Error(fmt::format("a fused activation on {} is not supported", type_name(type)));
}

SumScaling sum_scaling(const NodeView& node) {
  const auto scale_a = static_cast<double>(node.input(0).scale());
  const auto scale_b = static_cast<double>(node.input(1).scale());
  const auto scale_out = static_cast<double>(node.output().scale());
  const double twice = 2.0 * std::max(scale_a, scale_b);
  const double output = twice / (std::ldexp(1.0, left_shift_of(node)) * scale_out);
  if (output >= 1)
    throw Error(fmt::format("output scale {} is too small for inputs of scales {} and {}", scale_out, scale_a, scale_b));
  return {left_shift_of(node), quantize_multiplier(scale_a / twice), quantize_multiplier(scale_b / twice),
          quantize_multiplier(output)};
}

void evaluate_scaled_sum(const Evaluation& e, const SumScaling& scaling, int sign, Activation activation) {
  const auto run = [&](auto example) {
    using T = decltype(example);
    const auto [lowest, highest] = activation_range(activation, e.output());
    const std::int32_t za = e.input(0).zero_point();
    const std::int32_t zb = e.input(1).zero_point();
    const std::int32_t zo = e.output().zero_point();
    evaluate_elements<T>(e, [&, lowest = lowest, highest = highest](T a, T b) {
      const std::int32_t left = requantize(wrap_shift_left(a - za, scaling.left_shift), scaling.a);
      const std::int32_t right = requantize(wrap_shift_left(b - zb, scaling.left_shift), scaling.b);
      return static_cast<T>(std::clamp(requantize(left + sign * right, scaling.output) + zo, lowest, highest));
    });
  };
  if (e.input(0).type == DataType::kInt8) return run(std::int8_t{});
  return run(std::int16_t{});
}

KernelCall describe_binary(const NodeView& node, std::string_view function, Activation activation, std::string_view header) {
  KernelCall call(header, function);
  const Tensor& out = node.output();
  call.type("Value", node.input(0).type);
  Broadcast(node.input(0).shape, node.input(1).shape).describe(call);
  if (is_float(out.type)) {
    const auto [lowest, highest] = activation_range(activation);
    call.real("clamp_min", lowest).real("clamp_max", highest);
  } else if (!is_whole(out.type) && out.type != DataType::kBool) {
    const auto [lowest, highest] = activation_range(activation, out);
    call.set("clamp_min", lowest).set("clamp_max", highest);
  }
  return call;
}

void describe_scaling(KernelCall& call, const NodeView& node, const SumScaling& scaling, int sign) {
  call.set("sign", sign).set("left_shift", scaling.left_shift);
  call.set("a_zero_point", node.input(0).zero_point()).set("a_multiplier", scaling.a.multiplier).set("a_shift", scaling.a.shift);
  call.set("b_zero_point", node.input(1).zero_point()).set("b_multiplier", scaling.b.multiplier).set("b_shift", scaling.b.shift);
  call.set("output_zero_point", node.output().zero_point());
  call.set("output_multiplier", scaling.output.multiplier).set("output_shift", scaling.output.shift);
}

KernelCall pass_operands(KernelCall call, const NodeView& node) {
  call.value(node, 0, "a").value(node, 1, "b").output();
  std::vector<int> same_shape;
  for (int i = 0; i < 2; ++i) {
    const Tensor& in = node.input(i);
    if (in.elements() != node.output().elements() || in.type != node.output().type) continue;
    same_shape.push_back(i);
    const auto value_bytes = static_cast<std::int64_t>(type_bytes(in.type));
    call.overlapping(i, elementwise_overlap(in.elements(), value_bytes, value_bytes));
  }
  return call.in_place_of(same_shape);
}

double binary_cycles(const NodeView& node) { return 25.0 * static_cast<double>(node.output().elements()); }

}  // namespace mote
