#include "emulate/plugin/profile.hpp"

#include <gtest/gtest.h>

namespace mote {
namespace {

constexpr std::uint64_t kBegin = 0x100, kEnd = 0x104, kRunner = 0x110;
constexpr std::uint64_t kRun = 0x200, kFirst = 0x300, kSecond = 0x400, kHelper = 0x500;

ProfileOptions two_layers() {
  return {.window_begin = kBegin, .window_end = kEnd, .run = {kRun, kRun + 0x40}, .runner = {0x100, 0x180}, .layer_count = 2,
          .taken_branch_cycles = 2};
}

/// `count` instructions at `address`, one cycle each, 2 bytes each.
CodeBlock block(std::uint64_t address, std::uint32_t count) { return {address, address + 2 * count, count, count}; }

void run_once(Profile& profile, std::uint32_t helper_rounds) {
  profile.execute(block(kRunner, 100));  // before the window
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRunner + 0x20, 2));  // the call
  profile.execute(block(kRun, 3));
  profile.execute(block(kFirst, 10));
  for (std::uint32_t i = 0; i < helper_rounds; ++i) profile.execute(block(kHelper, 5));
  profile.execute(block(kRun + 6, 2));
  profile.execute(block(kSecond, 20));
  profile.execute(block(kRun + 10, 1));
  profile.execute(block(kRunner + 0x24, 1));
  profile.execute(block(kEnd, 50));  // after the window
}

TEST(Profile, TellsLayersApart) {
  Profile profile(two_layers());
  run_once(profile, 1);
  ASSERT_EQ(profile.windows(), 1u);
  EXPECT_EQ(profile.first_calls(), 2u);
  // Every block but those that follow their predecessor without a gap is reached by a taken branch, paid where it was.
  EXPECT_EQ(profile.first_overhead(), (Counts{4, 4 + 3 * 2}));
  EXPECT_EQ(profile.first_layers()[0], (Counts{3 + 10 + 5, 18 + 3 * 2}));
  EXPECT_EQ(profile.first_layers()[1], (Counts{2 + 20 + 1, 23 + 3 * 2}));
  EXPECT_EQ(profile.first_run(), (Counts{41, 41 + 6 * 2}));
}

TEST(Profile, TailCallEndsTheLastLayer) {
  Profile profile(two_layers());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 3));
  profile.execute(block(kFirst, 10));
  profile.execute(block(kRun + 6, 2));
  profile.execute(block(kSecond, 20));
  profile.execute(block(kRunner, 1));
  profile.execute(block(kEnd, 1));
  EXPECT_EQ(profile.first_calls(), 2u);
  EXPECT_EQ(profile.first_layers()[0].instructions, 13u);
  EXPECT_EQ(profile.first_layers()[1].instructions, 22u);
  EXPECT_EQ(profile.first_overhead().instructions, 2u);
}

TEST(Profile, KeepsTheFirstWindowAndTheSpread) {
  Profile profile(two_layers());
  run_once(profile, 2);
  run_once(profile, 1);
  run_once(profile, 4);
  EXPECT_EQ(profile.windows(), 3u);
  EXPECT_EQ(profile.first_run().instructions, 46u);
  EXPECT_EQ(profile.first_layers()[0].instructions, 23u);
  EXPECT_EQ(profile.runs().least.instructions, 41u);
  EXPECT_EQ(profile.runs().greatest.instructions, 56u);
  EXPECT_EQ(profile.runs().sum.instructions, 46u + 41u + 56u);
}

TEST(Profile, MoreCallsThanLayersAreSeen) {
  ProfileOptions options = two_layers();
  options.layer_count = 1;
  Profile profile(options);
  run_once(profile, 0);
  EXPECT_EQ(profile.first_calls(), 2u);
  EXPECT_EQ(profile.first_layers()[0], profile.first_run());
}

TEST(Profile, WorksWithoutLayers) {
  ProfileOptions options = two_layers();
  options.layer_count = 0;
  Profile profile(options);
  run_once(profile, 0);
  EXPECT_EQ(profile.first_run().instructions, 36u);
  EXPECT_TRUE(profile.first_layers().empty());
}

TEST(Profile, BranchFreeFallThroughCostsNothing) {
  Profile profile(two_layers());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 3));
  profile.execute(block(kRun + 6, 2));
  profile.execute(block(kEnd, 1));
  EXPECT_EQ(profile.first_run(), (Counts{5, 5 + 2}));
}

}  // namespace
}  // namespace mote
