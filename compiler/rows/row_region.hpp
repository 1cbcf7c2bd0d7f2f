#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// A tensor [1, rows, width, channels] whose rows pass through a region a few at a time. Rows are counted from the first of
/// `above`: those rows, then the tensor's own, then `below`.
struct RowTensor {
  TensorId id = kNoTensor;
  std::int32_t rows = 0;
  std::int64_t row_bytes = 0;
  std::int32_t above = 0, below = 0;  ///< rows beyond the tensor's own that windows read at its borders
  std::int32_t outside = 0;           ///< what every byte of those holds
  std::int32_t held = 0;              ///< rows that its memory has room for
  bool outer = false;                 ///< all rows lie in memory, since others than the region make or read it

  std::int32_t all_rows() const { return above + rows + below; }
  std::int64_t bytes() const { return held * row_bytes; }
};

/// What a stage reads of one input: to make rows from `y` on, rows from y / repeat * stride + first on, `window` of them.
struct RowInput {
  std::size_t tensor = 0;  ///< index into RowRegion::tensors
  int input = 0;           ///< of the node
  std::int32_t stride = 1, first = 0, window = 1;
  std::int32_t repeat = 1;  ///< divides the stage's step
};

/// A node that makes `step` rows of its output at a time; the last time some of them may lie below the tensor, and mean nothing.
struct RowStage {
  std::size_t node = 0;
  std::int32_t step = 1;
  std::size_t output = 0;  ///< index into RowRegion::tensors
  std::vector<RowInput> inputs;
};

/// Neighbouring nodes that run row by row: whatever rows a stage makes, those behind it use them first. No row is computed twice.
struct RowRegion {
  std::vector<RowTensor> tensors;
  std::vector<RowStage> stages;  ///< in running order
  std::size_t input = 0;         ///< the tensor that sets the pace
  std::int32_t input_step = 1;   ///< rows of it that are taken at a time
  bool fed = false;              ///< the user delivers them

  std::size_t first_node() const { return stages.front().node; }
  std::size_t last_node() const { return stages.back().node; }
};

}  // namespace mote
