#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

// Steps on frames [frames, length], from the window to cepstra: in float32, or with `integers` from int16 frames to int16
// logarithms in block floating point.

void build_remove_mean(PipelineBuilder& builder, Section& section);
void build_window(PipelineBuilder& builder, Section& section);
void build_power_spectrum(PipelineBuilder& builder, Section& section);
void build_magnitude_spectrum(PipelineBuilder& builder, Section& section);
void build_mel(PipelineBuilder& builder, Section& section);
void build_log(PipelineBuilder& builder, Section& section);
void build_dct(PipelineBuilder& builder, Section& section);
/// window, power_spectrum, mel and log in one.
void build_log_mel(PipelineBuilder& builder, Section& section);
/// log_mel and dct in one.
void build_mfcc(PipelineBuilder& builder, Section& section);
void build_pcen(PipelineBuilder& builder, Section& section);
void build_noise_subtraction(PipelineBuilder& builder, Section& section);

}  // namespace mote
