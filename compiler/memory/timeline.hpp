#pragma once

#include <vector>

#include "graph/graph.hpp"
#include "memory/buffer.hpp"
#include "rows/play_region.hpp"
#include "rows/row_region.hpp"

namespace mote {

/// When each kernel runs. A tick is one call: a node's, or a stage's for some rows.
class Timeline {
 public:
  Timeline(const Graph& graph, const std::vector<RowRegion>& regions);

  std::int32_t first(std::size_t node) const { return first_[node]; }
  std::int32_t last(std::size_t node) const { return last_[node]; }
  /// One behind the last tick.
  std::int32_t end() const { return static_cast<std::int32_t>(node_at_.size()); }
  std::size_t node_at(std::int32_t tick) const { return node_at_[static_cast<std::size_t>(tick)]; }
  bool by_rows(std::size_t node) const { return by_rows_[node]; }

  /// How a region sees a tensor; null when none does.
  const RowTensor* rows_of(TensorId id) const { return rows_[static_cast<std::size_t>(id)]; }
  /// Whether only some rows of the tensor lie in memory at a time.
  bool is_ring(TensorId id) const { return rows_of(id) != nullptr && !rows_of(id)->outer; }

  /// From when to when the tensor lives, and which of its bytes, borders included.
  Buffer life_of(TensorId id) const;
  /// The node's scratch memory: only while its kernel runs.
  Buffer scratch_of(std::size_t node, std::int64_t bytes) const;

 private:
  /// A region's view of one tensor as changes of bytes.
  std::vector<LiveBytes> live_in(std::size_t region, TensorId id) const;

  const Graph& graph_;
  const std::vector<RowRegion>& regions_;
  std::vector<RegionPlay> plays_;
  std::vector<std::int32_t> begins_;  // by region: its first tick
  std::vector<std::int32_t> first_, last_;
  std::vector<std::size_t> node_at_;
  std::vector<bool> by_rows_;
  std::vector<std::int32_t> region_of_;  // by node, or -1
  std::vector<const RowTensor*> rows_;
  std::vector<std::int32_t> made_by_;
  std::vector<std::vector<std::int32_t>> readers_;
  std::vector<bool> is_output_;
};

}  // namespace mote
