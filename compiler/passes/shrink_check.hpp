#pragma once

#include "passes/shrink.hpp"

namespace mote {

/// Confirms on the graph before shrinking that every removal keeps every answer, by intervals computed anew with code that shares
/// nothing with the pass. InternalError with tensor and channel when a claim cannot be confirmed.
void check_shrink(const Graph& before, const ShrinkReport& report);

}  // namespace mote
