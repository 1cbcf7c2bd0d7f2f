#pragma once

#include "graph/attributes.hpp"
#include "graph/operator.hpp"
#include "ops/kernel_call.hpp"

namespace mote {

/// Geometry of an operator that moves a window over an NHWC tensor: convolutions and pools.
struct Window {
  std::int32_t batch = 1, in_h = 1, in_w = 1, in_c = 1;
  std::int32_t out_h = 1, out_w = 1, out_c = 1;
  std::int32_t k_h = 1, k_w = 1;
  std::int32_t stride_h = 1, stride_w = 1;
  std::int32_t dilation_h = 1, dilation_w = 1;
  std::int32_t pad_top = 0, pad_left = 0;

  /// Fills out_h, out_w, pad_top, pad_left from the rest by TensorFlow's padding rule. Error when nothing would come out.
  void place(const Padding& padding);

  Shape output_shape() const { return {batch, out_h, out_w, out_c}; }
  bool pads() const;
  /// What each tap of each output position reads, rows then columns then `depth` neighbouring channels; groups are `depth` apart.
  WeightTaps taps(std::int32_t depth) const;
  /// Every field as a constant of a kernel.
  void describe(KernelCall& call) const;
};

}  // namespace mote
