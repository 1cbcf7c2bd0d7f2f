#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ops/weighted.hpp"

namespace mote {

// Weights for device/include/mote/packed_matrix.hpp, whose words and whose exactness are proven here.

/// An int8 operator seen as a matrix product: `out[r] = finish(bias[r] + sum of weights[r][i] * column[i])`.
struct MatrixRows {
  std::span<const std::int8_t> weights;  ///< row by row, as in the model
  std::vector<std::int32_t> bias;        ///< one per row, with the input's zero point folded in
  std::vector<std::int32_t> order;       ///< for each place in a column the index into a row, or -1 where it holds 0
};

/// The values of a window of `rows` runs of `row_bytes` in the order of the device's widen_window, an even number.
std::vector<std::int32_t> window_order(std::int32_t rows, std::int32_t row_bytes);

/// How a matrix holds its weights: two rows in a halfword, for two columns at once or for one, or plain bytes, which ask less of
/// the weights and cost more cycles.
enum class MatrixForm : std::uint8_t { kPairs, kPairsForOne, kBytes };

/// The words of the blocks of four rows, and where the last block starts if it has less than four rows (else their number).
struct PackedWords {
  std::vector<std::int32_t> words;
  std::size_t whole = 0;
  std::vector<TableRun> runs;
};

/// The matrix, or nothing when some row's sums or requantization cannot be proven exact for every int8 input.
std::optional<PackedWords> pack_matrix(MatrixForm form, const MatrixRows& rows, const Finish& finish);

/// `order` for a kernel that wants an even number of pairs.
std::vector<std::int32_t> with_even_steps(std::vector<std::int32_t> order);

/// Estimated Cortex-M4 cycles of one product with one column, or two for kPairs.
double packed_matrix_cycles(MatrixForm form, std::int64_t rows, std::int64_t steps);

}  // namespace mote
