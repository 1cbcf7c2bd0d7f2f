#include "ops/broadcast.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"

namespace mote::test {
namespace {

using Four = std::array<std::int64_t, 4>;

TEST(Broadcast, EqualShapesBecomeOneLoop) {
  const Broadcast walk({2, 3, 4, 5}, {2, 3, 4, 5});
  EXPECT_EQ(walk.extents, (Four{1, 1, 1, 120}));
  EXPECT_EQ(walk.a_steps, (Four{0, 0, 0, 1}));
  EXPECT_EQ(walk.b_steps, (Four{0, 0, 0, 1}));
}

TEST(Broadcast, AChannelVectorNeedsTwo) {
  const Broadcast walk({1, 6, 7, 3}, {3});
  EXPECT_EQ(walk.extents, (Four{1, 1, 42, 3}));
  EXPECT_EQ(walk.a_steps, (Four{0, 0, 3, 1}));
  EXPECT_EQ(walk.b_steps, (Four{0, 0, 0, 1}));
}

TEST(Broadcast, ASingleValueNeedsOne) {
  const Broadcast walk({}, {1, 6, 7});
  EXPECT_EQ(walk.extents, (Four{1, 1, 1, 42}));
  EXPECT_EQ(walk.a_steps, (Four{0, 0, 0, 0}));
}

TEST(Broadcast, AxesThatAlternateStayApart) {
  const Broadcast walk({2, 1, 4, 1}, {1, 3, 1, 5});
  EXPECT_EQ(walk.extents, (Four{2, 3, 4, 5}));
  EXPECT_EQ(walk.a_steps, (Four{4, 0, 1, 0}));
  EXPECT_EQ(walk.b_steps, (Four{0, 5, 0, 1}));
}

TEST(Broadcast, ShapesThatDoNotMatchAreErrors) {
  EXPECT_TRUE(contains(error_of([] { Broadcast({2, 3}, {2, 4}); }), "shapes 2x3 and 2x4 cannot be broadcast together"));
  EXPECT_TRUE(contains(error_of([] { Broadcast({3}, {4, 2}); }), "cannot be broadcast together"));
}

TEST(Broadcast, MoreThanFourLoopsAreAnError) {
  EXPECT_TRUE(contains(error_of([] { Broadcast({2, 1, 2, 1, 2}, {1, 2, 1, 2, 1}); }), "needs more than 4 loops"));
}

TEST(Broadcast, TooManyValuesAreAnError) {
  EXPECT_TRUE(contains(error_of([] { Broadcast({1 << 20, 1}, {1 << 20}); }), "broadcast to too many values"));
}

/// NumPy's rule, one index at a time.
std::size_t index_by_the_rule(const Shape& shape, const Shape& out, std::size_t position) {
  std::size_t index = 0;
  std::size_t step = 1;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto extent = static_cast<std::size_t>(out[out.size() - 1 - i]);
    const std::size_t at = position % extent;
    position /= extent;
    if (i >= shape.size()) continue;
    const auto own = static_cast<std::size_t>(shape[shape.size() - 1 - i]);
    index += (own == 1 ? 0 : at) * step;
    step *= own;
  }
  return index;
}

TEST(Broadcast, VisitsWhatTheRuleSays) {
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    Shape a;
    Shape b;
    const int rank = random.between(0, 5);
    for (int i = 0; i < rank; ++i) {
      const std::int32_t extent = random.between(1, 3);
      a.push_back(random.one_in(3) ? 1 : extent);
      b.push_back(random.one_in(3) ? 1 : extent);
    }
    a.erase(a.begin(), a.begin() + random.between(0, rank));
    const Shape out = Broadcast::shape(a, b);
    try {
      const Broadcast walk(a, b);
      std::size_t next = 0;
      walk.each([&](std::size_t o, std::size_t i, std::size_t j) {
        ASSERT_EQ(o, next++);
        ASSERT_EQ(i, index_by_the_rule(a, out, o)) << to_string(a) << " with " << to_string(b);
        ASSERT_EQ(j, index_by_the_rule(b, out, o)) << to_string(a) << " with " << to_string(b);
      });
      ASSERT_EQ(next, static_cast<std::size_t>(element_count(out)));
    } catch (const Error& error) {
      ASSERT_TRUE(contains(error.what(), "needs more than 4 loops"));
    }
  }
}

}  // namespace
}  // namespace mote::test
