#pragma once

#include <optional>

#include "compress/prune/prune.hpp"
#include "compress/quantize.hpp"

namespace mote {

struct CompressOptions {
  std::optional<PruneOptions> prune{};  ///< none: no channel goes
  QuantizeOptions quantize{};
};

/// A model made smaller, with the quality after each step, all against the original's answers.
struct CompressResult {
  std::optional<PruneResult> pruned;
  QuantizeResult quantized;
  Quality after_pruning;
};

/// Prunes a float graph, if asked to, and makes integers of what is left, measured against the original. `samples` are learned
/// from, `test` is measured on. Errors as those of `prune_channels` and `quantize`.
CompressResult compress(const Graph& graph, const SampleInputs& samples, const TestData& test, const CompressOptions& options,
                        const QuantizeProgress& progress = {});

}  // namespace mote
