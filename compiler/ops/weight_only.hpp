#pragma once

#include <cstdint>
#include <vector>

#include "ops/kernel_call.hpp"
#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

// Float activations with int8 weights ("weight-only", in TensorFlow Lite "hybrid"): the weights keep a byte each in flash and
// are used at their real values. TensorFlow Lite also rounds the activations to int8 before it multiplies; nothing is rounded here.

bool is_weight_only(const NodeView& node);
bool is_not_weight_only(const NodeView& node);
double weight_only_cycles(const NodeView& node);

/// A call of conv_2d_weight_only. `weights`: [out_c][k_h][k_w][depth], where `depth` input channels make a group.
KernelCall lower_weight_only(const NodeView& node, const Window& window, std::int32_t depth, std::vector<std::int8_t> weights,
                             const Finish& finish);

}  // namespace mote
