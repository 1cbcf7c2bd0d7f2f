#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "memory/place_buffers.hpp"

namespace mote {

/// A memory as the assignment sees it.
struct Room {
  std::int64_t bytes = 0;
  double access_cost = 1;  ///< of one access, in any unit that is the same for all
};

/// Which room each buffer lies in, and where.
struct RoomPlan {
  std::vector<std::size_t> rooms;     ///< by buffer
  std::vector<std::int64_t> offsets;  ///< by buffer, in its room
  std::vector<std::int64_t> bytes;    ///< by room: what of it is taken
  double cost = 0;                    ///< of all accesses
};

/// Buffers in rooms such that each room has space for what lies in it and accesses cost least in all; none when no way was found
/// to make everything fit. The best of some greedy ways, then branch and bound with a budget. The same input gives the same
/// output.
std::optional<RoomPlan> assign_rooms(const std::vector<Buffer>& buffers, const std::vector<double>& accesses,
                                     const std::vector<Room>& rooms);

}  // namespace mote
