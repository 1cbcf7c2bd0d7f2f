#pragma once

#include <array>

#include "graph/attribute_values.hpp"
#include "import/onnx/node_reader.hpp"

namespace mote {

/// What convolutions and pools say about their window, over two axes; one axis is a row of height 1. The node's input is
/// channels-first of rank 3 or 4.
struct WindowAttributes {
  std::array<std::int32_t, 2> in{1, 1}, kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  /// Explicit rows and columns; `automatic` gives them for auto_pad.
  std::array<std::int32_t, 2> before{}, after{};

  std::array<std::int32_t, 2> reach() const {
    return {(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1};
  }
  bool pads() const { return before[0] > 0 || before[1] > 0 || after[0] > 0 || after[1] > 0; }
  /// As TFLite's rule where that gives the same places, else as numbers.
  Padding padding() const;
};

/// `kernel`: extents of the window along the spatial axes.
WindowAttributes read_window(NodeReader& node, const Shape& input, const std::vector<std::int64_t>& kernel);

/// Rank 3 as rank 4 with a height of 1: [N, L, C] is [N, 1, L, C].
TensorId with_height(ImportedGraph& graph, TensorId id);
TensorId without_height(ImportedGraph& graph, TensorId id, int rank);

}  // namespace mote
