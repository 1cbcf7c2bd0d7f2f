#pragma once

#include "passes/axis_rules.hpp"

namespace mote {

/// For each position along the rows of a RESHAPE of `shape`, the position whose value lies there when the axes lie in `order`.
std::vector<std::int32_t> moved_columns(const Shape& shape, const AxisOrder& order);

/// A constant like `id` whose place i along `axis` (0, or the last of two) holds what stood at `places[i]`, with its scale.
TensorId gathered(Graph& graph, TensorId id, int axis, const std::vector<std::int32_t>& places);

}  // namespace mote
