#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compress/calibrate.hpp"

namespace mote {

/// What is to become less.
enum class PruneCost : std::uint8_t { kMacs, kWeights };

struct PruneOptions {
  PruneCost cost = PruneCost::kMacs;
  /// The share of it that goes at least.
  double share = 0.5;
  /// In so many rounds: after each, weights are fitted and every layer is judged anew.
  int rounds = 4;
  /// Layers that lose channels keep a multiple of so many: kernels work on blocks of channels.
  std::size_t multiple = 1;
};

/// A layer before and after.
struct PrunedLayer {
  std::string name, op;
  std::int32_t channels_before = 0, channels = 0;  ///< of its output
  std::int64_t macs_before = 0, macs = 0;
  std::int64_t weights_before = 0, weights = 0;  ///< numbers in its constants
  /// Mean square error of its outputs against the original's, by their spread: what is left after fitting. None: nothing was
  /// fitted.
  std::optional<double> error{};
};

struct PruneResult {
  Graph prepared;  ///< the float graph that was pruned: its answers are the original's
  Graph graph;
  std::vector<PrunedLayer> layers;
  std::int64_t macs_before = 0, macs = 0, weights_before = 0, weights = 0;
  std::size_t samples = 0;  ///< so many were fitted on
};

/// Takes whole channels and neurons out of a float graph and fits the weights of what is left to the original's activations on
/// the samples. No labels and no training are needed. Deterministic, whatever the number of threads. Error when there are no
/// samples, or when not so much can go.
PruneResult prune_channels(const Graph& graph, const SampleInputs& samples, const PruneOptions& options,
                           const QuantizeProgress& progress = {});

}  // namespace mote
