#pragma once

#include "ops/depthwise_rows.hpp"

namespace mote {

/// A depthwise convolution for device/include/mote/depthwise_conv_2d_row_slide.hpp: kernels of few columns on rows short enough
/// to be unrolled. A longer kernel of one row and no padding is cut into parts, which the device sees as rows of taps.
class DepthwiseRowSlide {
 public:
  explicit DepthwiseRowSlide(const DepthwiseRows& convolution);

  /// Whether the shape fits and either every channel has fitted thresholds or the exact scaling cannot overflow.
  bool applies() const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;

 private:
  /// Rows of taps of output row `y` that lie inside the image.
  std::int64_t rows_inside(std::int64_t y) const;
  std::int64_t reach() const { return static_cast<std::int64_t>(window_.k_h - 1) * window_.dilation_h + 1; }
  std::int64_t held_rows() const { return static_cast<std::int64_t>(chunk_ - 1) * window_.stride_h + reach(); }
  std::int64_t scratch_bytes() const { return 16 * (held_rows() * channel_words_ + std::int64_t{tap_words_} * tap_rows()); }
  std::int32_t tap_rows() const { return parts_ > 1 ? parts_ : window_.k_h; }
  bool runs_in_place() const;

  const DepthwiseRows& convolution_;
  Window window_;
  std::int32_t parts_ = 1;          ///< of a row of taps
  std::int32_t k_w_ = 1;            ///< columns of a part
  std::int32_t tap_words_ = 1;      ///< of a part
  std::int64_t channel_words_ = 1;  ///< of a row of one channel
  std::int32_t chunk_ = 1;
};

}  // namespace mote
