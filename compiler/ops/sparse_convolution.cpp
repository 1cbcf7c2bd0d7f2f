#include "ops/sparse_convolution.hpp"

#include <algorithm>
#include <iterator>

#include "ops/overlap.hpp"
#include "ops/row_scaling.hpp"
#include "ops/scalar_finish.hpp"
#include "ops/scalar_matrix.hpp"

namespace mote {

namespace {

constexpr std::size_t kMostSkip = 255, kMostEntries = INT16_MAX;
/// Of the weights.
constexpr double kLeastZeros = 0.5;
/// Columns that are gathered may stand on the stack.
constexpr std::int64_t kMostScratch = 2048;

bool pixels_are_columns(const Window& w) {
  return w.k_h == 1 && w.k_w == 1 && w.stride_h == 1 && w.stride_w == 1 && w.out_h == w.in_h && w.out_w == w.in_w;
}

std::int64_t pixels(const Window& w) { return element_count(w.output_shape()) / w.out_c; }
std::int64_t depth(const Window& w) { return static_cast<std::int64_t>(w.k_h) * w.k_w * w.in_c; }

/// Pixels at a time: their sums stay in registers.
std::int64_t columns_at_once(const Window& w, std::int32_t block_rows, std::int64_t value_bytes) {
  std::int64_t columns = block_rows == 1 ? 4 : 1;
  while (columns > 1 && (columns > pixels(w) || (!pixels_are_columns(w) && columns * depth(w) * value_bytes > kMostScratch)))
    columns /= 2;
  return columns;
}

/// Cycles, or on cores whose cycles are unknown instructions: of an entry, each of its weights, each column's value, each
/// product, a block of rows and an output.
struct SparseCosts {
  double entry, weight, value, product, block, output;
};
constexpr SparseCosts costs_on(Isa isa) {
  if (isa == Isa::kScalar) return {0, 6.6, 3.9, 2, 80, 53};
  if (isa == Isa::kRv32) return {3.5, 2.5, 1.2, 2, 15, 13};
  return {3, 3.4, 1.5, 1, 60, 16};
}

double convolution_cycles(const Window& w, const SparseTables& tables, Isa isa, std::int64_t columns) {
  const SparseCosts costs = costs_on(isa);
  const auto all = static_cast<double>(pixels(w)), values = static_cast<double>(columns);
  const auto rows = static_cast<double>(tables.block_rows);
  const double gather = pixels_are_columns(w) ? 0 : w.k_h * w.k_w * (20 + 0.7 * w.in_c);
  const double groups = static_cast<double>((pixels(w) + columns - 1) / columns);
  const double entry = costs.entry + costs.weight * rows + costs.value * values + costs.product * rows * values;
  const double blocks = costs.block * static_cast<double>(tables.counts.size()) + entry * static_cast<double>(tables.entries());
  return 100 + all * gather + groups * blocks + costs.output * all * w.out_c;
}

void describe(KernelCall& call, const Window& w, const SparseTables& tables, std::int64_t columns) {
  w.describe(call);
  call.set("block_rows", tables.block_rows).set("columns", columns);
  call.input(0).constant("counts", tables.counts).constant("skips", tables.skips).constant("weights", tables.weights);
}

KernelCall& finish_call(KernelCall& call, const Window& w, std::int64_t columns, std::int32_t block_rows,
                        std::int64_t value_bytes) {
  PixelOrder order{.tile = columns, .overlaps_last = true};
  if (pixels_are_columns(w)) {
    // Each block of channels is made for all columns before they are read for the next.
    if (const auto ahead = ahead_by_block(w.out_c, block_rows)) order.ahead = ((columns - 1) * w.out_c + *ahead) * value_bytes;
  }
  call.output().overlapping(0, window_overlap(w, value_bytes, order));
  return pixels_are_columns(w) ? call.null() : call.scratch(columns * depth(w) * value_bytes);
}

}  // namespace

bool is_sparse(std::span<const std::int8_t> weights) {
  return !weights.empty() &&
         static_cast<double>(std::ranges::count(weights, 0)) >= kLeastZeros * static_cast<double>(weights.size());
}

std::optional<SparseTables> pack_sparse(std::span<const std::int8_t> weights, std::size_t rows, std::int32_t block_rows) {
  SparseTables tables;
  tables.block_rows = block_rows;
  const std::size_t depth = weights.size() / rows;
  const auto at_once = static_cast<std::size_t>(block_rows);
  for (std::size_t first = 0; first < rows; first += at_once) {
    const auto weight = [&](std::size_t r, std::size_t i) -> std::int8_t {
      return first + r < rows ? weights[(first + r) * depth + i] : std::int8_t{0};
    };
    const std::size_t before = tables.skips.size();
    std::size_t last = 0;
    const auto append = [&](std::size_t column) {
      tables.skips.push_back(static_cast<std::uint8_t>(column - last));
      for (std::size_t r = 0; r < at_once; ++r) tables.weights.push_back(weight(r, column));
      last = column;
    };
    for (std::size_t i = 0; i < depth; ++i) {
      bool is_zero = true;
      for (std::size_t r = 0; r < at_once; ++r) is_zero = is_zero && weight(r, i) == 0;
      if (is_zero) continue;
      while (i - last > kMostSkip) append(last + kMostSkip);
      append(i);
    }
    const std::size_t count = tables.skips.size() - before;
    if (count > kMostEntries) return std::nullopt;
    tables.counts.push_back(static_cast<std::int16_t>(count));
  }
  return tables;
}

bool SparseConvolution::applies(Isa isa) const {
  return is_sparse(layer.weights) && pack_sparse(layer.weights, layer.bias.size(), 1) && scaling(isa);
}

std::optional<std::vector<std::int32_t>> SparseConvolution::scaling(Isa isa) const {
  const std::size_t depth = layer.weights.size() / layer.bias.size();
  std::vector<std::int32_t> words;
  for (std::size_t r = 0; r < layer.bias.size(); ++r) {
    const auto weights = std::span(layer.weights).subspan(r * depth, depth);
    const RowSums sums = row_sums(weights, layer.bias[r]);
    if (isa == Isa::kDsp) {
      const auto constant = constant_output(sums, layer.finish, r);
      const auto by = constant ? constant_scaling(*constant) : row_scaling(sums, layer.finish, r);
      if (!by) return std::nullopt;
      words.insert(words.end(), {constant ? 0 : layer.bias[r], by->multiplier, by->offset, by->shift});
    } else {
      if (!scalar_scaling(sums.low, sums.high, layer.finish, r)) return std::nullopt;
      const RowSums products = row_sums(weights, 0);
      std::ranges::copy(scalar_finish(products.low, products.high, layer.bias[r], 0, layer.finish, r), std::back_inserter(words));
    }
  }
  return words;
}

SparseTables SparseConvolution::tables(Isa isa) const {
  const auto best = pack_sparse(layer.weights, layer.bias.size(), 1).value();
  const auto blocks = pack_sparse(layer.weights, layer.bias.size(), 4).value();
  const auto cycles_of = [&](const SparseTables& tables) {
    return convolution_cycles(layer.window, tables, isa, columns_at_once(layer.window, tables.block_rows, 1));
  };
  return blocks.bytes() <= best.bytes() && cycles_of(blocks) < cycles_of(best) ? blocks : best;
}

double SparseConvolution::cycles(Isa isa) const {
  const SparseTables packed = tables(isa);
  const std::int64_t columns = columns_at_once(layer.window, packed.block_rows, 1);
  return convolution_cycles(layer.window, packed, isa, columns);
}

KernelCall SparseConvolution::lower(Isa isa, const NodeView& node) const {
  const SparseTables packed = tables(isa);
  const std::int64_t columns = columns_at_once(layer.window, packed.block_rows, 1);
  KernelCall call("conv_2d_sparse", "conv_2d_sparse");
  call.text("using", "Row", isa == Isa::kDsp ? "mote::RoundedRow" : "mote::FittedRow");
  call.set("clamp_min", layer.finish.range().first).set("clamp_max", layer.finish.range().second);
  call.set("input_zero_point", node.input(0).zero_point());
  describe(call, layer.window, packed, columns);
  call.constant("scaling", scaling(isa).value());
  return finish_call(call, layer.window, columns, packed.block_rows, 1);
}

bool SparseWeightOnly::applies() const {
  return is_sparse(weights) && pack_sparse(weights, static_cast<std::size_t>(window.out_c), 1).has_value();
}

double SparseWeightOnly::cycles() const {
  const auto packed = pack_sparse(weights, static_cast<std::size_t>(window.out_c), 1).value();
  const std::int64_t columns = columns_at_once(window, 1, sizeof(float));
  return 1.45 * convolution_cycles(window, packed, Isa::kPortable, columns);
}

KernelCall SparseWeightOnly::lower(const NodeView& node) const {
  const auto packed = pack_sparse(weights, static_cast<std::size_t>(window.out_c), 1).value();
  const std::int64_t columns = columns_at_once(window, 1, sizeof(float));
  KernelCall call("conv_2d_sparse", "conv_2d_sparse_weight_only");
  finish.describe(call, node.output());
  describe(call, window, packed, columns);
  call.flag("per_channel", finish.weight_scales().size() > 1).constant("scales", finish.weight_scales());
  pass_bias(call, node, 2);
  return finish_call(call, window, columns, packed.block_rows, sizeof(float));
}

}  // namespace mote
