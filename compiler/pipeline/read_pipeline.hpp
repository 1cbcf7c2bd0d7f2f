#pragma once

#include <filesystem>
#include <string_view>

#include "graph/graph.hpp"

namespace mote {

class FittedParameters;
struct AnomalySettings;
struct DecisionSettings;

/// How much of a pipeline is wanted: what comes before [model]; before [anomaly] or [learning]; before [decision]; or all.
enum class PipelineScope : std::uint8_t { kFeatures, kModel, kScores, kAll };

/// A pipeline as one graph with state, and a source: input 0 is a hop of samples, one run takes it in, and what follows are features,
/// model, anomaly score and decision as operators (docs/pipelines.md). The text is TOML; `path` is where it stands: names of files in it
/// start from its directory, and the graph is named for it unless it says otherwise. Everything in it is untrusted.
/// `fitted`: parameters of the anomaly score in place of those that the file names.
Graph parse_pipeline(std::string_view text, const std::filesystem::path& path, PipelineScope scope = PipelineScope::kAll,
                     const FittedParameters* fitted = nullptr);
Graph read_pipeline_file(const std::filesystem::path& path, PipelineScope scope = PipelineScope::kAll, const FittedParameters* fitted = nullptr);

/// What a file's [anomaly] says of fitting, and its [decision] of events from `scores` scores. Error where there is no such section.
AnomalySettings anomaly_settings(const std::filesystem::path& path);
DecisionSettings decision_settings(const std::filesystem::path& path, std::size_t scores, double runs_per_second);

}  // namespace mote
