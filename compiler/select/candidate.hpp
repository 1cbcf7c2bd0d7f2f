#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ops/kernel_call.hpp"
#include "rows/row_rule.hpp"
#include "select/tuning.hpp"
#include "targets/target.hpp"

namespace mote {

/// One way to run one node: a row of its operator, lowered, with what it costs there.
struct Candidate {
  std::string implementation;
  KernelCall call;
  double cycles = 0;      ///< of one inference; predicted by the row, or measured by `mote tune`
  bool measured = false;  ///< cycles come from a measurement
  std::int64_t table_bytes = 0;
  std::int64_t code_bytes = 0;  ///< of the kernel's instance, without the routine that it shares
  std::string_view routine;     ///< name of machine code that all layers with it share; empty for none
  std::int64_t routine_bytes = 0;

  /// Layers with equal keys share one instance of the kernel.
  std::string instance() const { return call.function + spec_text(call); }
};

/// The rows that can run the node on the target, fewest cycles first; of a library that is not mote's only the best one, and
/// mote's where it has none. Error when there is none at all.
std::vector<Candidate> find_candidates(const NodeView& node, const Target& target, KernelLibrary library, const Tuning& tuning);

/// What a call costs beside its kernel when a layer runs by rows: finding out whether its inputs are there, and where.
inline constexpr double kCyclesPerRowCall = 45;

/// The candidates of each node, as a whole or a few rows at a time; each is looked for once.
class CandidateTable {
 public:
  CandidateTable(const Graph& graph, const Target& target, KernelLibrary library, const Tuning& tuning, bool all_bands);

  const std::vector<Candidate>& whole(std::size_t node);
  /// `step` rows at a time. Cycles are those of all calls of an inference. Empty when it cannot.
  const std::vector<Candidate>& band(std::size_t node, std::int32_t step);
  /// How the node runs by rows, if it can.
  const std::optional<RowRule>& rule(std::size_t node) const { return rules_[node]; }
  const std::vector<std::optional<RowRule>>& rules() const { return rules_; }
  const Graph& graph() const { return graph_; }

 private:
  const Graph& graph_;
  const Target& target_;
  KernelLibrary library_;
  const Tuning& tuning_;
  bool all_bands_;  // also those much slower than the best
  std::vector<std::optional<RowRule>> rules_;
  std::vector<std::optional<std::vector<Candidate>>> whole_;
  std::map<std::pair<std::size_t, std::int32_t>, std::vector<Candidate>> bands_;
};

}  // namespace mote
