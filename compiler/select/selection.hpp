#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rows/row_region.hpp"
#include "select/candidate.hpp"
#include "select/knapsack.hpp"
#include "select/plan.hpp"

namespace mote {

/// Each node's implementation, and the memory that goes with them, when it is settled which nodes run by rows.
class Selection {
 public:
  /// `options` must outlive it. Without a RAM budget scratch up to 2 KB may lie on the stack and does not count.
  Selection(const Graph& graph, CandidateTable& table, const SelectionOptions& options, std::vector<RowRegion> regions);

  /// RAM that the tensors alone need, each with a place of its own: what the fastest plan may take when nothing else is said.
  std::int64_t usual_ram_bytes() const;
  /// Forbids more scratch than that, by node, and leaves it at that: what then does not fit is not looked at more closely.
  void limit_scratch(const std::vector<std::int64_t>& limits);
  /// The fastest set whose flash keeps to the options' and whose RAM keeps to `ram_limit`, or comes as near as it can. Error when no
  /// set keeps to the flash.
  void choose(std::int64_t ram_limit, bool counts_stack);
  /// The same; false instead of an error.
  bool try_choose(std::int64_t ram_limit, bool counts_stack);
  /// Looks longer for offsets.
  void place_better();
  /// The candidate of that rank for each node, the last where it has fewer.
  void take_rank(std::size_t rank);
  /// Candidates of the node that has most, at least 1.
  std::size_t ranks() const;

  std::int64_t ram_bytes() const { return memory_.arena_bytes; }
  double cycles() const;
  /// Predicted: tables and code.
  std::int64_t flash_bytes() const;
  const MemoryPlan& memory() const { return memory_; }
  const std::vector<RowRegion>& regions() const { return regions_; }
  void write_to(Plan& plan) const;
  [[noreturn]] void fail_for_ram(std::int64_t limit) const;

 private:
  const std::vector<Candidate>& candidates(std::size_t node) const { return *choices_[node].candidates; }
  void force(const std::string& layer, const std::string& implementation);
  void forbid(std::size_t node, std::size_t candidate, std::string reason);
  NodeMemory request(std::size_t node, std::size_t candidate) const;
  std::vector<NodeMemory> chosen_requests() const;
  std::vector<NodeMemory> least_requests() const;
  MemoryPlan plan(std::vector<NodeMemory> requests, int turns) const;
  bool take_fastest();
  bool forbid_scratch(std::int64_t limit);
  bool forbid_scratch_of(std::size_t node);
  bool forbid_best(std::int64_t limit);
  std::int64_t scratch(std::size_t node) const { return candidates(node)[chosen_[node]].call.scratch_bytes; }
  std::optional<std::size_t> next_with_less_scratch(std::size_t node) const;
  [[noreturn]] void fail_for_flash() const;
  std::vector<Alternative> alternatives(std::size_t node) const;

  const Graph* graph_;
  const SelectionOptions* options_;
  std::vector<RowRegion> regions_;
  std::vector<double> moving_cycles_;  // by node: of sliding its output's rows
  std::vector<Choice> choices_;
  std::vector<std::vector<std::string>> reasons_;  // by node and candidate: why it is not allowed
  std::vector<std::size_t> chosen_;
  MemoryPlan memory_;
  bool counts_stack_ = false, scratch_is_limited_ = false;
};

}  // namespace mote
