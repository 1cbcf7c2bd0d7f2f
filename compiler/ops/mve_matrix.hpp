#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ops/packed_convolution.hpp"

namespace mote {

// Weights for device/include/mote/mve_matrix.hpp, whose stream and whose exactness are proven here.

/// As MveScaling on the device.
enum class MveScaling : std::int32_t { kRectified, kSigned, kGeneral };

/// A matrix as a stream of words: blocks of 16 rows, then one of the `rest`. A block is two groups of eight rows (one when the
/// rest is at most eight): biases, weights by chunks of a column, row after row; then the block's scaling.
struct MveStream {
  std::vector<std::int32_t> words;
  std::int32_t vectors = 0;     ///< of 16 values in a column
  std::int32_t rest = 0;        ///< rows of the last block when it has less than 16
  std::int32_t blocks_end = 0;  ///< bytes of the blocks of 16 rows
  MveScaling scaling = MveScaling::kSigned;
  std::int32_t shift = 0;  ///< to the right for all rows; 0: one for each row
  std::int32_t addend = 0;
  std::vector<TableRun> runs;
};

/// The stream for `out[r] = finish(bias[r] + sum of weights[r][i] * column[i])`, or nothing when requantization cannot be proven
/// exact for every int8 input. `uniform`: each row has a shift of its own.
std::optional<MveStream> pack_mve(const std::vector<std::int8_t>& weights, const std::vector<std::int32_t>& bias,
                                  const Finish& finish, bool uniform = false);

/// Estimated Cortex-M55 cycles of one product with one column.
double mve_matrix_cycles(std::int64_t rows, std::int64_t depth);

/// A convolution over all input channels as device/include/mote/conv_2d_mve.hpp runs it.
struct MveConvolution {
  PackedConvolution layer;

  bool applies() const { return stream().has_value(); }
  double cycles() const;
  KernelCall lower(const NodeView& node) const;

 private:
  std::optional<MveStream> stream() const { return pack_mve(layer.weights, layer.bias, layer.finish, layer.uniform); }
  std::int32_t depth() const { return layer.window.k_h * layer.window.k_w * layer.window.in_c; }
  bool pixels_are_columns() const;
};

}  // namespace mote
