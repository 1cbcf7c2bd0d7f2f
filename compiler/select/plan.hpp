#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "memory/plan_memory.hpp"
#include "ops/kernel_call.hpp"
#include "rows/row_region.hpp"
#include "select/tuning.hpp"
#include "support/error.hpp"

namespace mote {

/// A node that runs: the implementation chosen for it and the kernel call that it becomes.
struct Step {
  std::size_t node = 0;
  std::string implementation;
  double predicted_cycles = 0;
  KernelCall call;
};

/// What a plan spends the rest on once it keeps to its budgets.
enum class Goal : std::uint8_t {
  kLatency,  ///< the fewest cycles
  kRam,      ///< the least RAM
  kFlash,    ///< the least flash
};

/// What a plan must keep to, and what is known beforehand.
struct SelectionOptions {
  /// A library whose kernels run every node that they can run exactly; mote's run the others.
  KernelLibrary kernels = KernelLibrary::kMote;
  /// Most bytes of tables and predicted code in flash.
  std::optional<std::int64_t> flash_bytes;
  /// Most bytes of arena and scratch on the stack. Without it the arena is never larger than the tensors alone need.
  std::optional<std::int64_t> ram_bytes;
  Goal goal = Goal::kLatency;
  /// Cycles that the goals of least RAM and least flash may take, as a multiple of the fastest plan's.
  double most_slowdown = 1.1;
  /// Runs layers row by row where that saves RAM.
  bool by_rows = true;
  /// The user delivers the input row by row (Model::feed_row), so that it need not lie in RAM. Error when the model cannot.
  bool feed_rows = false;
  /// Layer (its name, or "*" for every layer that can) and the implementation it must have.
  std::vector<std::pair<std::string, std::string>> forced;
  Tuning tuning;
};

/// A way to run a node that selection looked at, in the order of cycles, and what became of it.
struct Alternative {
  std::string implementation;
  double cycles = 0;
  bool measured = false;
  std::int64_t table_bytes = 0, code_bytes = 0, scratch_bytes = 0;
  std::string verdict;  ///< "chosen", "slower", ...
};

/// Everything that code generation needs: what runs, with which constants, on which bytes.
struct Plan {
  Graph graph;
  Target target;
  std::vector<Step> steps;  ///< in running order; views have none
  MemoryPlan memory;
  std::vector<std::vector<Alternative>> alternatives;  ///< by node
  std::int64_t predicted_code_bytes = 0;
  std::vector<RowRegion> regions = {};  ///< in running order; their stages are steps like others

  /// Bytes of all packed constants, equal ones counted once: what the model's tables take in flash.
  std::int64_t constant_bytes() const;
  /// The files of another library that the kernels call, relative to its `Source`; sorted, each once.
  std::vector<std::string> library_sources() const;
  /// The node's step; null for a view.
  const Step* step_of(std::size_t node) const;
  /// Scratch on the stack of Model::run().
  std::int64_t stack_scratch_bytes() const;
  /// What a model object and its scratch take: the arena and scratch on the stack.
  std::int64_t ram_bytes() const { return memory.arena_bytes + stack_scratch_bytes(); }
  /// Predicted flash: tables and code.
  std::int64_t flash_bytes() const { return constant_bytes() + predicted_code_bytes; }
  /// Predicted cycles of one inference.
  double cycles() const;
};

/// A budget that no plan keeps to.
class DoesNotFit : public Error {
 public:
  using Error::Error;
};

/// Chooses the set of implementations with the fewest predicted cycles in all that keeps to the options, and plans memory. Error
/// when a node has none, or when something forced does not apply; DoesNotFit when a budget cannot be met, which says by how much.
Plan make_plan(Graph graph, const Target& target, const SelectionOptions& options = {});

/// Plans within the options' budgets that no other beats in both RAM and cycles, the fastest first.
std::vector<Plan> plan_front(const Graph& graph, const Target& target, const SelectionOptions& options = {});

/// As many plans as the richest node has candidates. In the n-th every node takes its n-th candidate (the last when it has fewer)
/// whatever the cost: what tuning measures, and what checks every implementation.
std::vector<Plan> make_plans_of_every_rank(const Graph& graph, const Target& target);

}  // namespace mote
