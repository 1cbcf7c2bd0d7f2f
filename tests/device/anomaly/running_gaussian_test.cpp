#include "mote/anomaly/running_gaussian.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <random>

namespace mote {
namespace {

struct Slow {
  static constexpr float gain = 0.001F, most_distance = 16, ridge = 1e-4F;
  static constexpr std::uint32_t warm_up = 500;
};
using Gaussian = RunningGaussian<Slow, 3>;

/// Two features that go together, and one alone.
std::array<float, 3> normal(std::mt19937& random) {
  std::normal_distribution<float> noise;
  const float common = noise(random);
  return {10 + 3 * common, -5 + 2 * common + 0.1F * noise(random), 0.5F * noise(random)};
}

Gaussian learned(std::mt19937& random, int count) {
  Gaussian gaussian;
  for (int i = 0; i < count; ++i) gaussian.next(normal(random).data());
  return gaussian;
}

TEST(RunningGaussian, NormalVectorsAreAsFarAsTheyHaveFeatures) {
  std::mt19937 random(1);
  Gaussian gaussian = learned(random, 5000);
  double sum = 0;
  for (int i = 0; i < 5000; ++i) sum += gaussian.next(normal(random).data());
  EXPECT_NEAR(sum / 5000, 3, 0.3);
}

TEST(RunningGaussian, TheDistanceIsThatOfTheMatrix) {
  std::mt19937 random(2);
  const Gaussian gaussian = learned(random, 1000);
  // By the adjugate, in double.
  const auto c = [&](int i, int j) {
    return double{gaussian.covariance[std::max(i, j) * (std::max(i, j) + 1) / 2 + std::min(i, j)]};
  };
  const double ridge = double{Slow::ridge} * (c(0, 0) + c(1, 1) + c(2, 2)) / 3;
  const auto m = [&](int i, int j) { return c(i, j) + (i == j ? ridge : 0); };
  const auto minor = [&](int i, int j) {
    const int a = (i + 1) % 3, b = (i + 2) % 3, d = (j + 1) % 3, e = (j + 2) % 3;
    return m(a, d) * m(b, e) - m(a, e) * m(b, d);
  };
  const double determinant = m(0, 0) * minor(0, 0) + m(0, 1) * minor(0, 1) + m(0, 2) * minor(0, 2);
  const float stray[] = {1, -2, 0.7F};
  double expected = 0;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) expected += double{stray[i]} * double{stray[j]} * minor(i, j) / determinant;
  }
  EXPECT_NEAR(gaussian.distance(stray) / expected, 1, 1e-3);
}

TEST(RunningGaussian, TellsWhatEachFeatureAloneDoesNot) {
  std::mt19937 random(3);
  Gaussian gaussian = learned(random, 5000);
  const float apart[] = {13, -7, 0};  // each is usual, together they are not
  EXPECT_GT(gaussian.next(apart), 100);
}

TEST(RunningGaussian, AnAnomalyDoesNotBecomeNormalAtOnce) {
  std::mt19937 random(4);
  Gaussian gaussian = learned(random, 5000);
  const float far[] = {1000, 1000, 1000};
  for (int i = 0; i < 10; ++i) EXPECT_GT(gaussian.next(far), 1000);
  double sum = 0;
  for (int i = 0; i < 500; ++i) sum += gaussian.next(normal(random).data());
  EXPECT_LT(sum / 500, 6);
}

TEST(RunningGaussian, ConstantFeaturesAndNoNumbersDoNoHarm) {
  Gaussian gaussian;
  const float same[] = {1, 2, 3};
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(gaussian.next(same), 0);
  Gaussian before = gaussian;
  const float bad[] = {1, std::nanf(""), 3};
  EXPECT_EQ(gaussian.next(bad), 0);
  EXPECT_EQ(std::memcmp(&before, &gaussian, sizeof gaussian), 0);
}

}  // namespace
}  // namespace mote
