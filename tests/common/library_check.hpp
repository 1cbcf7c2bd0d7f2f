#pragma once

#include "emulate/run_model.hpp"
#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {

/// `count` random inferences' worth of inputs: float32 around 0 with a spread of `spread`, any value of integer types, 0 or 1 for
/// bool.
std::vector<std::vector<Bytes>> random_inputs(const Graph& graph, std::uint32_t seed, std::size_t count, float spread = 3.0F);

/// Compiles the graph's library for this workstation and compares its outputs with the reference evaluation: integers bit for
/// bit, float32 within 1e-5 of the largest value of the output.
void expect_library_equals_reference(const Graph& graph, const std::vector<std::vector<Bytes>>& inputs, const BuildOptions& build = {});

}  // namespace mote::test
