#include "ops/binary_wide.hpp"

namespace mote {

bool wide_sum_applies(const NodeView& node) {
  return node.output().type == DataType::kInt8 && node.input(0).elements() == node.output().elements() &&
         node.input(1).elements() == node.output().elements();
}

double wide_sum_cycles(const NodeView& node) { return 4.0 * static_cast<double>(node.output().elements()); }

KernelCall lower_wide_sum(const NodeView& node, int sign, Activation activation) {
  const auto [lowest, highest] = activation_range(activation, node.output());
  KernelCall call("binary_wide", "scaled_sum_wide");
  call.set("count", node.output().elements()).set("clamp_min", lowest).set("clamp_max", highest);
  describe_scaling(call, node, sum_scaling(node), sign);
  return pass_operands(std::move(call), node);
}

}  // namespace mote
