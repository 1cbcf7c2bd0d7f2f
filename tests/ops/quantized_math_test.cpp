#include "ops/quantized_math.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"

namespace mote {
namespace {

constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();

TEST(QuantizedMath, MultiplierIsAFractionAndAPowerOfTwo) {
  const auto expect = [](double real, std::int32_t multiplier, std::int32_t shift) {
    const Multiplier made = quantize_multiplier(real);
    EXPECT_EQ(made.multiplier, multiplier) << real;
    EXPECT_EQ(made.shift, shift) << real;
  };
  expect(0.0, 0, 0);
  expect(0.5, 1 << 30, 0);
  expect(1.0, 1 << 30, 1);
  expect(0.75, 3 << 29, 0);
  expect(-0.75, -(3 << 29), 0);
  expect(3.0, 3 << 29, 2);
  expect(std::ldexp(1.0, -32), 1 << 30, -31);
  expect(std::ldexp(1.0, -33), 0, 0);
  // A fraction that rounds up to one.
  expect(1.0 - std::ldexp(1.0, -40), 1 << 30, 1);
  EXPECT_TRUE(test::contains(test::error_of([] { quantize_multiplier(std::ldexp(1.0, 30)); }), "too large"));
}

TEST(QuantizedMath, MultiplierIsCloseToReal) {
  test::Random random(1);
  for (int i = 0; i < 10000; ++i) {
    const double value = std::ldexp(0.5 + static_cast<double>(random.bits()) / 8589934592.0, random.between(-20, 20));
    const Multiplier made = quantize_multiplier(value);
    ASSERT_GE(made.multiplier, 1 << 30);
    ASSERT_NEAR(std::ldexp(static_cast<double>(made.multiplier), made.shift - 31) / value, 1.0, 1e-9);
  }
}

TEST(QuantizedMath, HighMultiplicationRoundsTiesUp) {
  EXPECT_EQ(saturating_rounding_doubling_high_mul(3, 1 << 30), 2);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(-3, 1 << 30), -1);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(1, 1 << 30), 1);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(-1, 1 << 30), 0);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(kMin, kMin), kMax);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(kMin, kMax), -kMax);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(kMax, kMax), kMax - 1);
}

TEST(QuantizedMath, DivisionRoundsTiesAwayFromZero) {
  EXPECT_EQ(rounding_divide_by_power_of_two(5, 1), 3);
  EXPECT_EQ(rounding_divide_by_power_of_two(-5, 1), -3);
  EXPECT_EQ(rounding_divide_by_power_of_two(-6, 2), -2);
  EXPECT_EQ(rounding_divide_by_power_of_two(5, 2), 1);
  EXPECT_EQ(rounding_divide_by_power_of_two(kMin, 31), -1);
  EXPECT_EQ(rounding_divide_by_power_of_two(kMax, 31), 1);
  EXPECT_EQ(rounding_divide_by_power_of_two(1 << 30, 31), 1);
  EXPECT_EQ(rounding_divide_by_power_of_two((1 << 30) - 1, 31), 0);
  EXPECT_EQ(rounding_divide_by_power_of_two(-7, 0), -7);
}

TEST(QuantizedMath, RequantizationRoundsTwice) {
  // 0.25 as 0.5 / 2: 5 * 0.5 rounds to 3, whose half rounds to 2.
  EXPECT_EQ(requantize(std::int32_t{5}, {1 << 30, -1}), 2);
  EXPECT_EQ(requantize(std::int32_t{-5}, {1 << 30, -1}), -1);
  EXPECT_EQ(requantize(std::int32_t{-7}, quantize_multiplier(1.0)), -7);
  // A left shift wraps.
  EXPECT_EQ(requantize((1 << 30) + 4, {1 << 30, 2}), 8);
}

TEST(QuantizedMath, WideRequantizationHasFifteenBits) {
  EXPECT_EQ(requantize(std::int64_t{1} << 40, quantize_multiplier(std::ldexp(0.75, -30))), 768);
  EXPECT_EQ(requantize(std::int64_t{3}, quantize_multiplier(0.5)), 2);
  EXPECT_EQ(requantize(std::int64_t{-3}, quantize_multiplier(0.5)), -1);
  // The largest multipliers are cut instead of rounded up.
  EXPECT_EQ(requantize(std::int64_t{32768}, {kMax, 0}), 32767);
}

}  // namespace
}  // namespace mote
