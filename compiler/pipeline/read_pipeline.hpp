#pragma once

#include <filesystem>
#include <string_view>

#include "graph/graph.hpp"

namespace mote {

/// How much of a pipeline is wanted: all, or what comes before [model] and [anomaly].
enum class PipelineScope : std::uint8_t { kAll, kFeatures };

/// A pipeline as one graph with state, and a source: input 0 is a hop of samples, one run takes it in, and what follows are features,
/// model, anomaly score and decision as operators (docs/pipelines.md). The text is TOML; `path` is where it stands: names of files in it
/// start from its directory, and the graph is named for it unless it says otherwise. Everything in it is untrusted.
Graph parse_pipeline(std::string_view text, const std::filesystem::path& path, PipelineScope scope = PipelineScope::kAll);
Graph read_pipeline_file(const std::filesystem::path& path, PipelineScope scope = PipelineScope::kAll);

}  // namespace mote
