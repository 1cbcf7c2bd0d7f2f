#include "mote/stream/sensor_watch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mote {
namespace {

struct Real {
  using Sample = float;
  static constexpr bool kHasRange = true;
  static constexpr float kLowest = 0, kHighest = 4095;
  static constexpr std::uint32_t kStuck = 5, kSaturated = 3;
};

TEST(SensorWatch, GoodSamplesPass) {
  SensorWatch<Real> watch;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(watch.next(static_cast<float>(100 + i % 3)), static_cast<float>(100 + i % 3));
    EXPECT_EQ(watch.take_faults(), 0);
  }
}

TEST(SensorWatch, NumbersThatAreNoneAreReplacedByTheLastGoodOne) {
  SensorWatch<Real> watch;
  watch.next(7);
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    EXPECT_EQ(watch.next(bad), 7);
    EXPECT_EQ(watch.take_faults(), kSensorNotANumber);
  }
  EXPECT_EQ(watch.next(8), 8);
  EXPECT_EQ(watch.take_faults(), 0);
}

TEST(SensorWatch, TellsAConverterAtItsEnd) {
  SensorWatch<Real> watch;
  watch.next(4095);
  watch.next(4095);
  EXPECT_EQ(watch.take_faults(), 0);
  watch.next(4095);
  EXPECT_EQ(watch.take_faults(), kSensorSaturated);
  watch.next(0);
  EXPECT_EQ(watch.take_faults(), kSensorSaturated) << "the other end is an end";
  watch.next(5);
  EXPECT_EQ(watch.take_faults(), 0);
}

TEST(SensorWatch, TellsAStuckSensor) {
  SensorWatch<Real> watch;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(watch.take_faults(), 0);
    watch.next(20);
  }
  EXPECT_EQ(watch.take_faults(), kSensorStuck);
  watch.next(21);
  EXPECT_EQ(watch.take_faults(), 0);
}

TEST(SensorWatch, RemembersAFaultUntilItIsAsked) {
  SensorWatch<Real> watch;
  watch.next(std::nanf(""));
  watch.next(1);
  watch.next(2);
  EXPECT_EQ(watch.take_faults(), kSensorNotANumber);
  EXPECT_EQ(watch.take_faults(), 0);
}

}  // namespace
}  // namespace mote
