#include "ops/weight_only.hpp"

#include "ops/overlap.hpp"

namespace mote {

bool is_weight_only(const NodeView& node) { return is_float(node.input(0).type) && !is_float(node.input(1).type); }

bool is_not_weight_only(const NodeView& node) { return !is_weight_only(node); }

double weight_only_cycles(const NodeView& node) {
  return 9.0 * static_cast<double>(node.node().op->macs(node)) + 20.0 * static_cast<double>(node.output().elements());
}

KernelCall lower_weight_only(const NodeView& node, const Window& window, std::int32_t depth, std::vector<std::int8_t> weights,
                             const Finish& finish) {
  KernelCall call("conv_2d_weight_only", "conv_2d_weight_only");
  finish.describe(call, node.output());
  window.describe(call);
  call.set("depth", depth);
  call.flag("per_channel", finish.weight_scales().size() > 1);
  call.input(0).constant("weights", weights).constant("scales", finish.weight_scales());
  pass_bias(call, node, 2);
  return call.output().overlapping(
      0, window_overlap(window, sizeof(float), {.ahead = ahead_by_channel(window, sizeof(float), depth)}));
}

}  // namespace mote
