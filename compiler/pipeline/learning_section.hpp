#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

/// `[learning]`: the value, as features, is told apart by classes that are taught on the device; it becomes a score for each
/// class.
void build_learning(PipelineBuilder& builder, Section& section);

}  // namespace mote
