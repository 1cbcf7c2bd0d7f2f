#pragma once

#include <vector>

#include "common/random.hpp"
#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {

/// A verified int8 graph of 3 to 14 random nodes with everything that passes and the memory planner look at: PAD before convolutions,
/// chains of reshapes, results read twice, joins and splits with and without a copy, state, several inputs and outputs.
Graph random_graph(std::uint32_t seed);

/// Random bytes for each input.
std::vector<Bytes> random_inputs(const Graph& graph, Random& random);

}  // namespace mote::test
