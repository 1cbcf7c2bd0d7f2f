// What the operators that learn what is normal promise, on signals made for it.

#include <array>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "common/state_nodes.hpp"
#include "common/values.hpp"

namespace mote::test {
namespace {

OneNode baseline() {
  return OneNode("running_baseline", 1,
                 {{"short_gain", 0.2F}, {"long_gain", 0.002F}, {"spread_gain", 0.002F}, {"most_step", 3.0F}, {"warm_up", 200}});
}

/// The largest score in size over `count` values around `mean`.
float most(OneNode& node, std::mt19937& random, int count, float mean) {
  std::normal_distribution<float> noise(mean, 1);
  float result = 0;
  for (int i = 0; i < count; ++i) result = std::max(result, std::abs(node.number({noise(random)})));
  return result;
}

TEST(RunningBaseline, AShiftStandsOutAndBecomesNormalInTime) {
  std::mt19937 random(1);
  OneNode node = baseline();
  EXPECT_EQ(most(node, random, 200, 50), 0) << "nothing is judged while it warms up";
  EXPECT_LT(most(node, random, 2000, 50), 5);
  EXPECT_GT(most(node, random, 50, 56), 8);
  most(node, random, 5000, 56);
  EXPECT_LT(most(node, random, 1000, 56), 5);
}

TEST(RunningBaseline, WhatIsNoNumberChangesNothingAndAGapNeither) {
  std::mt19937 random(2);
  OneNode node = baseline();
  most(node, random, 500, 5);
  const Bytes levels = node.state("levels"), seen = node.state("seen");
  EXPECT_EQ(node.number({std::nanf("")}), 0);
  EXPECT_EQ(node.number({HUGE_VALF}), 0);
  node.evaluator().restart();
  EXPECT_EQ(node.state("levels"), levels);
  EXPECT_EQ(node.state("seen"), seen);
}

TEST(RunningBaseline, AConstantIsNeverAnAnomaly) {
  OneNode node = baseline();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(node.number({3}), 0);
}

TEST(RunningBaseline, ASignalThatStoodStillIsLearnedWhenItMoves) {
  std::mt19937 random(5);
  OneNode node = baseline();
  for (int i = 0; i < 400; ++i) node.run({50});
  EXPECT_GT(most(node, random, 20, 51), 5) << "what has never moved is strange at first";
  most(node, random, 5000, 51);
  const float usual = most(node, random, 1000, 51);
  EXPECT_GT(usual, 1);
  EXPECT_LT(usual, 5);
}

OneNode gaussian() {
  return OneNode("running_gaussian", 3, {{"gain", 0.001F}, {"most_distance", 16.0F}, {"ridge", 1e-4F}, {"warm_up", 500}});
}

/// Two features that go together, and one alone.
std::vector<float> normal(std::mt19937& random) {
  std::normal_distribution<float> noise;
  const float common = noise(random);
  return {10 + 3 * common, -5 + 2 * common + 0.1F * noise(random), 0.5F * noise(random)};
}

OneNode learned(std::mt19937& random, int count) {
  OneNode node = gaussian();
  for (int i = 0; i < count; ++i) node.run(normal(random));
  return node;
}

TEST(RunningGaussian, NormalVectorsAreAsFarAsTheyHaveFeatures) {
  std::mt19937 random(1);
  OneNode node = learned(random, 5000);
  double sum = 0;
  for (int i = 0; i < 5000; ++i) sum += node.number(normal(random));
  EXPECT_NEAR(sum / 5000, 3, 0.3);
}

TEST(RunningGaussian, TheDistanceIsThatOfTheMatrix) {
  std::mt19937 random(2);
  OneNode node = learned(random, 1000);
  // By the adjugate, in double.
  const std::vector<float> mean = values_of<float>(node.state("mean")), covariance = values_of<float>(node.state("covariance"));
  const auto c = [&](int i, int j) {
    return double{covariance[static_cast<std::size_t>(std::max(i, j) * (std::max(i, j) + 1) / 2 + std::min(i, j))]};
  };
  const double ridge = 1e-4 * (c(0, 0) + c(1, 1) + c(2, 2)) / 3;
  const auto m = [&](int i, int j) { return c(i, j) + (i == j ? ridge : 0); };
  const auto minor = [&](int i, int j) {
    const int a = (i + 1) % 3, b = (i + 2) % 3, d = (j + 1) % 3, e = (j + 2) % 3;
    return m(a, d) * m(b, e) - m(a, e) * m(b, d);
  };
  const double determinant = m(0, 0) * minor(0, 0) + m(0, 1) * minor(0, 1) + m(0, 2) * minor(0, 2);
  const std::array<double, 3> stray{1, -2, 0.7};
  double expected = 0;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j)
      expected += stray[static_cast<std::size_t>(i)] * stray[static_cast<std::size_t>(j)] * minor(i, j) / determinant;
  }
  EXPECT_NEAR(node.number({mean[0] + 1, mean[1] - 2, mean[2] + 0.7F}) / expected, 1, 1e-3);
}

