#include "mote/anomaly/running_centres.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mote {
namespace {

struct Modes {
  static constexpr float gain = 0.01F, apart = 25, follow = 25;
};
using Centres = RunningCentres<Modes, 3, 2>;

/// Two ways to run: idle at (0, 0), loaded at (20, 10 + drift).
void run(Centres& centres, std::mt19937& random, int count, float drift) {
  std::normal_distribution<float> noise;
  for (int i = 0; i < count; ++i) {
    const bool loaded = random() % 2 == 0;
    const float values[] = {(loaded ? 20.0F : 0.0F) + noise(random), (loaded ? 10.0F + drift : 0.0F) + noise(random)};
    centres.next(values);
  }
}

TEST(RunningCentres, FindsTheModesAndFollowsThem) {
  std::mt19937 random(1);
  Centres centres;
  run(centres, random, 500, 0);
  ASSERT_EQ(centres.used, 2);
  for (float drift = 0; drift < 8; drift += 0.1F) run(centres, random, 50, drift);
  EXPECT_EQ(centres.used, 2);
  const float loaded[] = {20, 18}, idle[] = {0, 0}, between[] = {10, 9};
  EXPECT_LT(Centres(centres).next(loaded), 2);
  EXPECT_LT(Centres(centres).next(idle), 2);
  EXPECT_GT(Centres(centres).next(between), 60);
}

TEST(RunningCentres, AnAnomalyMovesNothing) {
  std::mt19937 random(2);
  Centres centres;
  run(centres, random, 500, 0);
  const float third[] = {-30, 0}, far[] = {100, 100};
  centres.next(third);
  ASSERT_EQ(centres.used, 3);
  const float first = centres.next(far);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(centres.next(far), first);
}

TEST(RunningCentres, NoNumbersChangeNothing) {
  Centres centres;
  const float bad[] = {std::nanf(""), 0};
  EXPECT_EQ(centres.next(bad), 0);
  EXPECT_EQ(centres.used, 0);
}

}  // namespace
}  // namespace mote
