#include "ops/scalar_matrix.hpp"

#include <algorithm>
#include <cstdlib>

#include "ops/overlap.hpp"
#include "ops/row_scaling.hpp"
#include "ops/scalar_finish.hpp"

namespace mote {

namespace {

/// A group's weights: 128 * 255 stays below 2^15.
constexpr std::int32_t kMostWeight = 255;
/// Their number stands above the shift's 8 bits; their index in an int16.
constexpr std::size_t kMostCorrections = 10000;
constexpr std::size_t kMostValues = 32768;

/// Makes the group's largest weights smaller until their sizes sum to at most kMostWeight.
void shrink_group(std::span<std::int32_t> group, std::size_t first, std::vector<std::int16_t>& corrections) {
  std::int32_t size = 0;
  for (const std::int32_t weight : group) size += std::abs(weight);
  while (size > kMostWeight) {
    auto largest = std::ranges::max_element(group, {}, [](std::int32_t weight) { return std::abs(weight); });
    const std::int32_t less = std::min(size - kMostWeight, std::abs(*largest));
    const std::int32_t part = *largest < 0 ? -less : less;
    corrections.push_back(static_cast<std::int16_t>(first + static_cast<std::size_t>(largest - group.begin())));
    corrections.push_back(static_cast<std::int16_t>(part));
    *largest -= part;
    size -= less;
  }
}

std::optional<ScalarTables> pack(const ScalarRows& rows, const Finish& finish, std::int32_t steps, bool by_bytes) {
  ScalarTables tables;
  tables.by_bytes = by_bytes;
  tables.steps = steps;
  const std::size_t group_values = 2 * static_cast<std::size_t>(steps);
  const std::size_t groups = (rows.order.size() + group_values - 1) / group_values;
  tables.groups = static_cast<std::int32_t>(groups);
  if (groups * group_values > kMostValues) return std::nullopt;
  const std::size_t depth = rows.weights.size() / rows.bias.size();
  for (std::size_t r = 0; r < rows.bias.size(); ++r) {
    const auto weights = std::span(rows.weights).subspan(r * depth, depth);
    std::int64_t low = rows.bias[r], high = rows.bias[r];
    for (const std::int64_t weight : weights) {
      low += std::min(weight * -128, weight * 127);
      high += std::max(weight * -128, weight * 127);
    }
    const auto scaling = scalar_scaling(low, high, finish, r);
    if (!scaling) return std::nullopt;
    std::vector<std::int32_t> column(groups * group_values);
    for (std::size_t i = 0; i < rows.order.size(); ++i) {
      if (rows.order[i] >= 0) column[i] = weights[static_cast<std::size_t>(rows.order[i])];
    }
    const std::size_t before = tables.corrections.size();
    for (std::size_t g = 0; g < groups; ++g) {
      shrink_group(std::span(column).subspan(g * group_values, group_values), g * group_values, tables.corrections);
    }
    const std::size_t corrections = (tables.corrections.size() - before) / 2;
    if (corrections > kMostCorrections) return std::nullopt;
    for (std::size_t i = 0; by_bytes && i < column.size(); i += 4) {
      std::uint32_t word = 0;
      constexpr std::size_t kPlaces[4] = {1, 3, 0, 2};
      for (std::size_t byte = 0; byte < 4; ++byte) {
        word |= static_cast<std::uint32_t>(column[i + kPlaces[byte]] + 128) << (8 * byte);
      }
      tables.matrix.push_back(static_cast<std::int32_t>(word));
    }
    for (std::size_t i = 0; !by_bytes && i < column.size(); i += 2) {
      tables.matrix.push_back(wrap_add(column[i + 1], wrap_shift_left(column[i], 16)));
    }
    tables.scaling.insert(tables.scaling.end(), {rows.bias[r], scaling->multiplier, scaling->offset + (std::int32_t{1} << 15),
                                                 scaling->shift + (static_cast<std::int32_t>(corrections) << 8)});
  }
  return tables;
}

}  // namespace

/// With a shift right by e >= 1, gemmlowp's second rounding of x is (x + 2^(e-1) - (x < 0)) >> e. The sum's sign may stand for
/// that of x: they differ only where x is 0 and the sum negative, and then both give 0.
std::optional<ScalarScaling> scalar_scaling(std::int64_t low, std::int64_t high, const Finish& finish, std::size_t row) {
  const Multiplier& by = finish.multiplier(row);
  constexpr std::int64_t kLimit = std::int64_t{1} << 30;
  if (low <= -kLimit || high >= kLimit || by.shift > 0) return std::nullopt;
  const auto output = [&](std::int64_t sum) { return finish.apply<std::int8_t>(static_cast<std::int32_t>(sum), row); };
  if (output(low) == output(high)) return ScalarScaling{0, 2 * output(low) + 1, 1};  // outputs grow with sums
  constexpr std::int32_t kMostShift = 21;                                            // keeps the offset below 2^29
  if (by.shift > -1 || by.shift < -kMostShift) return std::nullopt;
  return ScalarScaling{by.multiplier, (2 * finish.zero_point() + 1) * (std::int32_t{1} << (-by.shift - 1)), -by.shift};
}

double ScalarTables::cycles(int columns) const {
  constexpr double kGroup[2][kMostScalarSteps] = {{8, 11, 16, 21}, {13, 20, 29, 39}};
  constexpr double kGroupOfFour = 37;
  constexpr double kByteGroup[kMostScalarSteps] = {0, 16, 0, 29};
  const double rows = static_cast<double>(scaling.size()) / 4;
  const double group = by_bytes ? kByteGroup[steps - 1] : columns == 4 ? kGroupOfFour : kGroup[columns - 1][steps - 1];
  const double round = 4.0 * groups / 8;
  const double output = columns == 1 ? 36 : 24;
  return rows * (30 + output * columns + group * groups + round) + 15.0 * columns * static_cast<double>(correction_count());
}

void ScalarTables::describe(KernelCall& call, const Finish& finish) const {
  call.set("steps", steps).set("groups", groups).flag("corrects", !corrections.empty());
  call.set("clamp_min", finish.range().first).set("clamp_max", finish.range().second);
  call.input(0).constant("matrix", matrix);
  if (corrections.empty()) call.holds_weights(by_bytes ? WeightCells::kBytes : WeightCells::kPairs, {{0, matrix.size()}});
  call.constant("scaling", scaling);
  if (corrections.empty()) {
    call.null();
  } else {
    call.constant("corrections", corrections);
  }
}

std::optional<ScalarTables> pack_scalar(const ScalarRows& rows, const Finish& finish, int columns, bool by_bytes, bool corrects) {
  std::optional<ScalarTables> best;
  for (std::int32_t steps = 1; steps <= kMostScalarSteps; ++steps) {
    if (by_bytes && steps % 2 == 1) continue;
    auto tables = pack(rows, finish, steps, by_bytes);
    if (tables && !corrects && !tables->corrections.empty()) continue;
    if (tables && (!best || tables->cycles(columns) < best->cycles(columns))) best = std::move(tables);
  }
  return best;
}

std::optional<ScalarTables> pack_scalar_steps(const ScalarRows& rows, const Finish& finish, std::int32_t steps) {
  return pack(rows, finish, steps, false);
}

std::vector<std::int32_t> scalar_order(std::int32_t rows, std::int32_t row_bytes) {
  std::vector<std::int32_t> order;
  for (std::int32_t y = 0; y < rows; ++y) {
    for (std::int32_t i = 0; i < row_bytes; ++i) order.push_back(y * row_bytes + i);
    if (row_bytes % 2 == 1) order.push_back(-1);
  }
  return order;
}

std::optional<ScalarTables> ScalarConvolution::tables() const { return pack_scalar(rows(), finish, 2, false, !uniform); }

int ScalarConvolution::columns(const ScalarTables& tables) const {
  constexpr std::int64_t kMostBytes = 2048;  // what may stand on the stack
  const bool whole_groups = window.k_h == 1 || (row_bytes() + 1) / 2 % tables.steps == 0;
  const std::int64_t indices = 4 * tables.words();
  return tables.steps == 2 && whole_groups && 16 * tables.words() <= kMostBytes - row_bytes() && indices < 32768 ? 4 : 2;
}

double ScalarConvolution::cycles() const {
  const double pixels = static_cast<double>(element_count(window.output_shape()) / window.out_c);
  const auto packed = tables().value();
  const int at_once = columns(packed);
  return pixels * (40 + 12.0 * window.k_h + 9.0 * static_cast<double>(packed.words())) +
         pixels / at_once * packed.cycles(at_once);
}

void ScalarConvolution::describe_window(KernelCall& call, const NodeView& node) const {
  const Window& w = window;
  call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
  call.set("out_h", w.out_h).set("out_w", w.out_w).set("out_c", w.out_c).set("k_h", w.k_h).set("k_w", w.k_w);
  call.set("stride_h", w.stride_h).set("stride_w", w.stride_w).set("dilation_h", w.dilation_h);
  call.set("pad_top", w.pad_top).set("pad_left", w.pad_left);
  if (out_gap > 0) call.set("out_gap", out_gap);
  call.flag("pads", w.pads());
  call.set("input_zero_point", w.pads() ? node.input(0).zero_point() : 0);
}

KernelCall ScalarConvolution::lower(const NodeView& node) const {
  auto packed = tables().value();
  const std::size_t depth = weights.size() / bias.size();
  for (std::size_t r = 0; r < bias.size(); ++r) {
    const RowSums sums = row_sums(std::span(weights).subspan(r * depth, depth), 0);
    const auto words = std::span(packed.scaling).subspan(4 * r, 4);
    std::ranges::copy(scalar_finish(sums.low, sums.high, bias[r], words[3] >> 8, finish, r), words.begin());
  }
  const int at_once = columns(packed);
  for (std::size_t i = 0; at_once == 4 && i < packed.corrections.size(); i += 2) {
    // Column 0 has two of every four words of a group.
    const int index = packed.corrections[i];
    packed.corrections[i] = static_cast<std::int16_t>(index / 4 * 8 + index % 4);
  }
  KernelCall call("conv_2d_scalar", "conv_2d_scalar");
  call.set("columns", at_once);
  describe_window(call, node);
  packed.describe(call, finish);
  if (out_gap == 0) call.overlapping(0, window_overlap(window, 1, {.tile = at_once}));
  return call.output().scratch(4 * at_once * packed.words() + (window.pads() ? row_bytes() : 0));
}

}  // namespace mote
