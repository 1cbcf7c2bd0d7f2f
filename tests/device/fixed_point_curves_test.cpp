#include "ops/fixed_point_curves.hpp"

#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include "common/random.hpp"

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/fixed_point_curves.hpp"
#undef mote

namespace mote {
namespace {

constexpr int kTrials = 500000;

TEST(DeviceFixedPointCurves, ExponentialEqualsReference) {
  test::Random random(1);
  for (int i = 0; i < kTrials; ++i) {
    const auto x = static_cast<std::int32_t>(random.bits() | 0x80000000U) >> random.below(24);
    ASSERT_EQ(mote_on_device::exp_of_q5(x), exp_on_negative_values(x, 5)) << x;
  }
  for (std::int64_t x = 0; x >= INT32_MIN; x -= 1 << 16) {
    for (const std::int64_t near : {x, x - 1, x + 1}) {
      if (near > 0 || near < INT32_MIN) continue;
      const auto value = static_cast<std::int32_t>(near);
      ASSERT_EQ(mote_on_device::exp_of_q5(value), exp_on_negative_values(value, 5)) << value;
    }
  }
}

TEST(DeviceFixedPointCurves, ReciprocalEqualsReference) {
  test::Random random(2);
  for (int i = 0; i < kTrials; ++i) {
    const auto x = static_cast<std::int32_t>(random.bits() >> 1 >> random.below(24));
    ASSERT_EQ(mote_on_device::one_over_one_plus_x(x), one_over_one_plus_x(x)) << x;
  }
  for (const std::int32_t x : {0, 1, INT32_MAX, INT32_MAX - 1, 1 << 30}) {
    EXPECT_EQ(mote_on_device::one_over_one_plus_x(x), one_over_one_plus_x(x)) << x;
  }
}

TEST(DeviceFixedPointCurves, LogarithmEqualsReference) {
  test::Random random(3);
  for (int i = 0; i < kTrials; ++i) {
    const auto x = static_cast<std::int32_t>((random.bits() >> 1 >> random.below(12)) | (1 << 19));
    ASSERT_EQ(mote_on_device::log_of_q12(x), log_of_q12(x)) << x;
  }
  EXPECT_EQ(mote_on_device::log_of_q12(INT32_MAX), log_of_q12(INT32_MAX));
  EXPECT_EQ(mote_on_device::log_of_q12(1 << 19), log_of_q12(1 << 19));
}

TEST(DeviceFixedPointCurves, LeadingZeros) {
  for (int i = 0; i < 32; ++i) EXPECT_EQ(mote_on_device::leading_zeros((0x80000000U | 0x1234U) >> i), i);
}

}  // namespace
}  // namespace mote
