#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/random.hpp"
#include "graph/graph.hpp"
#include "ops/kernel_call.hpp"
#include "targets/target.hpp"

namespace mote::test {

/// A layer, one of its implementations, and an input in whose memory its output lies.
struct OverlappedLayer {
  std::shared_ptr<const Graph> graph;  ///< of one node
  Implementation row;
  Overlap overlap;  ///< the output begins so far before the input
  KernelCall call;

  /// What the output lies inside of.
  const Tensor& input() const { return graph->tensor(graph->nodes[0].inputs[static_cast<std::size_t>(overlap.input)]); }
  std::string text() const;
};

/// Every overlap that an implementation states for the graph's one node; none when it does not apply.
std::vector<OverlappedLayer> overlaps_of(const std::shared_ptr<const Graph>& graph, const Implementation& row);

/// Runs all layers as one program of the target on random inputs, with every output at the given distance, rounded up to the
/// alignment of buffers: whether each is the one computed apart, bit for bit.
std::vector<bool> run_overlapped(const std::vector<OverlappedLayer>& layers, const Target& target, Random& random);

}  // namespace mote::test
