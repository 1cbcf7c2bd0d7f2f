#include "ops/rv32_matrix.hpp"

#include <algorithm>

#include "ops/overlap.hpp"
#include "ops/threshold_scaling.hpp"

namespace mote {

namespace {

constexpr std::size_t kSums = 8;
constexpr int kSumBits = 8;

/// Rows of `words` words, block by block: the first word of each of a block's rows, then the second ones.
std::vector<std::int32_t> interleave(const std::vector<std::int32_t>& matrix, std::size_t words, std::size_t block) {
  const std::size_t rows = matrix.size() / words;
  std::vector<std::int32_t> result((rows + block - 1) / block * block * words);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < words; ++i) result[(r / block * words + i) * block + r % block] = matrix[r * words + i];
  }
  return result;
}

/// Replaces the scaling by thresholds if all rows have them with one shift.
std::optional<int> fit(const ScalarRows& rows, const Finish& finish, std::vector<std::int32_t>& scaling) {
  if (finish.range() != std::pair<std::int32_t, std::int32_t>{-128, 127}) return std::nullopt;
  int shift = 22;
  for (std::size_t r = 0; r < rows.bias.size(); ++r) {
    if (finish.multiplier(r).multiplier == 0) return std::nullopt;
    shift = std::min(shift, most_threshold_shift(finish, r, kSumBits));
  }
  if (shift < 1) return std::nullopt;
  std::vector<std::int32_t> result = scaling;
  const std::size_t depth = rows.weights.size() / rows.bias.size();
  for (std::size_t r = 0; r < rows.bias.size(); ++r) {
    std::int64_t low = 0, high = 0;
    for (std::size_t i = r * depth; i < (r + 1) * depth; ++i) {
      low += std::min(rows.weights[i] * -128, rows.weights[i] * 127);
      high += std::max(rows.weights[i] * -128, rows.weights[i] * 127);
    }
    const auto each = fit_thresholds(low, high, finish, r, {kSumBits, shift, rows.bias[r]});
    if (!each) return std::nullopt;
    result[4 * r] = each->offset;
    result[4 * r + 1] = each->multiplier;
    result[4 * r + 2] = 0;
    result[4 * r + 3] &= ~0xFF;
  }
  scaling = std::move(result);
  return shift;
}

}  // namespace

double Rv32Tables::cycles() const {
  const double rows = static_cast<double>(tables.scaling.size()) / 4;
  const double block = static_cast<double>(kSums) / columns;
  const double step = 16 + block + columns;
  const double sums = (rows + block - 1) / block * (30 + tables.groups * (tables.steps * step + 19));
  const double scaled = rows * columns * (fitted_shift ? 11 : 24);
  return sums + scaled + 4 * rows + (6 + 5.0 * columns) * static_cast<double>(tables.correction_count());
}

void Rv32Tables::describe(KernelCall& call, const Finish& finish) const {
  call.set("steps", tables.steps).set("groups", tables.groups).flag("corrects", !corrections.empty());
  call.set("clamp_min", finish.range().first).set("clamp_max", finish.range().second);
  call.flag("fitted", fitted_shift.has_value()).set("scale_shift", fitted_shift.value_or(0));
  call.input(0).constant("matrix", tables.matrix);
  if (corrections.empty()) call.holds_weights(WeightCells::kPairs, {{0, tables.matrix.size()}});
  call.constant("scaling", tables.scaling);
  if (corrections.empty()) {
    call.null();
  } else {
    call.constant("corrections", corrections);
  }
}

std::optional<Rv32Tables> pack_rv32(const ScalarRows& rows, const Finish& finish, int columns, bool uniform) {
  std::optional<Rv32Tables> best;
  for (std::int32_t steps = 1; steps <= kMostScalarSteps; ++steps) {
    auto tables = pack_scalar_steps(rows, finish, steps);
    if (!tables) return std::nullopt;
    if (uniform && !tables->corrections.empty()) continue;
    Rv32Tables each{.tables = std::move(*tables), .fitted_shift = std::nullopt, .columns = columns};
    if (!best || each.cycles() < best->cycles()) best = std::move(each);
  }
  if (!best) return std::nullopt;
  ScalarTables& tables = best->tables;
  for (std::size_t i = 0; i < tables.corrections.size(); i += 2) {
    const std::int32_t index = tables.corrections[i], weight = tables.corrections[i + 1];
    best->corrections.push_back(index / 2 * columns);
    best->corrections.push_back(index % 2 == 0 ? wrap_shift_left(weight, 16) : weight);
  }
  if (!uniform) best->fitted_shift = fit(rows, finish, tables.scaling);
  tables.matrix = interleave(tables.matrix, static_cast<std::size_t>(tables.words()), kSums / static_cast<std::size_t>(columns));
  return best;
}

std::optional<Rv32Tables> Rv32Convolution::tables() const {
  return pack_rv32(convolution_.rows(), convolution_.finish, 2, convolution_.uniform);
}

bool Rv32Convolution::applies() const { return convolution_.gathers() && tables().has_value(); }

double Rv32Convolution::cycles() const {
  const Window& w = convolution_.window;
  const double pixels = static_cast<double>(element_count(w.output_shape()) / w.out_c);
  const auto packed = tables().value();
  return pixels * (30 + 12.0 * w.k_h + 6.0 * static_cast<double>(packed.tables.words())) + pixels / 2 * packed.cycles();
}

KernelCall Rv32Convolution::lower(const NodeView& node) const {
  const auto packed = tables().value();
  KernelCall call("conv_2d_rv32", "conv_2d_rv32");
  call.set("columns", 2);
  convolution_.describe_window(call, node);
  packed.describe(call, convolution_.finish);
  if (convolution_.out_gap == 0) call.overlapping(0, window_overlap(convolution_.window, 1, {.tile = 2}));
  return call.output().scratch(convolution_.scratch_bytes(packed.tables));
}

}  // namespace mote
