#pragma once

#include <optional>
#include <vector>

#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

/// A column of pixels is a row of them: the same values in the same order.
Window along_x(Window w);

/// An int8 depthwise convolution of depth multiplier 1 for the kernels that work on rows of one channel.
struct DepthwiseRows {
  Window window;
  std::vector<std::int8_t> weights;  ///< [k_h][k_w][channels], as in the model
  std::vector<std::int32_t> bias;    ///< one per channel, nothing folded in
  std::int32_t input_zero_point = 0;
  Finish finish;

  /// Whether 2 * sum and the scaling's addend are proven to fit int32 for every input, and every channel scales down.
  bool scales_exactly() const;

  bool is_3x3() const;
  double cycles_3x3() const;
  KernelCall lower_3x3(const NodeView& node) const;

  bool is_row_slide() const;
  double cycles_row_slide() const;
  KernelCall lower_row_slide(const NodeView& node) const;
};

}  // namespace mote
