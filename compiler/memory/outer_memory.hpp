#pragma once

#include <span>
#include <string>
#include <vector>

#include "memory/plan_memory.hpp"
#include "memory/rooms.hpp"
#include "rows/row_region.hpp"

namespace mote {

/// Every memory begins at such a multiple.
inline constexpr std::int64_t kMemoryAlignment = 16;

/// Leaves state in the model object and moves everything else to one outer memory of that name, where it lies as it did.
void move_out(MemoryPlan& plan, const Graph& graph, std::string name);

/// A memory that buffers may be spread over.
struct SpreadRoom {
  std::string name;
  Room room;
};

/// Leaves state in the model object and spreads everything else over outer memories so that accesses cost least (assign_rooms);
/// memories that stay empty are left out. `accesses`: by index of `plan.buffers`. What lives at one node, or at any in one row
/// region, does not overlap any more, unless everything fits the cheapest memory as it lies. False, with nothing changed, when
/// there is no room.
bool spread_out(MemoryPlan& plan, const Graph& graph, const std::vector<RowRegion>& regions, const std::vector<double>& accesses,
                const std::vector<SpreadRoom>& rooms);

}  // namespace mote
