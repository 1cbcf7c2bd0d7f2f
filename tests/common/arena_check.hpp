#pragma once

#include <string>
#include <vector>

#include "memory/plan_memory.hpp"

namespace mote::test {

/// Plays a memory plan byte by byte, knowing nothing of lifetimes: every byte of the arena remembers which value was last written to it,
/// and every node must find there what it reads. Gives the first thing that is wrong, or an empty text.
std::string arena_fault(const Graph& graph, const std::vector<NodeMemory>& nodes, const MemoryPlan& plan, const std::vector<RowRegion>& regions = {});

/// What the planner is told of each node: views as the operator says, scratch and in-place as its kernel does.
std::vector<NodeMemory> node_memory(const Graph& graph);

}  // namespace mote::test
