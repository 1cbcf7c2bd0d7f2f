#include "memory/rooms.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"

namespace mote::test {
namespace {

bool meet(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

/// No room is too small, and no two that live at once overlap in one.
void expect_sound(const std::vector<Buffer>& buffers, const std::vector<double>& accesses, const std::vector<Room>& rooms,
                  const RoomPlan& plan) {
  double cost = 0;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    ASSERT_LT(plan.rooms[i], rooms.size());
    ASSERT_GE(plan.offsets[i], 0);
    ASSERT_LE(plan.offsets[i] + buffers[i].bytes, plan.bytes[plan.rooms[i]]);
    cost += accesses[i] * rooms[plan.rooms[i]].access_cost;
    for (std::size_t j = 0; j < i; ++j) {
      if (plan.rooms[i] != plan.rooms[j] || !meet(buffers[i], buffers[j])) continue;
      ASSERT_TRUE(plan.offsets[i] + buffers[i].bytes <= plan.offsets[j] || plan.offsets[j] + buffers[j].bytes <= plan.offsets[i]);
    }
  }
  for (std::size_t room = 0; room < rooms.size(); ++room) ASSERT_LE(plan.bytes[room], rooms[room].bytes);
  ASSERT_DOUBLE_EQ(plan.cost, cost);
}

/// The least cost of all ways to assign, with what each room holds placed by itself; below 0: there is none.
double least_cost(const std::vector<Buffer>& buffers, const std::vector<double>& accesses, const std::vector<Room>& rooms) {
  double least = -1;
  std::size_t ways = 1;
  for (std::size_t i = 0; i < buffers.size(); ++i) ways *= rooms.size();
  for (std::size_t way = 0; way < ways; ++way) {
    std::vector<std::vector<Buffer>> held(rooms.size());
    double cost = 0;
    for (std::size_t i = 0, rest = way; i < buffers.size(); ++i, rest /= rooms.size()) {
      held[rest % rooms.size()].push_back(buffers[i]);
      cost += accesses[i] * rooms[rest % rooms.size()].access_cost;
    }
    if (least >= 0 && cost >= least) continue;
    bool fits = true;
    for (std::size_t room = 0; room < rooms.size(); ++room)
      fits = fits && place_buffers(held[room]).total_bytes <= rooms[room].bytes;
    if (fits) least = cost;
  }
  return least;
}

TEST(Rooms, HoldWhatIsUsedMostInTheFastest) {
  const std::vector<Buffer> buffers{{100, 4, 0, 3}, {100, 4, 0, 3}, {60, 4, 4, 5}};
  const auto plan = assign_rooms(buffers, {10, 1000, 50}, {{100, 1}, {1000, 4}});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->rooms, (std::vector<std::size_t>{1, 0, 0}));  // the third takes the place of the second
  EXPECT_EQ(plan->bytes, (std::vector<std::int64_t>{100, 100}));
  EXPECT_DOUBLE_EQ(plan->cost, 10 * 4 + 1000 + 50);
}

TEST(Rooms, OfOneMemoryAreItsPlacement) {
  const std::vector<Buffer> buffers{{32, 4, 0, 1}, {16, 4, 1, 2}, {32, 4, 2, 3}};
  const auto plan = assign_rooms(buffers, {1, 1, 1}, {{48, 1}});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->bytes[0], place_buffers(buffers).total_bytes);
}

TEST(Rooms, ThatAreTooSmallGiveNothing) { EXPECT_FALSE(assign_rooms({{100, 4, 0, 1}}, {1}, {{64, 1}, {96, 2}}).has_value()); }

TEST(Rooms, CostNoMoreThanAnyOtherWay) {
  int some = 0;
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<Buffer> buffers;
    std::vector<double> accesses;
    const int count = random.between(1, 6);
    for (int i = 0; i < count; ++i) {
      const std::int32_t first = random.between(0, 6);
      buffers.push_back({4 * random.between(1, 30), 4, first, first + random.between(0, 3)});
      accesses.push_back(random.between(1, 1000));
    }
    std::vector<Room> rooms;
    const int memories = random.between(1, 3);
    for (int i = 0; i < memories; ++i) rooms.push_back({4 * random.between(10, 60), static_cast<double>(random.between(1, 9))});
    const double least = least_cost(buffers, accesses, rooms);
    const auto plan = assign_rooms(buffers, accesses, rooms);
    ASSERT_EQ(plan.has_value(), least >= 0);
    if (!plan) continue;
    ++some;
    expect_sound(buffers, accesses, rooms, *plan);
    ASSERT_DOUBLE_EQ(plan->cost, least);
  }
  EXPECT_GT(some, 100);
}

TEST(Rooms, AreSoundForManyBuffers) {
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<Buffer> buffers;
    std::vector<double> accesses;
    for (int i = 0; i < 40; ++i) {
      const std::int32_t first = random.between(0, 40);
      buffers.push_back({random.between(1, 5000), 4, first, first + random.between(0, 4)});
      accesses.push_back(random.between(1, 100'000));
    }
    const std::vector<Room> rooms{{4096, 1}, {16384, 2}, {1 << 20, 8}};
    const auto plan = assign_rooms(buffers, accesses, rooms);
    ASSERT_TRUE(plan.has_value());
    expect_sound(buffers, accesses, rooms, *plan);
  }
}

}  // namespace
}  // namespace mote::test
