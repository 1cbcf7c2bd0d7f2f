#include "ops/coded_matrix.hpp"

#include <algorithm>
#include <numeric>

#include "ops/row_scaling.hpp"
#include "ops/scalar_matrix.hpp"

namespace mote {

namespace {

constexpr std::size_t kBlockRows = 4;

/// A row as codes in the order of the column; rows that only fill up the last block have none but zeros.
struct CodedRow {
  std::vector<std::uint32_t> codes;
  std::int32_t bias = 0, base = 0, step = 0;
  RowScaling scaling;
};

std::optional<CodedRow> make_row(std::int32_t bits, const MatrixRows& rows, const Finish& finish, std::size_t values,
                                 std::size_t r) {
  CodedRow row{std::vector<std::uint32_t>(values), 0, 0, 0, {}};
  if (r >= rows.bias.size()) return row;
  const std::size_t depth = rows.weights.size() / rows.bias.size();
  const auto weights = rows.weights.subspan(r * depth, depth);
  const RowSums sums = row_sums(weights, rows.bias[r]);
  if (const auto constant = constant_output(sums, finish, r)) {
    row.scaling = constant_scaling(*constant);
    return row;
  }
  const auto scaling = row_scaling(sums, finish, r);
  if (!scaling) return std::nullopt;
  row.scaling = *scaling;
  row.bias = rows.bias[r];
  row.base = *std::ranges::min_element(weights);
  for (const std::int32_t weight : weights) row.step = std::gcd(row.step, weight - row.base);
  if (row.step > INT8_MAX) return std::nullopt;
  for (std::size_t i = 0; i < rows.order.size(); ++i) {
    if (rows.order[i] < 0) continue;
    const std::int32_t above = weights[static_cast<std::size_t>(rows.order[i])] - row.base;
    row.codes[i] = row.step == 0 ? 0 : static_cast<std::uint32_t>(above / row.step);
    if (row.codes[i] >> bits != 0) return std::nullopt;
  }
  return row;
}

}  // namespace

std::optional<CodedMatrix> pack_coded_matrix(std::int32_t bits, const MatrixRows& rows, const Finish& finish) {
  const auto steps_of_chunk = static_cast<std::size_t>(16 / bits);
  const std::size_t values_of_chunk = 2 * steps_of_chunk;
  const std::size_t chunks = (rows.order.size() + values_of_chunk - 1) / values_of_chunk;
  CodedMatrix matrix{{}, static_cast<std::int32_t>(chunks)};
  for (std::size_t first = 0; first < rows.bias.size(); first += kBlockRows) {
    std::vector<CodedRow> block;
    for (std::size_t r = first; r < first + kBlockRows; ++r) {
      auto row = make_row(bits, rows, finish, chunks * values_of_chunk, r);
      if (!row) return std::nullopt;
      block.push_back(std::move(*row));
    }
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      for (const CodedRow& row : block) {
        std::uint32_t word = 0;
        for (std::size_t i = 0; i < values_of_chunk; ++i)
          word |= row.codes[chunk * values_of_chunk + i] << (static_cast<std::size_t>(bits) * (i / 2) + 16 * (i % 2));
        matrix.words.push_back(static_cast<std::int32_t>(word));
      }
    }
    for (const CodedRow& row : block) {
      const auto base = static_cast<std::int32_t>(static_cast<std::uint8_t>(row.base));
      matrix.words.insert(matrix.words.end(), {row.bias, row.scaling.multiplier, row.scaling.offset,
                                               row.scaling.shift + (base << 8) + (row.step << 16)});
    }
  }
  return matrix;
}

// Eight weights of at most 31 stay within the 255 that keep both halves of a product apart.
std::optional<ScalarCodes> pack_scalar_codes(const MatrixRows& rows, const Finish& finish) {
  constexpr std::size_t kGroup = 8;
  constexpr std::int32_t kMostWeight = 31, kMostCode = 15;
  if (rows.weights.empty()) return std::nullopt;
  const auto [least, most] = std::ranges::minmax(rows.weights);
  const std::int32_t base = least;
  if (most - base > kMostCode || std::max<std::int32_t>(-base, most) > kMostWeight) return std::nullopt;
  const std::size_t depth = rows.weights.size() / rows.bias.size();
  ScalarCodes packed{{}, {}, static_cast<std::int32_t>((depth + kGroup - 1) / kGroup), base};
  for (std::size_t r = 0; r < rows.bias.size(); ++r) {
    const auto weights = rows.weights.subspan(r * depth, depth);
    const RowSums sums = row_sums(weights, rows.bias[r]);
    const auto scaling = scalar_scaling(sums.low, sums.high, finish, r);
    if (!scaling) return std::nullopt;
    for (std::size_t first = 0; first < depth; first += kGroup) {
      std::uint32_t word = 0;
      for (std::size_t i = first; i < std::min(first + kGroup, depth); ++i)
        word |= static_cast<std::uint32_t>(weights[i] - base) << (4 * ((i - first) / 2) + (i % 2 == 0 ? 16 : 0));
      packed.matrix.push_back(static_cast<std::int32_t>(word));
    }
    packed.scaling.insert(packed.scaling.end(),
                          {rows.bias[r], scaling->multiplier, scaling->offset + (std::int32_t{1} << 15), scaling->shift});
  }
  return packed;
}

double coded_matrix_cycles(std::int64_t rows, std::int64_t steps) {
  return 60 + static_cast<double>((rows + 3) / 4) * (100 + 12.0 * static_cast<double>(steps));
}

}  // namespace mote
