#pragma once

#include <cstdint>
#include <vector>

#include "rows/row_region.hpp"

namespace mote {

/// Rows of a tensor that are in use from a call on: from `low` to before `high`, as RowTensor counts them; none when equal.
struct LiveRows {
  std::int32_t call = 0, low = 0, high = 0;
};

/// What happens when a region runs.
struct RegionPlay {
  std::vector<std::size_t> calls;             ///< the stage of each call, in order
  std::vector<std::vector<LiveRows>> live;    ///< by tensor: changes, in the order of calls
  std::vector<std::int64_t> moved_bytes;      ///< by tensor: what is moved to its memory's beginning, over the whole run
  std::vector<std::int32_t> slides;           ///< by tensor: how often
  std::vector<std::int32_t> least_held;       ///< by tensor: rows of memory that suffice
  std::vector<bool> aligned;                  ///< by tensor: every call reads and writes it at multiples of 4 bytes
};

/// Plays the region by the rule that generated code follows (device/include/mote/rows.hpp): of the stages whose inputs have what they
/// need, the last makes its next rows; when there is none, the pace-setting input gets `input_step` more rows. Rows that no stage will read again make
/// room, by moving the others, when new ones would not fit. `held` of inner tensors may still be 0: then it is taken as the least.
RegionPlay play_region(const RowRegion& region);

}  // namespace mote
