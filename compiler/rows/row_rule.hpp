#pragma once

#include <optional>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// Rows of one input that a node reads for its output's rows from y on: from y / repeat * stride - before on, `kernel` for one row.
struct InputRows {
  int input = 0;
  std::int32_t stride = 1, before = 0, kernel = 1;
  std::int32_t repeat = 1;   ///< neighbouring rows that come from the same ones; rows are made in multiples of it
  std::int32_t below = 0;    ///< rows beyond the last that the last window reads
  std::int32_t outside = 0;  ///< the byte that rows beyond the border hold
};

/// How a node makes its output row by row.
struct RowRule {
  std::vector<InputRows> inputs;  ///< computed ones
};

/// Nothing when the node cannot: tensors are not [1, rows, width, channels], there is state, an output row needs them all, or what lies
/// beyond the border cannot be told by bytes.
std::optional<RowRule> row_rule(const Graph& graph, const Node& node);

/// The node alone, making `step` rows at a time: a graph of one node with borders above and below left out, whose inputs hold
/// (step / repeat - 1) * stride + kernel rows. Its implementations are those that the rows can be made with.
Graph make_band(const Graph& graph, const Node& node, const RowRule& rule, std::int32_t step);

}  // namespace mote
