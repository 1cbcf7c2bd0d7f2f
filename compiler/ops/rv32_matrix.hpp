#pragma once

#include <optional>
#include <vector>

#include "ops/scalar_matrix.hpp"

namespace mote {

/// Tables for device/include/mote/rv32_matrix.hpp: those of ScalarTables, rows interleaved in blocks, and requantization by
/// thresholds where every row has them.
struct Rv32Tables {
  ScalarTables tables;
  std::optional<int> fitted_shift;
  int columns = 1;
  /// Pairs of an index into the columns and a word of weights of which one is 0.
  std::vector<std::int32_t> corrections = {};

  /// Estimated instructions of one product.
  double cycles() const;
  /// Spec constants and table arguments of a kernel.
  void describe(KernelCall& call, const Finish& finish) const;
};

/// The tables whose groups have the length that costs the fewest instructions, for 1 or 2 columns; nothing where a row's sums or
/// requantization cannot be proven exact. `uniform`: without thresholds and corrections.
std::optional<Rv32Tables> pack_rv32(const ScalarRows& rows, const Finish& finish, int columns, bool uniform = false);

/// A convolution as device/include/mote/conv_2d_rv32.hpp runs it.
class Rv32Convolution {
 public:
  explicit Rv32Convolution(ScalarConvolution convolution) : convolution_(std::move(convolution)) {}

  bool applies() const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;

 private:
  std::optional<Rv32Tables> tables() const;

  ScalarConvolution convolution_;
};

}  // namespace mote
