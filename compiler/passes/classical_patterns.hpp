#pragma once

#include "graph/graph.hpp"

namespace mote {

/// PAIRWISE_DISTANCE, SQRT and TOP_K of the smallest: NEAREST_NEIGHBORS.
bool fuse_neighbors(Graph& graph);

/// A constant less half the sum of (x - mean)^2 / variance: GAUSSIAN_SCORES.
bool fuse_gaussian(Graph& graph);

/// EXP(x - LOG_SUM_EXP(x)): SOFTMAX.
bool fuse_softmax(Graph& graph);

}  // namespace mote
