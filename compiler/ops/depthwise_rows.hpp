#pragma once

#include <optional>
#include <vector>

#include "ops/threshold_scaling.hpp"
#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

/// Whether an image is worked through in parts, with little scratch memory, or at once.
enum class Passes : std::uint8_t { kOne, kMany, kLean };

struct FittedScaling {
  static constexpr int kWeightBits = 8;  ///< weights are 2^8 times their value
  int shift = 0;
  std::vector<ThresholdScaling> channels;
};

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

  /// kOne does not apply where it is the same as kMany.
  bool is_3x3_fitted(Passes passes) const;
  double cycles_3x3_fitted(Passes passes) const;
  KernelCall lower_3x3_fitted(Passes passes) const;

  /// The common shift and the channels' numbers of scaling by thresholds with weights of 256 times their value; nothing if a
  /// channel has none or the outputs are clamped to less than int8.
  std::optional<FittedScaling> fitted() const;
  bool is_3x3_shape() const;

  bool is_row_slide() const;
  double cycles_row_slide() const;
  KernelCall lower_row_slide(const NodeView& node) const;
};

/// The shift to the right that the kernels want; a multiplier of 0 gives 0 with any.
std::int32_t right_shift(const Multiplier& scaling);
/// The shape constants that all kernels on rows of one channel want.
void describe_rows(KernelCall& call, const Window& window);
/// A column of pixels is a row of them: the same values in the same order.
Window along_x(Window window);

}  // namespace mote
