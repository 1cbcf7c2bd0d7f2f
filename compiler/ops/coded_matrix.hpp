#pragma once

#include "ops/packed_matrix.hpp"

namespace mote {

// Weights for device/include/mote/coded_matrix.hpp: rows whose values are base + step * code, with codes of few bits.

struct CodedMatrix {
  std::vector<std::int32_t> words;
  std::int32_t chunks = 0;  ///< of a column
};

/// `order` (as window_order gives it) is filled up with zeros as far as chunks want. Nothing when a row has other values, or its
/// requantization cannot be proven exact for every int8 input.
std::optional<CodedMatrix> pack_coded_matrix(std::int32_t bits, const MatrixRows& rows, const Finish& finish);

/// Estimated Cortex-M4 cycles of one product with one column of `steps` words.
double coded_matrix_cycles(std::int64_t rows, std::int64_t steps);

/// Weights for fully_connected_scalar_codes: 4-bit codes plus one number for all rows.
struct ScalarCodes {
  std::vector<std::int32_t> matrix, scaling;
  std::int32_t groups = 0, base = 0;
};

/// Columns have the order of the model, whatever `rows.order` says. Nothing when the values are others, or a row cannot be proven
/// exact for every int8 input.
std::optional<ScalarCodes> pack_scalar_codes(const MatrixRows& rows, const Finish& finish);

}  // namespace mote
