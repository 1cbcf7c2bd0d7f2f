#pragma once

#include <cstdint>
#include <vector>

namespace mote {

/// Bytes of a buffer that are in use from a tick on: from `low` to before `high`; none when equal. Ticks count kernel calls.
struct LiveBytes {
  std::int32_t tick = 0;
  std::int64_t low = 0, high = 0;
};

/// A run of bytes and when it is in use.
struct Buffer {
  std::int64_t bytes = 0;
  std::int64_t alignment = 4;
  std::int32_t first = 0, last = 0;  ///< ticks, both included
  /// Changes in the order of ticks, all within first..last; empty: all bytes live all the time.
  std::vector<LiveBytes> live = {};
};

/// Two buffers that may lie closer than their bytes say: `lower` may begin `bytes` before `upper` begins, and they still meet at one
/// tick only, in the order that a kernel reads and writes.
struct Closeness {
  std::size_t lower = 0, upper = 0;
  std::int64_t bytes = 0;
};

/// How far `lower` must begin below `upper` so that no live byte of one is a live byte of the other, if both lie so; INT64_MIN when
/// they never live at once.
std::int64_t least_distance(const Buffer& lower, const Buffer& upper);

/// What lives of both: `inner` lies `offset` bytes after the start of `outer`.
std::vector<LiveBytes> joined_live(const Buffer& outer, const Buffer& inner, std::int64_t offset);

}  // namespace mote
