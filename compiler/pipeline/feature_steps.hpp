#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

// Steps that make a few numbers of a frame, in float32.

/// Of frames [frames, length], or [frames, length, channels]: [frames, channels * statistics].
void build_statistics(PipelineBuilder& builder, Section& section);
/// Of spectra [frames, bins]: [frames, features + bands].
void build_spectral_features(PipelineBuilder& builder, Section& section);
/// Of frames [frames, length]: [frames, lags].
void build_autocorrelation(PipelineBuilder& builder, Section& section);
/// (value - mean) / deviation, column by column.
void build_standardize(PipelineBuilder& builder, Section& section);

}  // namespace mote
