#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

/// value * multiply + add, then not below `minimum` and not above `maximum`, in float32.
void build_scale(PipelineBuilder& builder, Section& section);

/// Each row less its mean, by its deviation (that of n values, not n - 1), in float32.
void build_normalize(PipelineBuilder& builder, Section& section);

}  // namespace mote
