#pragma once

#include "cli/command.hpp"
#include "fit/rows.hpp"
#include "pipeline/read_pipeline.hpp"

namespace mote::cli {

/// What a pipeline, up to a scope, gave of each recording: output 0 as real numbers, a row for each run.
struct Played {
  std::vector<std::string> names;
  std::vector<Rows> recordings;
  std::vector<std::string> notes, labels;  ///< labels: of the values, where known
  Source source;
};

struct PlayOptions {
  std::vector<std::string> recordings;
  std::string target = "host";
  DataOptions data;
};

void add_play_options(CLI::App& command, PlayOptions& options, const std::string& flag, const std::string& help);

Played play(const std::string& pipeline, PipelineScope scope, const PlayOptions& options,
            const FittedParameters* fitted = nullptr);

}  // namespace mote::cli
