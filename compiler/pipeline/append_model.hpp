#pragma once

#include <filesystem>

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

/// `model`: a model file goes on from the value.
void build_model(PipelineBuilder& builder, Section& section);
/// The same as a step of features: what it gives is one row.
void build_model_features(PipelineBuilder& builder, Section& section);

/// Appends a graph of one input, which becomes the value in its shape and type: integers of the model's type as they are, real numbers
/// quantized. The value is then output `output` of the graph. Error when the numbers of elements differ, or the types do not fit.
void append_model(PipelineBuilder& builder, const Graph& model, std::size_t output);

}  // namespace mote
