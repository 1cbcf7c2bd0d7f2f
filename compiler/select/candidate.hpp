#pragma once

#include <string>
#include <vector>

#include "ops/kernel_call.hpp"
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

}  // namespace mote
