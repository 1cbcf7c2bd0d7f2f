#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

// Filters of samples [hop, channels], over hops: what they remember is state. In float32, or in int16 with `integers`.

/// y[n] = x[n] - coefficient * x[n - 1].
void build_preemphasis(PipelineBuilder& builder, Section& section);
/// y[n] = x[n] - x[n - 1].
void build_difference(PipelineBuilder& builder, Section& section);
/// Sections of second order: given, or those of a Butterworth filter.
void build_biquads(PipelineBuilder& builder, Section& section);
/// Band-passes side by side: [hop, 1] to [hop, bands].
void build_band_passes(PipelineBuilder& builder, Section& section);
/// A filter of given coefficients, or by a windowed sinc.
void build_fir(PipelineBuilder& builder, Section& section);
/// A low-pass, then one sample of several.
void build_decimate(PipelineBuilder& builder, Section& section);

}  // namespace mote
