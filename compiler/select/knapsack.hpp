#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "select/candidate.hpp"

namespace mote {

/// The candidates of one node that selection may take.
struct Choice {
  const std::vector<Candidate>* candidates = nullptr;
  std::vector<bool> allowed;  ///< by candidate
  bool is_view = false;       ///< nothing runs and nothing is stored, whatever is chosen
};

/// Flash of a set of candidates, one a node: tables, one instance of equal kernels, and shared routines once.
std::int64_t flash_of(const std::vector<Choice>& choices, const std::vector<std::size_t>& chosen);

/// The allowed candidate of each node so that cycles in all are fewest while flash keeps to the limit; nothing when no set does.
/// Exact: sets that no other set beats in both flash and cycles are carried from node to node, for every set of shared routines.
std::optional<std::vector<std::size_t>> fastest_within(const std::vector<Choice>& choices,
                                                       std::optional<std::int64_t> flash_bytes);

}  // namespace mote
