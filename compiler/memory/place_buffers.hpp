#pragma once

#include <cstdint>
#include <vector>

namespace mote {

/// A run of bytes that lives from step `first` to step `last`, both included.
struct Buffer {
  std::int64_t bytes = 0;
  std::int64_t alignment = 4;
  std::int32_t first = 0, last = 0;
};

struct Placement {
  std::vector<std::int64_t> offsets;
  std::int64_t total_bytes = 0;
};

/// The most bytes that live at any one step: no placement is smaller.
std::int64_t most_live_bytes(const std::vector<Buffer>& buffers);

/// Offsets for buffers such that no two that live at once overlap. Greedy orders first, then branch and bound over placement
/// orders until the lower bound is met or the search budget is spent. The same input gives the same output.
Placement place_buffers(const std::vector<Buffer>& buffers);

}  // namespace mote
