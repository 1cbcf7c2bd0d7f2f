#pragma once

#include <vector>

#include "compress/calibrate.hpp"

namespace mote {

/// Which channels of the original a pruned graph has left: for each computed tensor the original index of each of its channels. Node
/// indices and ids of computed tensors are the same in both graphs.
using ChannelOrigins = std::vector<std::vector<std::size_t>>;

/// What fitting did to one layer: mean square error of its outputs on samples held back, by their spread.
struct LayerFit {
  std::size_t node = 0;
  double error_before = 0, error_after = 0;
};

/// Fits the weights of every layer of a pruned graph, in running order, so that from what the layers before it now give come the
/// original's outputs.
std::vector<LayerFit> refit(const Graph& original, Graph& pruned, const ChannelOrigins& origins, const SampleInputs& samples,
                            const QuantizeProgress& progress);

/// At most so many samples, spread over all, as fit into the memory that a graph's values may take.
SampleInputs affordable_samples(const Graph& graph, const SampleInputs& samples, std::size_t most);

}  // namespace mote
