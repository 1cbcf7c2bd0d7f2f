#include "emulate/plugin/profile.hpp"

#include <gtest/gtest.h>

namespace mote {
namespace {

constexpr std::uint64_t kBegin = 0x100, kEnd = 0x104, kRunner = 0x110;
constexpr std::uint64_t kRun = 0x200, kFirst = 0x300, kSecond = 0x400, kHelper = 0x500, kLibrary = 0x600;

ProfileOptions options() {
  return {.window_begin = kBegin,
          .window_end = kEnd,
          .run = {{kRun, kRun + 0x40}},
          .helpers = {kHelper},
          .runner = {0x100, 0x180},
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
  Profile profile(options());
  run_once(profile, 1);
  ASSERT_EQ(profile.windows(), 1u);
  ASSERT_EQ(profile.first_layers().size(), 2u);
  // Every block but those that follow their predecessor without a gap is reached by a taken branch, paid where it was.
  EXPECT_EQ(profile.first_overhead(), (Counts{4, 4 + 3 * 2}));
  EXPECT_EQ(profile.first_layers()[0], (Counts{3 + 10 + 5, 18 + 3 * 2}));
  EXPECT_EQ(profile.first_layers()[1], (Counts{2 + 20 + 1, 23 + 3 * 2}));
  EXPECT_EQ(profile.first_run(), (Counts{41, 41 + 6 * 2}));
}

TEST(Profile, TailCallEndsTheLastLayer) {
  Profile profile(options());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 3));
  profile.execute(block(kFirst, 10));
  profile.execute(block(kRun + 6, 2));
  profile.execute(block(kSecond, 20));
  profile.execute(block(kRunner, 1));
  profile.execute(block(kEnd, 1));
  ASSERT_EQ(profile.first_layers().size(), 2u);
  EXPECT_EQ(profile.first_layers()[0].instructions, 13u);
  EXPECT_EQ(profile.first_layers()[1].instructions, 22u);
  EXPECT_EQ(profile.first_overhead().instructions, 2u);
}

TEST(Profile, KeepsTheFirstWindowAndTheSpread) {
  Profile profile(options());
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

std::vector<std::uint64_t> layer_instructions(const Profile& profile) {
  std::vector<std::uint64_t> counts;
  for (const Counts& layer : profile.first_layers()) counts.push_back(layer.instructions);
  return counts;
}

// Three layers row by row, the first two of them the same kernel: a layer is where it is called, not what is called, nor when.
TEST(Profile, ALoopCallsTheSameLayersAgain) {
  Profile profile(options());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 1));
  for (int row = 0; row < 5; ++row) {
    profile.execute(block(kRun + 2, 1));  // call of the first layer
    profile.execute(block(kFirst, 10));
    if (row % 2 == 1) {
      profile.execute(block(kRun + 4, 2));  // of the second
      profile.execute(block(kFirst, 10));
      profile.execute(block(kFirst, 10));
    }
    if (row == 3) {
      profile.execute(block(kRun + 8, 3));  // of the third
      profile.execute(block(kSecond, 100));
    }
    profile.execute(block(kRun + 0xE, 1));  // the loop's end
  }
  profile.execute(block(kRun + 0x10, 4));
  profile.execute(block(kEnd, 1));
  // The loop's end belongs to the next first layer; what comes after the last call to the layer called last, the first.
  EXPECT_EQ(layer_instructions(profile), (std::vector<std::uint64_t>{1 + 5 * (1 + 10 + 1) + 4, 2 * (2 + 20), 3 + 100}));
  std::uint64_t sum = 0;
  for (const std::uint64_t each : layer_instructions(profile)) sum += each;
  EXPECT_EQ(sum, profile.first_run().instructions);
}

TEST(Profile, TheWayToACallDoesNotMatter) {
  Profile profile(options());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 4));
  profile.execute(block(kFirst, 10));
  profile.execute(block(kRun + 4, 2));  // back into the middle of the block that called
  profile.execute(block(kFirst, 10));
  profile.execute(block(kEnd, 1));
  EXPECT_EQ(layer_instructions(profile), (std::vector<std::uint64_t>{26}));
}

TEST(Profile, HelpersOfRunAreNoLayers) {
  Profile profile(options());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 1));
  profile.execute(block(kHelper, 7));
  profile.execute(block(kLibrary, 8));  // which the helper calls
  profile.execute(block(kHelper + 14, 1));
  profile.execute(block(kRun + 2, 1));
  profile.execute(block(kFirst, 10));
  profile.execute(block(kHelper, 7));  // which the layer calls
  profile.execute(block(kFirst + 20, 1));
  profile.execute(block(kRun + 4, 1));
  profile.execute(block(kSecond, 20));
  profile.execute(block(kRun + 6, 1));
  profile.execute(block(kHelper, 7));
  profile.execute(block(kRunner, 1));
  profile.execute(block(kEnd, 1));
  EXPECT_EQ(layer_instructions(profile), (std::vector<std::uint64_t>{1 + 16 + 1 + 10 + 7 + 1, 1 + 20 + 1 + 7}));
}

// Rows that are fed: several calls in one window, and code of the model that the runner calls besides.
TEST(Profile, AWindowMayHoldSeveralCalls) {
  ProfileOptions two_parts = options();
  two_parts.run.push_back({kRun + 0x1000, kRun + 0x1010});
  Profile profile(two_parts);
  profile.execute(block(kBegin, 1));
  for (int row = 0; row < 3; ++row) {
    profile.execute(block(kRunner, 2));
    profile.execute(block(kLibrary, 5));
    profile.execute(block(kRunner + 4, 2));
    profile.execute(block(kRun, 1));
    profile.execute(block(kFirst, 10));
    profile.execute(block(kRun + 2, 1));
    if (row < 2) continue;
    profile.execute(block(kRun + 0x1000, 1));
    profile.execute(block(kSecond, 20));
    profile.execute(block(kRun + 0x1002, 1));
  }
  profile.execute(block(kRunner, 1));
  profile.execute(block(kEnd, 1));
  EXPECT_EQ(layer_instructions(profile), (std::vector<std::uint64_t>{3 * (5 + 1 + 10) + 2, 1 + 1 + 20 + 1}));
  EXPECT_EQ(profile.first_overhead().instructions, 1u + 3 * 4 + 1);
}

TEST(Profile, WorksWithoutCalls) {
  Profile profile(options());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 6));
  profile.execute(block(kEnd, 1));
  EXPECT_EQ(profile.first_run().instructions, 6u);
  EXPECT_TRUE(profile.first_layers().empty());
}

TEST(Profile, BranchFreeFallThroughCostsNothing) {
  Profile profile(options());
  profile.execute(block(kBegin, 1));
  profile.execute(block(kRun, 3));
  profile.execute(block(kRun + 6, 2));
  profile.execute(block(kEnd, 1));
  EXPECT_EQ(profile.first_run(), (Counts{5, 5 + 2}));
}

}  // namespace
}  // namespace mote
