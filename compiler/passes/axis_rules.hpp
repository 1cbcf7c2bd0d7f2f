#pragma once

#include <string_view>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// Stored axis i holds axis order[i]: how a tensor lies in memory, as a TRANSPOSE would make it.
using AxisOrder = std::vector<std::int32_t>;

AxisOrder identity_order(std::size_t rank);
bool is_identity(const AxisOrder& order);
AxisOrder inverse(const AxisOrder& order);
Shape permuted(const Shape& shape, const AxisOrder& order);
/// Whether only axes of extent 1 move, so that the bytes stay as they are.
bool keeps_bytes(const Shape& shape, const AxisOrder& order);

/// What an operator asks of the order of its tensors' axes.
enum class AxisRule : std::uint8_t {
  kFixed,       ///< works in the order that it was given, and in no other
  kFlexible,    ///< works in any order that all of its tensors of the output's rank share; constants and attributes go along
  kReduce,      ///< drops axes; those that stay keep their order
  kTranspose,   ///< changes the order itself
  kReshape,     ///< keeps the bytes in their order
};
AxisRule axis_rule(const Graph& graph, const Node& node);

/// The node of a kFlexible or kReduce operator for an input and output whose axes stand in `order`: attributes and constants (new
/// tensors of the graph) say the same of the moved axes. Operands that are computed must have been brought into the order.
Node in_order(Graph& graph, const Node& node, const AxisOrder& order);

/// Which axes of its input a kReduce operator keeps.
std::vector<bool> kept_axes(const Graph& graph, const Node& node);

/// A constant whose axes are moved; lower ranks are filled with ones first. Adds a tensor unless nothing changes.
TensorId permuted_constant(Graph& graph, TensorId id, const AxisOrder& order);

}  // namespace mote
