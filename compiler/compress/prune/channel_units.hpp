#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// Channels that can be taken out of a float graph, and what must go with each: through sums, concatenations, depthwise layers,
/// pools, flattening and whatever else ties channels (Operator::channel_flow).
class ChannelUnits {
 public:
  /// A unit that must stay: inputs and outputs of the graph, state, and what unknown operators touch.
  static constexpr std::int32_t kFixed = -1;

  explicit ChannelUnits(const Graph& graph);

  std::size_t count() const { return count_; }
  /// The unit of each channel of a tensor, or kFixed; nothing for constants, scalars and tensors that came later.
  const std::vector<std::int32_t>& of(TensorId id) const {
    static const std::vector<std::int32_t> kNone;
    return static_cast<std::size_t>(id) < of_.size() ? of_[static_cast<std::size_t>(id)] : kNone;
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::vector<std::int32_t>> of_;
};

/// Units that the same layers make, so that one can stand for another.
struct UnitGroup {
  std::vector<std::int32_t> units;
  std::vector<std::size_t> producers;  ///< nodes whose output channels they are
  std::vector<std::size_t> consumers;  ///< layers (layer_at) whose weights multiply them
};

/// The groups of which something could go, in the order of their first layer.
std::vector<UnitGroup> unit_groups(const Graph& graph, const ChannelUnits& units);

/// Which channels of a tensor stay when `keep` says so of units.
std::vector<bool> kept_channels(const ChannelUnits& units, TensorId id, const std::vector<bool>& keep);

/// The graph without the units that go. Node indices and tensor ids stay; what the channels added to the layers that read them is
/// gone with them.
Graph without_units(const Graph& graph, const ChannelUnits& units, const std::vector<bool>& keep);

}  // namespace mote