TEST(RunningGaussian, TellsWhatEachFeatureAloneDoesNot) {
  std::mt19937 random(3);
  EXPECT_GT(learned(random, 5000).number({13, -7, 0}), 100) << "each is usual, together they are not";
}

TEST(RunningGaussian, AnAnomalyDoesNotBecomeNormalAtOnce) {
  std::mt19937 random(4);
  OneNode node = learned(random, 5000);
  for (int i = 0; i < 10; ++i) EXPECT_GT(node.number({1000, 1000, 1000}), 1000);
  double sum = 0;
  for (int i = 0; i < 500; ++i) sum += node.number(normal(random));
  EXPECT_LT(sum / 500, 6);
}

TEST(RunningGaussian, ConstantFeaturesAndNoNumbersDoNoHarm) {
  OneNode node = gaussian();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(node.number({1, 2, 3}), 0);
  const Bytes before = node.state("covariance");
  EXPECT_EQ(node.number({1, std::nanf(""), 3}), 0);
  EXPECT_EQ(node.state("covariance"), before);
}

OneNode centres() {
  return OneNode("running_centres", 2, {{"centres", 3}, {"gain", 0.01F}, {"apart", 25.0F}, {"follow", 25.0F}});
}

/// Two ways to run: idle at (0, 0), loaded at (20, 10 + drift).
void run_machine(OneNode& node, std::mt19937& random, int count, float drift) {
  std::normal_distribution<float> noise;
  for (int i = 0; i < count; ++i) {
    const bool loaded = random() % 2 == 0;
    node.run({(loaded ? 20.0F : 0.0F) + noise(random), (loaded ? 10.0F + drift : 0.0F) + noise(random)});
  }
}
std::ptrdiff_t used(const OneNode& node) {
  const auto members = values_of<std::int32_t>(node.state("members"));
  return std::count_if(members.begin(), members.end(), [](std::int32_t count) { return count > 0; });
}

TEST(RunningCentres, FindsTheModesAndFollowsThem) {
  std::mt19937 random(1);
  OneNode node = centres();
  run_machine(node, random, 500, 0);
  ASSERT_EQ(used(node), 2);
  for (float drift = 0; drift < 8; drift += 0.1F) run_machine(node, random, 50, drift);
  EXPECT_EQ(used(node), 2);
  EXPECT_LT(node.number({20, 18}), 2);
  EXPECT_LT(node.number({0, 0}), 2);
  EXPECT_GT(node.number({10, 9}), 60);
}

TEST(RunningCentres, AnAnomalyMovesNothing) {
  std::mt19937 random(2);
  OneNode node = centres();
  run_machine(node, random, 500, 0);
  node.run({-30, 0});
  ASSERT_EQ(used(node), 3);
  const float first = node.number({100, 100});
  for (int i = 0; i < 50; ++i) ASSERT_EQ(node.number({100, 100}), first);
}

TEST(RunningCentres, NoNumbersChangeNothing) {
  OneNode node = centres();
  EXPECT_EQ(node.number({std::nanf(""), 0}), 0);
  EXPECT_EQ(used(node), 0);
}

}  // namespace
}  // namespace mote::test
