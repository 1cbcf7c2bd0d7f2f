#include "ops/binary_mve.hpp"

#include "ops/overlap.hpp"

namespace mote {

namespace {

/// 0.5, the multiplier of the input with the larger scale.
bool is_half(const Multiplier& by) { return by.multiplier == 1 << 30 && by.shift == 0; }

}  // namespace

bool mve_sum_applies(const NodeView& node) {
  if (node.output().type != DataType::kInt8) return false;
  for (int i = 0; i < 2; ++i) {
    if (node.input(i).elements() != node.output().elements()) return false;
  }
  const SumScaling scaling = sum_scaling(node);
  const auto shifts_right = [](const Multiplier& by) { return by.shift <= 0 && by.shift >= -31; };
  return (is_half(scaling.a) || is_half(scaling.b)) && shifts_right(scaling.a) && shifts_right(scaling.b) &&
         scaling.output.shift < 0 && shifts_right(scaling.output);
}

double mve_sum_cycles(const NodeView& node) { return 40 + 4.0 * static_cast<double>(node.output().elements()); }

KernelCall lower_mve_sum(const NodeView& node, int sign, Activation activation) {
  const SumScaling scaling = sum_scaling(node);
  const int exact = is_half(scaling.a) ? 0 : 1;
  const int rounded = 1 - exact;
  const Multiplier& by = exact == 0 ? scaling.b : scaling.a;
  const auto [lowest, highest] = activation_range(activation, node.output());
  KernelCall call("binary_mve", "scaled_sum_mve");
  call.set("elements", node.output().elements());
  call.set("exact_zero_point", node.input(exact).zero_point());
  // a - b: what is subtracted is the rounded one, or the exact one with a factor below 0.
  call.set("exact_factor", sign < 0 && exact == 1 ? -(1 << 19) : 1 << 19);
  call.flag("subtracts", sign < 0 && exact == 0);
  call.set("rounded_zero_point", node.input(rounded).zero_point());
  call.set("rounded_multiplier", by.multiplier).set("rounded_shift", by.shift);
  call.set("multiplier", scaling.output.multiplier).set("shift", scaling.output.shift);
  call.set("output_zero_point", node.output().zero_point()).set("clamp_min", lowest).set("clamp_max", highest);
  call.value(node, exact, "exact").value(node, rounded, "rounded").output();
  for (int i = 0; i < 2; ++i) call.overlapping(i, elementwise_overlap(node.output().elements(), 1, 1));
  return call.in_place_of({0, 1});
}

}  // namespace mote
