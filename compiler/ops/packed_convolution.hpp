#pragma once

#include "ops/packed_matrix.hpp"
#include "ops/window.hpp"

namespace mote {

/// A convolution over all input channels as device/include/mote/conv_2d_packed.hpp runs it: what CONV_2D and a DEPTHWISE_CONV_2D of one input
/// channel have in common.
struct PackedConvolution {
  Window window;
  std::vector<std::int8_t> weights;  ///< [out_c][k_h][k_w][in_c]
  std::vector<std::int32_t> bias;    ///< with the input's zero point folded in
  Finish finish;

  /// Whether windows are runs of bytes, and sums and requantization provably exact.
  bool applies() const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;

 private:
  std::int32_t row_bytes() const { return window.k_w * window.in_c; }
  std::int64_t steps() const;
  std::optional<std::vector<std::int32_t>> matrix() const;
};

}  // namespace mote
