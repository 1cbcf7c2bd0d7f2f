#include <cmath>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/histogram.hpp"

namespace mote::test {
namespace {

/// Many values around 0, and one in a thousand far out.
std::vector<float> with_outliers(float far) {
  Random random(3);
  std::vector<float> values = random_floats(random, 20000);
  for (std::size_t i = 0; i < values.size(); i += 1000) values[i] = far;
  return values;
}

ValueRange whole_of(const std::vector<float>& values) {
  ValueRange range;
  for (const float value : values) range.include(value);
  return range;
}

Histogram histogram_of(const std::vector<float>& values) {
  Histogram histogram(whole_of(values), whole_of(values));
  histogram.add(values);
  return histogram;
}

/// The squared error of values that went through int8 and back.
double int8_loss(const std::vector<float>& values, ValueRange range) {
  const Tensor tensor{"t", DataType::kInt8, {}, quantization_of(range, DataType::kInt8), nullptr};
  const std::vector<float> back = real_numbers(tensor, stored_values(values, tensor.quantization, tensor.type));
  double loss = 0;
  for (std::size_t i = 0; i < values.size(); ++i) loss += std::pow(static_cast<double>(values[i]) - static_cast<double>(back[i]), 2);
  return loss;
}

TEST(Histogram, CountsEveryValueOnce) {
  const std::vector<float> values = {-1.0F, 0.0F, 0.0F, 0.5F, 2.0F, 3.0F, -4.0F};
  Histogram histogram({-1.0F, 2.0F}, {-4.0F, 3.0F});
  histogram.add(values);
  EXPECT_EQ(histogram.total(), 7U);
  EXPECT_EQ(histogram.zeros(), 2U);
  EXPECT_EQ(histogram.below(), 1U);
  EXPECT_EQ(histogram.above(), 1U);
  EXPECT_EQ(histogram.bins().front(), 1U);
  EXPECT_EQ(histogram.bins().back(), 1U);
}

TEST(Percentile, LeavesOutliersOutside) {
  const ValueRange range = percentile_range(histogram_of(with_outliers(100.0F)), 99.8);
  EXPECT_LT(range.highest, 1.6F);
  EXPECT_GT(range.highest, 1.0F);
  EXPECT_LT(range.lowest, -1.0F);
}

TEST(Percentile, OfAHundredIsEverything) {
  const std::vector<float> values = with_outliers(7.0F);
  EXPECT_EQ(percentile_range(histogram_of(values), 100.0), whole_of(values));
}

TEST(Percentile, StopsAtZeroWhenMostValuesAreZero) {
  std::vector<float> values(10000, 0.0F);
  values[0] = 5.0F;
  EXPECT_EQ(percentile_range(histogram_of(values), 99.0), (ValueRange{0.0F, 0.0F}));
}

TEST(LeastSquares, LosesLessThanTheWholeRange) {
  const std::vector<float> values = with_outliers(3.0F);
  const ValueRange range = least_squares_range(histogram_of(values), 255);
  EXPECT_LT(int8_loss(values, range), int8_loss(values, whole_of(values)));
  // No share of the whole range does better by more than what the bins blur.
  for (int share = 1; share <= 100; ++share) {
    const ValueRange other{range.lowest, 0.03F * static_cast<float>(share)};
    EXPECT_GT(int8_loss(values, other) * 1.02, int8_loss(values, range)) << share;
  }
}

TEST(LeastSquares, KeepsTheRangeOfEvenlySpreadValues) {
  std::vector<float> values;
  for (int i = 0; i <= 10000; ++i) values.push_back(static_cast<float>(i) / 10000.0F);
  const ValueRange range = least_squares_range(histogram_of(values), 255);
  EXPECT_GT(range.highest, 0.97F);
  EXPECT_EQ(range.lowest, 0.0F);
}

TEST(LeastDivergence, CutsALongTail) {
  Random random(5);
  std::vector<float> values;
  for (int i = 0; i < 100000; ++i) values.push_back(-std::log(1.0F - random.fraction() * 0.999999F));  // exponential
  const ValueRange whole = whole_of(values);
  const ValueRange range = least_divergence_range(histogram_of(values), 255);
  EXPECT_LT(range.highest, 0.95F * whole.highest);
  EXPECT_GT(range.highest, 0.3F * whole.highest);
}

TEST(LeastDivergence, IsTheWholeRangeForManySteps) {
  const std::vector<float> values = with_outliers(3.0F);
  EXPECT_EQ(least_divergence_range(histogram_of(values), 65535), whole_of(values));
}

TEST(Quantization, HoldsBothEndsAndZero) {
  for (const ValueRange range : {ValueRange{-1.0F, 3.0F}, ValueRange{0.0F, 6.0F}, ValueRange{-2.0F, 0.0F}, ValueRange{0.5F, 0.7F}}) {
    const Quantization q = quantization_of(range, DataType::kInt8);
    const ValueRange held = range_of(q, DataType::kInt8);
    EXPECT_LE(held.lowest, range.lowest + 0.51F * q.scale());
    EXPECT_GE(held.highest, range.highest - 0.51F * q.scale());
    EXPECT_GE(q.zero_point(), -128);
    EXPECT_LE(q.zero_point(), 127);
    EXPECT_EQ(quantization_of(range, DataType::kInt16).zero_point(), 0);
  }
}

}  // namespace
}  // namespace mote::test
