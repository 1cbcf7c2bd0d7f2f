#pragma once

#include "ops/depthwise_rows.hpp"

namespace mote {

/// A 3x3 depthwise convolution for cores without SIMD (device/include/mote/depthwise_conv_2d_scalar.hpp), and its proof.
bool depthwise_scalar_applies(const DepthwiseRows& convolution);
double depthwise_scalar_cycles(const DepthwiseRows& convolution);
KernelCall lower_depthwise_scalar(const DepthwiseRows& convolution, const NodeView& node);

}  // namespace mote
