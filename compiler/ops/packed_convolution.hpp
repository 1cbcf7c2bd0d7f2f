#pragma once

#include "ops/packed_matrix.hpp"
#include "ops/window.hpp"

namespace mote {

/// A convolution over all input channels as device/include/mote/conv_2d_packed.hpp runs it: what CONV_2D and a DEPTHWISE_CONV_2D
/// of one input channel have in common.
struct PackedConvolution {
  Window window;
  std::vector<std::int8_t> weights;  ///< [out_c][k_h][k_w][in_c]
  std::vector<std::int32_t> bias;    ///< with the input's zero point folded in
  Finish finish;
  /// Constants of the kernel depend on nothing but the shape, so that one instance runs on all parts of a layer: requantization
  /// in its general form, no corrections, or a matrix that starts with its size.
  bool uniform = false;
  /// Outputs of other channels behind a pixel's.
  std::int32_t out_gap = 0;

  /// `count` of the channels from `first` on, uniform or not, which leave room for the others.
  PackedConvolution channels(std::int32_t first, std::int32_t count, bool as_uniform) const;

  /// Whether windows are runs of bytes, and sums and requantization provably exact.
  bool applies(MatrixForm form) const;
  double cycles(MatrixForm form) const;
  KernelCall lower(MatrixForm form, const NodeView& node) const;

 private:
  std::int32_t row_bytes() const { return window.k_w * window.in_c; }
  std::vector<std::int32_t> order(MatrixForm form) const;
  std::int64_t steps(MatrixForm form) const { return static_cast<std::int64_t>(order(form).size()) / 2; }
  std::optional<PackedWords> matrix(MatrixForm form) const { return pack_matrix(form, {weights, bias, order(form)}, finish); }
};

/// Machine code for a convolution of this node's weights [channels][k_h][k_w][...]: most of it gathers windows.
std::int64_t packed_code_bytes(const NodeView& node);

}  // namespace mote
