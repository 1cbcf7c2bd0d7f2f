#pragma once

#include <cstdint>
#include <vector>

#include "memory/buffer.hpp"

namespace mote {

struct Placement {
  std::vector<std::int64_t> offsets;
  std::int64_t total_bytes = 0;
};

/// Bytes that live at each tick, less what close buffers share.
std::vector<std::int64_t> live_bytes_by_tick(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close = {});

/// The most bytes that live at any one tick: no placement is smaller.
std::int64_t most_live_bytes(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close = {});

/// Offsets for buffers such that no live bytes of two lie in one place, except where they are close. Buffers are
/// placed greedily in several orders; the best is improved for some `turns`, and where there are few, branch and bound goes on until
/// the lower bound is met. The same input gives the same output.
Placement place_buffers(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close = {}, int turns = 400);

}  // namespace mote
