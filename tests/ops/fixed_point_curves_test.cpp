#include "ops/fixed_point_curves.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "common/random.hpp"

namespace mote {
namespace {

constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
constexpr int kTrials = 200000;

double real(std::int32_t x, int integer_bits) { return std::ldexp(static_cast<double>(x), integer_bits - 31); }

TEST(FixedPointCurves, ExponentialIsCloseToReal) {
  test::Random random(1);
  for (const int bits : {4, 5}) {
    for (int i = 0; i < kTrials; ++i) {
      const auto x = static_cast<std::int32_t>(random.bits() | 0x80000000U) >> random.below(20);
      ASSERT_NEAR(real(exp_on_negative_values(x, bits), 0), std::exp(real(x, bits)), 3e-7) << x << " in Q" << bits;
    }
    EXPECT_EQ(exp_on_negative_values(0, bits), kMax);
    EXPECT_NEAR(real(exp_on_negative_values(-1, bits), 0), 1.0, 3e-7);
    EXPECT_NEAR(real(exp_on_negative_values(kMin, bits), 0), std::exp(real(kMin, bits)), 1e-9);
  }
}

TEST(FixedPointCurves, ReciprocalIsCloseToReal) {
  test::Random random(2);
  for (int i = 0; i < kTrials; ++i) {
    const auto x = static_cast<std::int32_t>(random.bits() >> 1 >> random.below(20));
    ASSERT_NEAR(real(one_over_one_plus_x(x), 0), 1.0 / (1.0 + real(x, 0)), 1e-8) << x;
  }
  EXPECT_EQ(one_over_one_plus_x(0), kMax);
}

TEST(FixedPointCurves, LogisticAndTanhAreCloseToRealAndSymmetric) {
  test::Random random(3);
  for (int i = 0; i < kTrials; ++i) {
    const auto x = static_cast<std::int32_t>(random.bits() >> 1 >> random.below(20)) + 1;
    ASSERT_NEAR(real(logistic_of_q4(x), 0), 1.0 / (1.0 + std::exp(-real(x, 4))), 3e-7) << x;
    ASSERT_EQ(logistic_of_q4(-x), kMax - logistic_of_q4(x)) << x;
    ASSERT_NEAR(real(tanh_of_q4(x), 0), std::tanh(real(x, 4)), 6e-7) << x;
    ASSERT_EQ(tanh_of_q4(-x), -tanh_of_q4(x)) << x;
  }
  EXPECT_EQ(logistic_of_q4(0), 1 << 30);
  EXPECT_EQ(tanh_of_q4(0), 0);
}

TEST(FixedPointCurves, LogarithmIsCloseToReal) {
  test::Random random(4);
  for (int i = 0; i < kTrials; ++i) {
    const std::int32_t x = std::max((1 << 19), static_cast<std::int32_t>(random.bits() >> 1 >> random.below(12)));
    ASSERT_NEAR(real(log_of_q12(x), 5), std::log(real(x, 12)), 2e-6) << x;
  }
}

TEST(FixedPointCurves, InputRadius) {
  EXPECT_EQ(input_radius(5, 21), 31 * 32);
  EXPECT_EQ(input_radius(4, 27), 15);
  EXPECT_EQ(input_radius(4, 30), 1);
  EXPECT_EQ(input_radius(4, 31), 0);
  EXPECT_EQ(input_radius(5, -10), kMax);
}

TEST(FixedPointCurves, SigmoidTable) {
  const auto& table = sigmoid_table();
  EXPECT_EQ(table[0], 32768);
  EXPECT_EQ(table[1], 33451);
  EXPECT_EQ(table[4], 35493);
  EXPECT_EQ(table[28], 49975);
  EXPECT_EQ(table[254], 65534);
  EXPECT_EQ(table[255], 65535);
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_NEAR(table[i], 65536.0 / (1.0 + std::exp(-static_cast<double>(i) / 24.0)), 1.2) << i;
    EXPECT_GE(table[i], table[i == 0 ? 0 : i - 1]) << i;
  }
}

TEST(FixedPointCurves, InterpolatedTablesAreCloseToReal) {
  ASSERT_EQ(exp_table().size(), 513U);
  ASSERT_EQ(reciprocal_table().size(), 513U);
  for (int x = -32768; x <= 32767; ++x) {
    const auto at = static_cast<std::int16_t>(x);
    ASSERT_NEAR(interpolate(exp_table(), at), std::min(32767.0, 32768.0 * std::exp((x - 32767) * 10.0 / 65535.0)), 8.0) << x;
    ASSERT_NEAR(interpolate(reciprocal_table(), at), std::min(32767.0, 32768.0 / (1.0 + (x + 32768) / 65535.0)), 2.0) << x;
  }
}

}  // namespace
}  // namespace mote
