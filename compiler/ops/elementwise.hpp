#pragma once

#include "ops/cut_channels.hpp"
#include "ops/define.hpp"

namespace mote {

/// Base of operators that work element by element, with broadcasting if they have several operands: channels of the operands go
/// together.
template <typename Derived>
class ElementwiseOperator : public OperatorBase<Derived> {
 public:
  ChannelFlow channel_flow(const NodeView&) const override { return ChannelFlow::kTied; }
  void keep_channels(Graph& graph, Node& node, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>& keep_outputs) const override {
    keep_operand_channels(graph, node, keep_outputs);
  }
};

}  // namespace mote
