#pragma once

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

// What the resizing operators share: NHWC, the size as a constant second input, and where the samples lie.

/// One axis, height or width.
struct ResizeAxis {
  std::int32_t in = 1, out = 1;
};

/// Base of the resizing operators.
template <typename Derived, typename Options>
class ResizeOperator : public OperatorBase<Derived> {
 public:
  static constexpr std::int32_t kLargestExtent = 32767;

  /// Corners lie on corners; otherwise edges on edges, with samples in the middle of pixels or in their first corner.
  bool align_corners = false, half_pixel_centers = false;

  template <typename V>
  void fields(V& v) {
    v.visit("align_corners", align_corners);
    v.visit("half_pixel_centers", half_pixel_centers);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<Options>(op);
    if (given == nullptr) return;
    align_corners = given->align_corners();
    half_pixel_centers = given->half_pixel_centers();
  }
  ChannelFlow channel_flow(const NodeView&) const override { return ChannelFlow::kTied; }
  void keep_channels(Graph&, Node&, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>&) const override {}

  void write(OptionsWriter& to) const {
    typename Options::Builder options_builder(to.builder());
    options_builder.add_align_corners(align_corners);
    options_builder.add_half_pixel_centers(half_pixel_centers);
    to.set(options_builder.Finish());
    if (half_pixel_centers) to.require_version(3);
  }

  static ResizeAxis vertical(const NodeView& node) { return {node.input(0).shape[1], node.output().shape[1]}; }
  static ResizeAxis horizontal(const NodeView& node) { return {node.input(0).shape[2], node.output().shape[2]}; }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& in = node.input(0);
    require_type(in, Derived::kTypes);
    require_same_type(in, node.output());
    require_rank(in, 4, 4);
    require_elements(in);
    if (!in.quantization.empty() || !node.output().quantization.empty()) require_same_quantization(in, node.output());
    const std::vector<std::int32_t> size = node.integers(1, "size");
    if (size.size() != 2 || size[0] <= 0 || size[1] <= 0) {
      throw Error(fmt::format("size {} is not a height and a width", to_string(size)));
    }
    for (const std::int32_t extent : {in.shape[1], in.shape[2], size[0], size[1]}) {
      if (extent > kLargestExtent) throw Error(fmt::format("{} pixels along an axis are too many", extent));
    }
    return {{in.type, {in.shape[0], size[0], size[1], in.shape[3]}}};
  }

  /// The distance of samples in the input, in pixels; computed in float.
  float scale(ResizeAxis axis) const {
    if (align_corners && axis.out > 1) return static_cast<float>(axis.in - 1) / static_cast<float>(axis.out - 1);
    return static_cast<float>(axis.in) / static_cast<float>(axis.out);
  }
};

/// Types and extents of a call in mote/resize.hpp, and the input.
KernelCall describe_resize(const NodeView& node, std::string_view function);

/// The output. Of each of its rows and columns, the first row or column of the input that it is made from; `copies`: pixels are
/// copied, so that one must not lie over its source.
KernelCall finish_resize(KernelCall call, const NodeView& node, const std::vector<std::int16_t>& rows,
                         const std::vector<std::int16_t>& columns, bool copies);

}  // namespace mote
