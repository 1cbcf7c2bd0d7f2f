#pragma once

#include <vector>

#include "compress/quality.hpp"

namespace mote {

/// Remembers everything a float graph computes on some samples, so that a change of late layers costs only what comes after them.
class Replay {
 public:
  /// The graph must outlive this.
  Replay(const Graph& graph, const SampleInputs& samples);

  /// The answers of `changed`: the same graph with other constants of the nodes `where`.
  Answers answers(const Graph& changed, const std::vector<std::size_t>& where) const;

 private:
  const Graph& graph_;
  std::vector<std::vector<Bytes>> values_;  ///< [sample][tensor]
};

}  // namespace mote
