#include "mote/anomaly/running_baseline.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

namespace mote {
namespace {

struct Hourly {
  static constexpr float short_gain = 0.2F, long_gain = 0.002F, spread_gain = 0.002F, most_step = 3;
  static constexpr std::uint32_t warm_up = 200;
};

/// The largest score in size over `count` values around `mean`.
template <typename Baseline>
float most(Baseline& baseline, std::mt19937& random, int count, float mean) {
  std::normal_distribution<float> noise(mean, 1);
  float result = 0;
  for (int i = 0; i < count; ++i) result = std::max(result, std::abs(baseline.next(noise(random))));
  return result;
}

TEST(RunningBaseline, AShiftStandsOutAndBecomesNormalInTime) {
  std::mt19937 random(1);
  RunningBaseline<Hourly> baseline;
  EXPECT_EQ(most(baseline, random, 200, 50), 0) << "nothing is judged while it warms up";
  EXPECT_LT(most(baseline, random, 2000, 50), 5);
  EXPECT_GT(most(baseline, random, 50, 56), 8);
  most(baseline, random, 5000, 56);
  EXPECT_LT(most(baseline, random, 1000, 56), 5);
}

TEST(RunningBaseline, WhatIsNoNumberChangesNothing) {
  std::mt19937 random(2);
  RunningBaseline<Hourly> baseline;
  most(baseline, random, 500, 5);
  const RunningBaseline<Hourly> before = baseline;
  EXPECT_EQ(baseline.next(std::nanf("")), 0);
  EXPECT_EQ(baseline.next(HUGE_VALF), 0);
  EXPECT_EQ(std::memcmp(&before, &baseline, sizeof baseline), 0);
}

TEST(RunningBaseline, SavedAndRestoredItGoesOnAlike) {
  std::mt19937 random(3);
  RunningBaseline<Hourly> baseline;
  most(baseline, random, 500, 5);
  unsigned char saved[sizeof baseline];
  std::memcpy(saved, &baseline, sizeof baseline);
  RunningBaseline<Hourly> restored;
  std::memcpy(&restored, saved, sizeof baseline);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(baseline.next(static_cast<float>(i % 7)), restored.next(static_cast<float>(i % 7)));
}

TEST(RunningBaseline, AConstantIsNeverAnAnomaly) {
  RunningBaseline<Hourly> baseline;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(baseline.next(3), 0);
}

}  // namespace
}  // namespace mote
