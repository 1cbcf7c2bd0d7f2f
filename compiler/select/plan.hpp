#pragma once

#include <string>
#include <vector>

#include "memory/plan_memory.hpp"
#include "ops/kernel_call.hpp"

namespace mote {

/// A node that runs: the implementation chosen for it and the kernel call that it becomes.
struct Step {
  std::size_t node = 0;
  std::string implementation;
  double predicted_cycles = 0;
  KernelCall call;
};

/// Everything that code generation needs: what runs, with which constants, on which bytes.
struct Plan {
  Graph graph;
  Target target;
  std::vector<Step> steps;  ///< in running order; views have none
  MemoryPlan memory;

  /// The files of another library that the kernels call, relative to its `Source`; sorted, each once.
  std::vector<std::string> library_sources() const;
  /// Bytes of all packed constants, equal ones counted once: what the model's tables take in flash.
  std::int64_t constant_bytes() const;
};

/// What selection is asked for.
struct SelectionOptions {
  /// A library whose kernels run every node that they can run exactly, whatever scratch they need; mote's run the others.
  KernelLibrary kernels = KernelLibrary::kMote;
};

/// Chooses for each node the applicable implementation with the fewest predicted cycles on the target, and plans memory; where
/// scratch would make the arena larger than the tensors need, the next one with less. Error when a node has none.
Plan make_plan(Graph graph, const Target& target, const SelectionOptions& options = {});

}  // namespace mote
