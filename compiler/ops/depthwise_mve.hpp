#pragma once

#include "ops/depthwise_rows.hpp"
#include "ops/mve_matrix.hpp"

namespace mote {

/// An int8 depthwise convolution as device/include/mote/depthwise_conv_2d_mve.hpp runs it: its geometry, its tables, and the
/// proof that it is exact.
class DepthwiseMve {
 public:
  /// `budget`: bytes of scratch to stay within, if one line of outputs of a channel does.
  DepthwiseMve(DepthwiseRows layer, std::int64_t budget);

  bool applies() const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;

 private:
  /// How many lines of outputs are made at once, and how their loop is unrolled.
  struct Lines {
    std::int64_t chunk = 1, pitch = 1, groups = 1, periods = 1;
    std::int64_t blocks() const { return (groups * periods + 1) / 2; }
  };
  Lines unroll(std::int64_t chunk) const;
  std::int64_t plane(const Lines& lines) const;
  std::int64_t plane_bytes(const Lines& lines) const;
  std::int64_t scratch_bytes(const Lines& lines) const;
  std::int64_t reach() const { return static_cast<std::int64_t>(layer_.window.k_h - 1) * layer_.window.dilation_h + 1; }
  std::int64_t patch_width() const { return layer_.window.k_w + (shared_ - 1) * layer_.window.stride_w; }
  /// For each place in the gathered vectors how far it is from the first tap, and the tap's index or -1.
  std::vector<std::pair<std::int64_t, std::int64_t>> places() const;
  bool runs_in_place() const;
  MveScaling scaling() const;

  DepthwiseRows layer_;
  std::int64_t gathers_ = 1, shared_ = 1, pad_right_ = 0, line_ = 0, planes_ = 8;
  /// When the kernel reaches further than an offset: rows of it in a gather, bytes from one gather to the next; else 0.
  std::int64_t rows_ = 0, apart_ = 0;
  Lines lines_;
};

}  // namespace mote
