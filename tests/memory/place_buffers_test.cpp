#include "memory/place_buffers.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"

namespace mote {
namespace {

void expect_sound(const std::vector<Buffer>& buffers, const Placement& placement) {
  ASSERT_EQ(placement.offsets.size(), buffers.size());
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_GE(placement.offsets[i], 0);
    EXPECT_EQ(placement.offsets[i] % buffers[i].alignment, 0);
    EXPECT_LE(placement.offsets[i] + buffers[i].bytes, placement.total_bytes);
    for (std::size_t j = 0; j < i; ++j) {
      const bool live_together = buffers[i].first <= buffers[j].last && buffers[j].first <= buffers[i].last;
      const bool overlap = placement.offsets[i] < placement.offsets[j] + buffers[j].bytes && placement.offsets[j] < placement.offsets[i] + buffers[i].bytes;
      EXPECT_FALSE(live_together && overlap) << i << " and " << j;
    }
  }
}

TEST(PlaceBuffers, NothingTakesNothing) {
  EXPECT_EQ(place_buffers({}).total_bytes, 0);
  EXPECT_EQ(most_live_bytes({}), 0);
}

TEST(PlaceBuffers, AChainNeedsItsLargestPair) {
  const std::vector<Buffer> chain{{100, 4, 0, 0}, {300, 4, 0, 1}, {200, 4, 1, 2}, {50, 4, 2, 3}};
  EXPECT_EQ(most_live_bytes(chain), 500);
  const Placement placement = place_buffers(chain);
  EXPECT_EQ(placement.total_bytes, 500);
  expect_sound(chain, placement);
}

TEST(PlaceBuffers, ReachesTheBoundWhereTheGreedyOrdersDoNot) {
  // A and E live throughout one half each; largest first and longest first both leave a hole.
  const std::vector<Buffer> buffers{{40, 4, 0, 2}, {24, 4, 1, 3}, {16, 4, 0, 0}, {32, 4, 3, 5}, {40, 4, 4, 6}, {8, 4, 2, 4}};
  const Placement placement = place_buffers(buffers);
  expect_sound(buffers, placement);
  EXPECT_EQ(placement.total_bytes, most_live_bytes(buffers));
}

TEST(PlaceBuffers, KeepsAlignment) {
  const std::vector<Buffer> buffers{{3, 4, 0, 1}, {8, 8, 0, 1}, {1, 4, 0, 1}};
  expect_sound(buffers, place_buffers(buffers));
}

TEST(PlaceBuffers, RandomOnesAreSoundAndNotBelowTheBound) {
  test::Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Buffer> buffers(static_cast<std::size_t>(random.between(1, 12)));
    for (Buffer& buffer : buffers) {
      const std::int32_t first = random.between(0, 8);
      buffer = {random.between(1, 60), random.one_in(4) ? 8 : 4, first, random.between(first, 9)};
    }
    const Placement placement = place_buffers(buffers);
    expect_sound(buffers, placement);
    EXPECT_GE(placement.total_bytes, most_live_bytes(buffers));
    EXPECT_EQ(placement.offsets, place_buffers(buffers).offsets);
  }
}

}  // namespace
}  // namespace mote
