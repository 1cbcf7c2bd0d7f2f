#pragma once

#include <optional>
#include <vector>

#include "rows/play_region.hpp"
#include "rows/row_region.hpp"
#include "rows/row_rule.hpp"

namespace mote {

/// What a region shall be.
struct RegionRequest {
  std::size_t first = 0;            ///< node
  std::vector<std::int32_t> steps;  ///< by node from there on: rows at a time
  bool fed = false;                 ///< the graph's input comes row by row
};

/// A region and what happens when it runs.
struct PlayedRegion {
  RowRegion region;
  RegionPlay play;
};

/// The region with the least memory for rows. `rules`: of every node of the graph. Nothing when the nodes cannot run so.
std::optional<PlayedRegion> make_region(const Graph& graph, const std::vector<std::optional<RowRule>>& rules, const RegionRequest& request);

/// Gives tensors that lie between regions the same borders in both.
void agree_on_borders(std::vector<RowRegion>& regions);

}  // namespace mote
