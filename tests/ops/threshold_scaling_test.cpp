#include "ops/threshold_scaling.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace {

mote::Tensor output_tensor(std::int32_t zero_point) {
  mote::Tensor tensor;
  tensor.type = mote::DataType::kInt8;
  tensor.quantization.scales = {0.05F};
  tensor.quantization.zero_points = {zero_point};
  return tensor;
}

/// The device's arithmetic.
std::int32_t scale(std::int64_t sum, const mote::ThresholdScaling& by, const mote::ThresholdForm& form) {
  const std::int64_t value = (sum << form.sum_bits) + by.offset;
  EXPECT_TRUE(value >= INT32_MIN && value <= INT32_MAX);
  return std::clamp(static_cast<std::int32_t>((value * by.multiplier) >> 32) >> form.shift, -128, 127);
}

TEST(ThresholdScaling, RectifiedChannelsOfFewBitsFitForEverySum) {
  std::mt19937 engine(5);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); };
  int fitted = 0;
  constexpr int kChannels = 60;
  for (int i = 0; i < kChannels; ++i) {
    const mote::Multiplier by{between(1 << 30, INT32_MAX), -between(6, 10)};
    const mote::Finish finish(output_tensor(-128), mote::Activation::kRelu, {by});
    const mote::ThresholdForm form{.sum_bits = 8, .shift = 7 - by.shift - between(0, 2), .bias = between(-30000, 30000)};
    const int low = -between(0, 60000);
    const int high = between(0, 60000);
    const auto scaling = mote::fit_thresholds(low, high, finish, 0, form);
    if (!scaling) continue;
    ++fitted;
    for (int sum = low; sum <= high; ++sum) {
      ASSERT_EQ(scale(sum, *scaling, form), finish.apply<std::int8_t>(sum + form.bias, 0)) << "channel " << i << " sum " << sum;
    }
  }
  EXPECT_GT(fitted, kChannels * 9 / 10);
}

TEST(ThresholdScaling, ABiasThatWouldNotFitTwiceIsPartOfTheOffset) {
  const mote::Finish finish(output_tensor(-128), mote::Activation::kRelu, {{2116528314, -16}});
  const mote::ThresholdForm form{.sum_bits = 8, .shift = 14, .bias = 617536};
  const auto scaling = mote::fit_thresholds(-43860, 131580, finish, 0, form);
  ASSERT_TRUE(scaling);
  for (int sum = -43860; sum <= 131580; ++sum)
    ASSERT_EQ(scale(sum, *scaling, form), finish.apply<std::int8_t>(sum + form.bias, 0));
}

TEST(ThresholdScaling, AChannelWithoutWeightsIsAConstant) {
  const mote::Finish finish(output_tensor(3), mote::Activation::kNone, {{1 << 30, -22}});
  for (const int shift : {1, 11, 22}) {
    const mote::ThresholdForm form{.sum_bits = 8, .shift = shift, .bias = 1 << 28};
    const auto scaling = mote::fit_thresholds(0, 0, finish, 0, form);
    ASSERT_TRUE(scaling);
    EXPECT_EQ(scale(0, *scaling, form), finish.apply<std::int8_t>(form.bias, 0));
  }
  EXPECT_FALSE(mote::fit_thresholds(0, 0, finish, 0, {.sum_bits = 8, .shift = 23}));
}

}  // namespace
