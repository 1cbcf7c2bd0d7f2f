#include "memory/outer_memory.hpp"

#include <algorithm>

#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

bool holds_state(const PlacedBuffer& buffer, const Graph& graph) {
  return std::any_of(buffer.tensors.begin(), buffer.tensors.end(), [&](TensorId id) { return graph.tensor(id).is_state; });
}

/// Moves a buffer and what lies in it.
void move_to(MemoryPlan& plan, PlacedBuffer& buffer, std::int64_t offset) {
  const std::int64_t by = offset - buffer.offset;
  for (const TensorId id : buffer.tensors) plan.tensor_offsets[static_cast<std::size_t>(id)] += by;
  if (buffer.tensors.empty()) plan.scratch_offsets[static_cast<std::size_t>(buffer.first)] += by;
  buffer.offset = offset;
}

/// Lays the buffers of states one behind another at the start, and says where they end.
std::int64_t gather_states(MemoryPlan& plan, const Graph& graph) {
  std::int64_t end = 0;
  for (PlacedBuffer& buffer : plan.buffers) {
    if (!holds_state(buffer, graph)) continue;
    move_to(plan, buffer, align_up(end, 8));
    end = buffer.offset + buffer.bytes;
  }
  return align_up(end, kMemoryAlignment);
}

/// Offsets of the buffers without state once no byte that only states took lies between them, by index; distances keep their
/// multiples of the alignment.
std::vector<std::int64_t> close_gaps(const MemoryPlan& plan, const Graph& graph, std::int64_t& total) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    if (!holds_state(plan.buffers[i], graph)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return plan.buffers[a].offset < plan.buffers[b].offset; });
  std::vector<std::int64_t> offsets(plan.buffers.size(), 0);
  std::int64_t end = 0, removed = 0;
  for (const std::size_t i : order) {
    const PlacedBuffer& buffer = plan.buffers[i];
    if (buffer.offset > end) removed += (buffer.offset - end) / kMemoryAlignment * kMemoryAlignment;
    end = std::max(end, buffer.offset + buffer.bytes);
    offsets[i] = buffer.offset - removed;
    total = std::max(total, offsets[i] + buffer.bytes);
  }
  return offsets;
}

/// From which node to which a buffer lives for sure: a row region counts as one.
Buffer life_of(const PlacedBuffer& buffer, const std::vector<RowRegion>& regions) {
  Buffer life{buffer.bytes, 8, std::min(buffer.first, buffer.last), std::max(buffer.first, buffer.last)};
  for (const RowRegion& region : regions) {
    const auto begin = static_cast<std::int32_t>(region.first_node()), end = static_cast<std::int32_t>(region.last_node());
    if (life.last < begin || life.first > end) continue;
    life.first = std::min(life.first, begin);
    life.last = std::max(life.last, end);
  }
  return life;
}

}  // namespace

void move_out(MemoryPlan& plan, const Graph& graph, std::string name) {
  std::int64_t total = 0;
  const std::vector<std::int64_t> offsets = close_gaps(plan, graph, total);
  const std::int64_t own = gather_states(plan, graph);
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    if (!holds_state(plan.buffers[i], graph)) move_to(plan, plan.buffers[i], own + offsets[i]);
  }
  plan.outer = {{std::move(name), own, total}};
  plan.arena_bytes = own + total;
}

bool spread_out(MemoryPlan& plan, const Graph& graph, const std::vector<RowRegion>& regions, const std::vector<double>& accesses,
                const std::vector<SpreadRoom>& rooms) {
  MOTE_CHECK(accesses.size() == plan.buffers.size() && !rooms.empty());
  std::int64_t total = 0;
  close_gaps(plan, graph, total);
  const auto cheapest = std::min_element(rooms.begin(), rooms.end(), [](const SpreadRoom& a, const SpreadRoom& b) {
    return a.room.access_cost < b.room.access_cost;
  });
  if (total <= cheapest->room.bytes) {
    move_out(plan, graph, cheapest->name);
    return true;
  }
  std::vector<std::size_t> moved;
  std::vector<Buffer> lives;
  std::vector<double> uses;
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    if (holds_state(plan.buffers[i], graph)) continue;
    moved.push_back(i);
    lives.push_back(life_of(plan.buffers[i], regions));
    uses.push_back(accesses[i]);
  }
  std::vector<Room> sizes;
  for (const SpreadRoom& each : rooms) sizes.push_back(each.room);
  const auto assigned = assign_rooms(lives, uses, sizes);
  if (!assigned) return false;
  std::int64_t end = gather_states(plan, graph);
  std::vector<std::int64_t> begins;
  plan.outer.clear();
  for (std::size_t r = 0; r < rooms.size(); ++r) {
    begins.push_back(end);
    if (assigned->bytes[r] == 0) continue;
    plan.outer.push_back({rooms[r].name, end, assigned->bytes[r]});
    end = align_up(end + assigned->bytes[r], kMemoryAlignment);
  }
  for (std::size_t i = 0; i < moved.size(); ++i)
    move_to(plan, plan.buffers[moved[i]], begins[assigned->rooms[i]] + assigned->offsets[i]);
  plan.arena_bytes = plan.outer.back().begin + plan.outer.back().bytes;
  return true;
}

}  // namespace mote
