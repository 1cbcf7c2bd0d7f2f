#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/operator.hpp"

namespace mote {

/// A channel that `shrink` has taken out of a tensor, and why that changes no answer.
struct RemovedChannel {
  TensorId tensor = kNoTensor;  ///< in the graph before
  std::int32_t channel = 0;
  std::optional<std::int32_t> value;  ///< what it always is; empty when nothing reads it with a weight that is not zero
};

/// What was found and removed.
struct ShrinkReport {
  std::vector<RemovedChannel> removed;
  std::int64_t macs_before = 0, macs_after = 0;
};

/// What each channel of every tensor can be, by interval arithmetic over the exact integer graph; inputs are taken to use their
/// whole type.
std::vector<Ranges> channel_ranges(const Graph& graph);

/// Removes channels that are constant or unused, whatever the input: producers lose rows, readers columns, and constants move
/// into the readers' biases. Every output bit stays. Residual adds, and channels of inputs and outputs of the graph, are left
/// alone.
ShrinkReport shrink(Graph& graph);

/// As a pass; checks its own work with `check_shrink` and throws an InternalError if a claim does not hold.
bool shrink_pass(Graph& graph);

}  // namespace mote
