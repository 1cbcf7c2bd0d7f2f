#include "memory/rooms.hpp"

#include <algorithm>
#include <numeric>

#include "support/error.hpp"

namespace mote {

namespace {

constexpr int kSearchBudget = 5'000, kPlacementSteps = 1'000;
constexpr std::size_t kNoRoom = SIZE_MAX;

class Assigner {
 public:
  Assigner(const std::vector<Buffer>& buffers, const std::vector<double>& accesses, const std::vector<Room>& rooms)
      : buffers_(buffers), accesses_(accesses), rooms_(rooms), room_of_(buffers.size(), kNoRoom) {
    by_cost_.resize(rooms.size());
    std::iota(by_cost_.begin(), by_cost_.end(), 0);
    std::stable_sort(by_cost_.begin(), by_cost_.end(),
                     [&](std::size_t a, std::size_t b) { return rooms[a].access_cost < rooms[b].access_cost; });
  }

  std::optional<RoomPlan> assign() {
    std::vector<std::size_t> order(buffers_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto greedy = [&](auto&& value) {
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
      fill(order);
    };
    const auto bytes = [&](std::size_t i) { return static_cast<double>(std::max<std::int64_t>(buffers_[i].bytes, 1)); };
    const auto span = [&](std::size_t i) { return static_cast<double>(buffers_[i].last - buffers_[i].first + 1); };
    greedy([&](std::size_t i) { return accesses_[i] / bytes(i) / span(i); });
    greedy([&](std::size_t i) { return accesses_[i] / bytes(i); });
    greedy(bytes);
    greedy([&](std::size_t i) { return accesses_[i]; });
    order_ = order;
    search(0, 0);
    return best_;
  }

 private:
  /// Each in the cheapest room that has space for it beside what is there.
  void fill(const std::vector<std::size_t>& order) {
    std::fill(room_of_.begin(), room_of_.end(), kNoRoom);
    for (const std::size_t i : order) {
      for (const std::size_t room : by_cost_) {
        room_of_[i] = room;
        if (most_live_bytes(in_room(room)) <= rooms_[room].bytes && place(room).total_bytes <= rooms_[room].bytes) break;
        room_of_[i] = kNoRoom;
      }
      if (room_of_[i] == kNoRoom) return;
    }
    keep();
  }

  /// Depth first, the most used buffers first; a branch that cannot cost less than the best, or whose bytes at one moment do not
  /// fit, is cut.
  void search(std::size_t placed, double cost) {
    if (placed == 0) std::fill(room_of_.begin(), room_of_.end(), kNoRoom);
    if (placed == order_.size()) return keep();
    double rest = 0;
    for (std::size_t i = placed; i < order_.size(); ++i) rest += accesses_[order_[i]];
    for (const std::size_t room : by_cost_) {
      const std::size_t i = order_[placed];
      if (best_ &&
          cost + accesses_[i] * rooms_[room].access_cost + (rest - accesses_[i]) * rooms_[by_cost_[0]].access_cost >= best_->cost)
        return;
      if (++visited_ > kSearchBudget) return;
      room_of_[i] = room;
      if (most_live_bytes(in_room(room)) <= rooms_[room].bytes)
        search(placed + 1, cost + accesses_[i] * rooms_[room].access_cost);
      room_of_[i] = kNoRoom;
    }
  }

  std::vector<Buffer> in_room(std::size_t room) const {
    std::vector<Buffer> list;
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      if (room_of_[i] == room) list.push_back(buffers_[i]);
    }
    return list;
  }

  Placement place(std::size_t room) const { return place_buffers(in_room(room), {}, kPlacementSteps); }

  void keep() {
    RoomPlan plan{room_of_, std::vector<std::int64_t>(buffers_.size()), {}, 0};
    for (std::size_t i = 0; i < buffers_.size(); ++i) plan.cost += accesses_[i] * rooms_[room_of_[i]].access_cost;
    if (best_ && plan.cost >= best_->cost) return;
    for (std::size_t room = 0; room < rooms_.size(); ++room) {
      const Placement placement = place(room);
      if (placement.total_bytes > rooms_[room].bytes) return;
      plan.bytes.push_back(placement.total_bytes);
      std::size_t next = 0;
      for (std::size_t i = 0; i < buffers_.size(); ++i) {
        if (room_of_[i] == room) plan.offsets[i] = placement.offsets[next++];
      }
    }
    best_ = std::move(plan);
  }

  const std::vector<Buffer>& buffers_;
  const std::vector<double>& accesses_;
  const std::vector<Room>& rooms_;
  std::vector<std::size_t> by_cost_, order_;
  std::vector<std::size_t> room_of_;  // by buffer
  std::optional<RoomPlan> best_;
  int visited_ = 0;
};

}  // namespace

std::optional<RoomPlan> assign_rooms(const std::vector<Buffer>& buffers, const std::vector<double>& accesses,
                                     const std::vector<Room>& rooms) {
  MOTE_CHECK(buffers.size() == accesses.size() && !rooms.empty());
  return Assigner(buffers, accesses, rooms).assign();
}

}  // namespace mote
