#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

/// `frames`: the samples as frames that overlap, those of this run.
void build_frames(PipelineBuilder& builder, Section& section);
/// `stack`: the last rows as one window.
void build_stack(PipelineBuilder& builder, Section& section);

}  // namespace mote
