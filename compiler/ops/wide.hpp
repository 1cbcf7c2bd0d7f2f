#pragma once

#include <vector>

#include "ops/packed_convolution.hpp"

namespace mote {

// Rows for workstations (device/include/mote/wide_matrix.hpp): int8 and float32 on the vectors of the machine that builds the
// library. They are exact for all weights; columns and bands of inputs stand on the stack, so that layers that would take too
// much of it have no such row.

/// An int8 convolution over all input channels; a row of activations of a fully connected layer is a pixel of one.
struct WideConvolution {
  PackedConvolution layer;

  bool applies() const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;
};

/// The same of float32.
struct WideFloatConvolution {
  Window window;
  std::vector<float> weights;  ///< [out_c][k_h][k_w][in_c]
  std::vector<float> bias;     ///< one per output channel, or none
  Finish finish;

  /// Of a node whose activations, weights and bias are its first inputs.
  WideFloatConvolution(const NodeView& node, const Window& layer_window, Finish layer_finish);

  bool applies() const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;
};

/// A depthwise convolution of int8 or float32 with any depth multiplier; weights [k_h][k_w][out_c].
struct WideDepthwise {
  Window window;
  Finish finish;

  bool applies(const NodeView& node) const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;
};

}  // namespace mote
