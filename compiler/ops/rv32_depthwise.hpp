#pragma once

#include "ops/depthwise_rows.hpp"

namespace mote {

/// A 3x3 depthwise convolution for RV32 (device/include/mote/depthwise_conv_2d_rv32.hpp), and its proof.
bool depthwise_rv32_applies(const DepthwiseRows& convolution);
double depthwise_rv32_cycles(const DepthwiseRows& convolution);
KernelCall lower_depthwise_rv32(const DepthwiseRows& convolution, const NodeView& node);

}  // namespace mote
