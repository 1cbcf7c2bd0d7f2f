#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

// Weights for device/include/mote/scalar_matrix.hpp: packed, and proven exact, here.

/// An int8 operator seen as a matrix product: `out[r] = finish(bias[r] + sum of weights[r][i] * column[i])`.
struct ScalarRows {
  std::vector<std::int8_t> weights;  ///< row by row, as in the model
  std::vector<std::int32_t> bias;    ///< one per row, with the input's zero point folded in
  std::vector<std::int32_t> order;   ///< for each value of a column the index into a row, or -1 where it holds 0; an even number
};

/// What turns a sum into an output: see scalar_matrix.hpp on the device.
struct ScalarScaling {
  std::int32_t multiplier = 0, offset = 1, shift = 1;
};

/// Numbers that are exact for every sum in [low, high] of the channel, which is within 2^30; nothing where there are none.
std::optional<ScalarScaling> scalar_scaling(std::int64_t low, std::int64_t high, const Finish& finish, std::size_t channel);

/// The tables, with `steps` words of a row in a group.
struct ScalarTables {
  std::int32_t steps = 1, groups = 0;
  bool by_bytes = false;  ///< one byte per weight, for one column
  std::vector<std::int32_t> matrix, scaling;
  std::vector<std::int16_t> corrections;  ///< pairs of index and weight

  /// Of a column, without those that kernels by bytes put in front of each group.
  std::int64_t words() const { return static_cast<std::int64_t>(steps) * groups; }
  std::int64_t correction_count() const { return static_cast<std::int64_t>(corrections.size() / 2); }
  /// Estimated Cortex-M0+ cycles of one product with `columns` (1, 2, or with 2 steps 4) columns.
  double cycles(int columns) const;
  /// Spec constants and table arguments of a kernel.
  void describe(KernelCall& call, const Finish& finish) const;
};

/// The tables whose groups have the length that costs the fewest cycles, or nothing when some row's sums or requantization
/// cannot be proven exact for every int8 input.
/// `corrects`: they may have corrections.
std::optional<ScalarTables> pack_scalar(const ScalarRows& rows, const Finish& finish, int columns, bool by_bytes = false,
                                        bool corrects = true);

constexpr std::int32_t kMostScalarSteps = 4;
/// The tables with groups of `steps` words, or nothing.
std::optional<ScalarTables> pack_scalar_steps(const ScalarRows& rows, const Finish& finish, std::int32_t steps);

/// The values of a window of `rows` rows of `row_bytes`, each filled up to an even number.
std::vector<std::int32_t> scalar_order(std::int32_t rows, std::int32_t row_bytes);

/// A convolution over all input channels as device/include/mote/conv_2d_scalar.hpp runs it.
struct ScalarConvolution {
  Window window;
  std::vector<std::int8_t> weights;  ///< [out_c][k_h][k_w][in_c]
  std::vector<std::int32_t> bias;    ///< with the input's zero point folded in
  Finish finish;
  bool uniform = false;      ///< as in PackedConvolution
  std::int32_t out_gap = 0;  ///< as in PackedConvolution

  bool applies() const { return gathers() && tables().has_value(); }
  double cycles() const;
  KernelCall lower(const NodeView& node) const;

  /// Whether the rows of a window lie together.
  bool gathers() const { return window.dilation_w == 1 || window.k_w == 1; }
  ScalarRows rows() const { return {weights, bias, scalar_order(window.k_h, row_bytes())}; }
  void describe_window(KernelCall& call, const NodeView& node) const;
  /// Two columns and a row of a window.
  std::int64_t scratch_bytes(const ScalarTables& packed) const { return 8 * packed.words() + (window.pads() ? row_bytes() : 0); }

 private:
  std::int32_t row_bytes() const { return window.k_w * window.in_c; }
  std::optional<ScalarTables> tables() const;
  /// 4 where the tables with groups of two words allow it and the columns need little memory, otherwise 2.
  int columns(const ScalarTables& tables) const;
};

}  // namespace mote
