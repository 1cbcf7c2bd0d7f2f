#include "targets/power.hpp"

#include <gtest/gtest.h>

namespace mote::test {
namespace {

TEST(Power, IsRunningAndSleepingByTheirShares) {
  const PowerSupply supply{.volts = 3, .points = {{100e6, 0.3}}, .sleep_microamperes = 10, .wake_microseconds = 0, .other_microamperes = 5};
  const auto estimate = estimate_power({{"a", 1e6, 0.1, 1}}, supply).at(0);
  ASSERT_TRUE(estimate);
  EXPECT_DOUBLE_EQ(estimate->duty, 0.1);  // 10 ms of 100 ms
  // 0.3 nJ at 100 MHz are 30 mW, 10 mA at 3 V.
  EXPECT_DOUBLE_EQ(estimate->run_microamperes, 1000);
  EXPECT_DOUBLE_EQ(estimate->sleep_microamperes, 9);
  EXPECT_DOUBLE_EQ(estimate->microamperes, 1014);
  EXPECT_NEAR(estimate->battery_hours(1014), 1000, 1e-9);
}

TEST(Power, AClockThatIsTooSlowHasNone) {
  const PowerSupply supply{.volts = 3, .points = {{5e6, 0.2}, {20e6, 0.3}}};
  const auto estimates = estimate_power({{"a", 1e6, 0.1, 1}}, supply);
  EXPECT_FALSE(estimates[0]);
  EXPECT_TRUE(estimates[1]);
}

TEST(Power, WhatIsWokenCountsWhileItIsAwakeButMustBeInTimeThen) {
  const PowerSupply supply{.volts = 3, .points = {{100e6, 0.3}, {50e6, 0.3}}};
  const std::vector<PeriodicWork> work{{"small", 1e6, 0.1, 1}, {"large", 8e6, 0.1, 0.01}};
  const auto estimates = estimate_power(work, supply);
  ASSERT_TRUE(estimates[0]);
  EXPECT_NEAR(estimates[0]->duty, 0.1 + 0.8 * 0.01, 1e-12);
  EXPECT_FALSE(estimates[1]) << "both together take 180 % of the time";
}

TEST(Power, WakingUpIsTimeOfRunning) {
  const PowerSupply supply{.volts = 3, .points = {{100e6, 0.3}}, .sleep_microamperes = 0, .wake_microseconds = 1000};
  EXPECT_DOUBLE_EQ(estimate_power({{"a", 1e6, 0.1, 1}}, supply).at(0)->duty, 0.11);
}

}  // namespace
}  // namespace mote::test
