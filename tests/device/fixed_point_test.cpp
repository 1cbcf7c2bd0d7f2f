// The kernels' arithmetic against the reference's.

// Both have the same names in namespace mote; here the kernels' is called mote_device.
#define mote mote_device
#include "mote/fixed_point.hpp"
#undef mote

#include <gtest/gtest.h>

#include "common/random.hpp"
#include "ops/quantized_math.hpp"

namespace mote::test {
namespace {

const std::vector<std::int32_t> kEdges{INT32_MIN, INT32_MIN + 1, -(1 << 30) - 1, -(1 << 30), -65537, -65536, -32769, -32768, -129, -128, -3, -2, -1, 0,
                                       1,         2,             3,              127,        128,    32767,  32768,  65535,  65536, 1 << 30, INT32_MAX - 1, INT32_MAX};
const std::vector<std::int32_t> kMultipliers{0, 1 << 30, (1 << 30) + 1, 0x55555555, 0x7FFEFFFF, 0x7FFF0000, 0x7FFFFFFE, INT32_MAX};

/// Values of every size.
std::int32_t any_value(Random& random) {
  if (random.one_in(8)) return random.pick(kEdges);
  return static_cast<std::int32_t>(random.bits()) >> random.below(32);
}

std::int32_t any_multiplier(Random& random) { return random.one_in(8) ? random.pick(kMultipliers) : static_cast<std::int32_t>((random.bits() >> 2) | (1U << 30)); }

template <typename Body>
void each_pair_of_edges(Body&& body) {
  for (const std::int32_t a : kEdges) {
    for (const std::int32_t b : kEdges) body(a, b);
  }
}

TEST(FixedPoint, WrappingArithmetic) {
  each_pair_of_edges([](std::int32_t a, std::int32_t b) {
    EXPECT_EQ(mote_device::wrap_add(a, b), wrap_add(a, b));
    EXPECT_EQ(mote_device::wrap_subtract(a, b), wrap_subtract(a, b));
    EXPECT_EQ(mote_device::wrap_multiply(a, b), wrap_multiply(a, b));
  });
  for (const std::int32_t a : kEdges) {
    for (int by = 0; by < 32; ++by) EXPECT_EQ(mote_device::shift_left(a, by), wrap_shift_left(a, by));
  }
}

TEST(FixedPoint, DoublingHighMultiplication) {
  each_pair_of_edges([](std::int32_t a, std::int32_t b) {
    EXPECT_EQ(mote_device::saturating_doubling_high_multiply(a, b), saturating_rounding_doubling_high_mul(a, b));
    if (b != INT32_MIN) {
      EXPECT_EQ(mote_device::doubling_high_multiply(a, b), saturating_rounding_doubling_high_mul(a, b));
    }
  });
}

TEST(FixedPoint, RoundingShift) {
  Random random(1);
  for (int exponent = 0; exponent <= 31; ++exponent) {
    for (const std::int32_t x : kEdges) ASSERT_EQ(mote_device::rounding_shift_right(x, exponent), rounding_divide_by_power_of_two(x, exponent)) << x << " by " << exponent;
    for (int i = 0; i < 20'000; ++i) {
      const std::int32_t x = any_value(random);
      ASSERT_EQ(mote_device::rounding_shift_right(x, exponent), rounding_divide_by_power_of_two(x, exponent)) << x << " by " << exponent;
    }
  }
}

// Halves go away from zero.
TEST(FixedPoint, RoundingShiftByHand) {
  EXPECT_EQ(mote_device::rounding_shift_right(5, 1), 3);
  EXPECT_EQ(mote_device::rounding_shift_right(-5, 1), -3);
  EXPECT_EQ(mote_device::rounding_shift_right(-4, 1), -2);
  EXPECT_EQ(mote_device::rounding_shift_right(6, 2), 2);
  EXPECT_EQ(mote_device::rounding_shift_right(-6, 2), -2);
  EXPECT_EQ(mote_device::rounding_shift_right(-7, 2), -2);
}

TEST(FixedPoint, RequantizationOfInt32WithEveryShift) {
  Random random(2);
  for (int shift = -31; shift <= 30; ++shift) {
    const auto check = [&](std::int32_t x, std::int32_t multiplier) {
      ASSERT_EQ(mote_device::requantize(x, multiplier, shift), requantize(x, Multiplier{multiplier, shift})) << x << " * " << multiplier << ", shift " << shift;
    };
    for (const std::int32_t x : kEdges) {
      for (const std::int32_t multiplier : kMultipliers) check(x, multiplier);
    }
    for (int i = 0; i < 10'000; ++i) check(any_value(random), any_multiplier(random));
  }
}

// The product of x and the 16-bit multiplier stays within 64 bits for x below 2^47.
TEST(FixedPoint, RequantizationOfInt64WithEveryShift) {
  Random random(3);
  for (int shift = -31; shift <= 14; ++shift) {
    const auto check = [&](std::int64_t x, std::int32_t multiplier) {
      ASSERT_EQ(mote_device::requantize(x, multiplier, shift), requantize(x, Multiplier{multiplier, shift})) << x << " * " << multiplier << ", shift " << shift;
    };
    for (const std::int64_t x : {-(std::int64_t{1} << 47) + 1, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, (std::int64_t{1} << 47) - 1}) {
      for (const std::int32_t multiplier : kMultipliers) check(x, multiplier);
    }
    for (int i = 0; i < 10'000; ++i) {
      const std::int64_t wide = static_cast<std::int64_t>(static_cast<std::uint64_t>(random.bits()) << 32 | random.bits()) >> (17 + random.below(47));
      check(wide, any_multiplier(random));
    }
  }
}

}  // namespace
}  // namespace mote::test
