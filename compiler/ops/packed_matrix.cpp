#include "ops/packed_matrix.hpp"

#include <algorithm>

#include "ops/row_scaling.hpp"
#include "ops/threshold_scaling.hpp"

namespace mote {

namespace {

constexpr std::size_t kBlockRows = 4;

/// A row of the matrix in the order of the column; rows that only fill up the last block are zero.
struct Row {
  std::vector<std::int32_t> weights;
  std::int32_t bias = 0;
  RowScaling scaling;
  std::optional<ThresholdScaling> fitted;  ///< looked for in matrices of pairs
};

std::optional<Row> make_row(MatrixForm form, const MatrixRows& rows, const Finish& finish, std::size_t r) {
  Row row{std::vector<std::int32_t>(rows.order.size()), 0, {}, constant_threshold_scaling(0)};
  if (r >= rows.bias.size()) return row;
  const std::size_t depth = rows.weights.size() / rows.bias.size();
  const auto weights = rows.weights.subspan(r * depth, depth);
  const RowSums sums = row_sums(weights, rows.bias[r]);
  if (const auto constant = constant_output(sums, finish, r)) {
    row.scaling = constant_scaling(*constant);
    row.fitted = constant_threshold_scaling(*constant);
    return row;
  }
  const auto scaling = row_scaling(sums, finish, r);
  const bool in_high_bytes = form != MatrixForm::kBytes && r % 2 == 1;
  if (!scaling || (in_high_bytes && !sums.fits(23))) return std::nullopt;
  row.bias = rows.bias[r];
  row.fitted = form != MatrixForm::kBytes ? fit_thresholds(sums.low, sums.high, finish, r) : std::nullopt;
  row.scaling = *scaling;
  for (std::size_t i = 0; i < rows.order.size(); ++i) {
    if (rows.order[i] >= 0) row.weights[i] = weights[static_cast<std::size_t>(rows.order[i])];
  }
  return row;
}

/// 256 * high + low, for weights and for biases.
std::int32_t joined(std::int32_t low, std::int32_t high) { return wrap_add(wrap_multiply(256, high), low); }

bool fits_halfword(std::int32_t value) { return value >= INT16_MIN && value <= INT16_MAX; }

/// Appends the weights of one block; false when two weights do not fit into a halfword (high byte -128, low byte negative).
bool append_pairs(const std::vector<Row>& block, std::vector<std::int32_t>& words) {
  for (std::size_t i = 0; i < block[0].weights.size(); i += 2) {
    for (std::size_t r = 0; r < kBlockRows; r += 2) {
      const std::int32_t first = joined(block[r].weights[i], block[r + 1].weights[i]);
      const std::int32_t second = joined(block[r].weights[i + 1], block[r + 1].weights[i + 1]);
      if (!fits_halfword(first) || !fits_halfword(second)) return false;
      words.push_back(halfword_pair(first, second));
    }
  }
  return true;
}

/// A block of pairs.
bool append_pair_block(const std::vector<Row>& block, std::vector<std::int32_t>& words) {
  const bool fitted = std::ranges::all_of(block, [](const Row& row) { return row.fitted.has_value(); });
  const auto start = [&](std::size_t r) {
    const std::int32_t bias = wrap_multiply(256, block[r].bias);
    return fitted ? wrap_add(bias, block[r].fitted->offset) : bias;
  };
  words.insert(words.end(), {start(1), start(3)});
  if (!append_pairs(block, words)) return false;
  if (fitted) {
    words.insert(words.end(), {block[0].fitted->multiplier, start(0), block[1].fitted->multiplier, start(2),
                               block[2].fitted->multiplier, block[3].fitted->multiplier});
    return true;
  }
  const std::size_t first = words.size();
  for (std::size_t r = 0; r < kBlockRows; ++r) {
    words.push_back(block[r].scaling.multiplier);
    if (r % 2 == 0) words.push_back(wrap_multiply(2, block[r].bias));
    words.insert(words.end(), {block[r].scaling.offset, block[r].scaling.shift});
  }
  words[first] |= INT32_MIN;
  return true;
}

void append_bytes(const std::vector<Row>& block, std::vector<std::int32_t>& words) {
  for (const Row& row : block) words.push_back(row.bias);
  for (std::size_t i = 0; i < block[0].weights.size(); i += 4) {
    for (const Row& row : block) {
      std::uint32_t word = 0;
      constexpr std::size_t kPlaces[4] = {0, 2, 1, 3};
      for (std::size_t byte = 0; byte < 4; ++byte)
        word |= (static_cast<std::uint32_t>(row.weights[i + kPlaces[byte]]) & 0xFFU) << (8 * byte);
      words.push_back(static_cast<std::int32_t>(word));
    }
  }
}

/// False when some weights do not fit the form.
bool append_block(MatrixForm form, const std::vector<Row>& block, std::vector<std::int32_t>& words) {
  if (form != MatrixForm::kBytes) return append_pair_block(block, words);
  append_bytes(block, words);
  for (const Row& row : block) words.insert(words.end(), {row.scaling.multiplier, row.scaling.offset, row.scaling.shift});
  return true;
}

/// A block's weights stand behind the start sums and before the scaling.
void append_runs(MatrixForm form, std::size_t values, std::size_t block_words, std::vector<TableRun>& runs) {
  const std::size_t start = form == MatrixForm::kBytes ? kBlockRows : 2;
  runs.push_back({start, values});
  runs.push_back({block_words - start - values, 0});
}

}  // namespace

std::vector<std::int32_t> window_order(std::int32_t rows, std::int32_t row_bytes) {
  std::vector<std::int32_t> order;
  const std::int32_t whole = row_bytes / 4 * 4;
  for (std::int32_t y = 0; y < rows; ++y) {
    for (std::int32_t i = 0; i < whole; i += 4) {
      for (const std::int32_t value : {0, 2, 1, 3}) order.push_back(y * row_bytes + i + value);
    }
  }
  for (std::int32_t y = 0; y < rows; ++y) {
    for (std::int32_t i = whole; i < row_bytes; ++i) order.push_back(y * row_bytes + i);
  }
  if (order.size() % 2 == 1) order.push_back(-1);
  return order;
}

std::optional<PackedWords> pack_matrix(MatrixForm form, const MatrixRows& rows, const Finish& finish) {
  PackedWords packed;
  for (std::size_t first = 0; first < rows.bias.size(); first += kBlockRows) {
    std::vector<Row> block;
    for (std::size_t r = first; r < first + kBlockRows; ++r) {
      auto row = make_row(form, rows, finish, r);
      if (!row) return std::nullopt;
      block.push_back(std::move(*row));
    }
    const std::size_t before = packed.words.size();
    if (!append_block(form, block, packed.words)) return std::nullopt;
    append_runs(form, rows.order.size(), packed.words.size() - before, packed.runs);
    if (first + kBlockRows <= rows.bias.size()) packed.whole = packed.words.size();
  }
  return packed;
}

std::vector<std::int32_t> with_even_steps(std::vector<std::int32_t> order) {
  while (order.size() % 4 != 0) order.push_back(-1);
  return order;
}

double packed_matrix_cycles(MatrixForm form, std::int64_t rows, std::int64_t steps) {
  const double blocks = static_cast<double>((rows + 3) / 4);
  switch (form) {
    case MatrixForm::kPairs:
      return 40 + blocks * (75 + 15.2 * static_cast<double>(steps));
    case MatrixForm::kPairsForOne:
      return 40 + blocks * (52 + 9.65 * static_cast<double>(steps));
    case MatrixForm::kBytes:
      return 40 + blocks * (65 + 11.75 * static_cast<double>(steps));
  }
  return 0;
}

}  // namespace mote
