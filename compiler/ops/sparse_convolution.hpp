#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ops/packed_convolution.hpp"

namespace mote {

// Convolutions whose weights are mostly zero, for device/include/mote/conv_2d_sparse.hpp.

struct SparseTables {
  std::int32_t block_rows = 1;
  std::vector<std::int16_t> counts;
  std::vector<std::uint8_t> skips;
  std::vector<std::int8_t> weights;

  std::int64_t entries() const { return static_cast<std::int64_t>(skips.size()); }
  std::int64_t bytes() const { return static_cast<std::int64_t>(2 * counts.size() + skips.size() + weights.size()); }
};

/// The entries of `rows` rows; nothing when a block has more than can be counted.
std::optional<SparseTables> pack_sparse(std::span<const std::int8_t> weights, std::size_t rows, std::int32_t block_rows);

/// Whether enough of the weights are zero to look at the layer at all.
bool is_sparse(std::span<const std::int8_t> weights);

/// An int8 layer.
struct SparseConvolution {
  PackedConvolution layer;

  bool applies(Isa isa) const;
  /// Blocks of rows that share entries cost fewer cycles where neighbours are zero together.
  SparseTables tables(Isa isa) const;
  double cycles(Isa isa) const;
  KernelCall lower(Isa isa, const NodeView& node) const;

 private:
  /// Four words per channel; nothing where none are exact for every int8 input.
  std::optional<std::vector<std::int32_t>> scaling(Isa isa) const;
};

/// A layer of float activations and int8 weights over all input channels.
struct SparseWeightOnly {
  Window window;
  std::span<const std::int8_t> weights;
  Finish finish;

  bool applies() const;
  double cycles() const;
  KernelCall lower(const NodeView& node) const;
};

}  // namespace mote
