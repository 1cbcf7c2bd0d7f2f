#pragma once

#include <array>
#include <optional>
#include <span>

#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

// Weights for device/include/mote/conv_2d_winograd.hpp, whose tables and whose exactness are proven here.

/// Tiles of 4 x 4 or 2 x 2 outputs, or of 2 x 2 outputs of windows two apart.
enum class WinogradTile : std::uint8_t { k4, k2, kStride2 };

/// How a layer is run: what is transformed at once, and from which weights.
struct WinogradSchedule {
  WinogradTile tile = WinogradTile::k4;
  bool from_bytes = false;  ///< int8 weights, transformed on the chip; not k2
  bool pairs = false;       ///< two tiles at once, not a row of them
  int group = 1;            ///< rows of tiles at once, 0: all; only from_bytes
};

/// A 3x3 convolution over all input channels.
struct WinogradConvolution {
  Window window;
  std::vector<std::int8_t> weights;  ///< [out_c][3][3][in_c]
  std::vector<std::int32_t> bias;    ///< with the input's zero point folded in
  Finish finish;
  std::int32_t input_zero_point;

  /// Whether the shape is one of these and each channel's sums and requantization are provably exact for every int8 input.
  bool applies(const WinogradSchedule& schedule) const;
  /// Estimated cycles of a Cortex-M4, or of a core without the DSP extension.
  double cycles(const WinogradSchedule& schedule, bool has_dsp) const;
  /// Bytes of the table of weights.
  std::int64_t weight_bytes(const WinogradSchedule& schedule) const;
  KernelCall lower(const WinogradSchedule& schedule) const;

 private:
  std::int32_t tile_rows(const WinogradSchedule& schedule) const;
  std::int32_t tile_columns(const WinogradSchedule& schedule) const;
  std::int32_t strip_tiles(const WinogradSchedule& schedule) const;
  std::int32_t group_rows(const WinogradSchedule& schedule) const;
  bool in_place(const WinogradSchedule& schedule) const;
  std::int64_t scratch_bytes(const WinogradSchedule& schedule) const;
  std::int64_t overlap(const WinogradSchedule& schedule) const;
};

/// A channel's numbers for the kernel: multiplier, offset, shift, then what it adds to sums.
using WinogradChannel = std::array<std::int32_t, 8>;

/// Nothing when a sum of `weights` [3][3][in_c], or its requantization, cannot be proven exact.
std::optional<WinogradChannel> winograd_channel(WinogradTile tile, std::span<const std::int8_t> weights, std::int32_t bias,
                                                const Finish& finish, std::size_t channel);

/// Int16 pairs of channels, [out_c / 4][place][step][4]; channels beyond the last are 0.
std::vector<std::int32_t> transformed_weights(WinogradTile tile, std::span<const std::int8_t> weights, std::int32_t out_c,
                                              std::int32_t in_c);

}  // namespace mote
