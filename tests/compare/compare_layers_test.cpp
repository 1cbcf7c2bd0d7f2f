#include "compare/compare_layers.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "report/diff_report.hpp"

namespace mote::test {
namespace {

template <typename T>
TensorValues values(const std::vector<T>& list, Quantization quantization = {}) {
  TensorValues result{{.name = "t", .type = type_of<T>(), .shape = {1, static_cast<std::int32_t>(list.size())}, .quantization = std::move(quantization), .data = nullptr},
                      {Bytes(list.size() * sizeof(T))}};
  std::memcpy(result.values[0].data(), list.data(), result.values[0].size());
  return result;
}

LayerDifference layer(TensorValues a, TensorValues b, Tolerance tolerance = {}) {
  return compare_layers({{"conv_2d", "conv", std::move(a), std::move(b), {}}}, tolerance)[0];
}
Deviation differ(TensorValues a, TensorValues b, Tolerance tolerance = {}) { return layer(std::move(a), std::move(b), tolerance).total; }

using Reals = std::vector<float>;
using Steps = std::vector<std::int8_t>;

TEST(CompareLayers, MeasuresFloatsByTheirLargest) {
  const Deviation same = differ(values<float>({1, -10, 3}), values<float>({1, -10, 3}));
  EXPECT_TRUE(same.within);
  EXPECT_EQ(same.differing, 0);
  EXPECT_TRUE(std::isinf(same.signal_to_noise_db));

  const Deviation near = differ(values<float>({1, -10, 3}), values<float>({1, -10, 3.0005F}));
  EXPECT_TRUE(near.within);
  EXPECT_NEAR(layer(values<float>({1, -10, 3}), values<float>({1, -10, 3})).allowed, 1e-3, 1e-9);
  EXPECT_EQ(near.differing, 1);

  const Deviation far = differ(values<float>({1, -10, 3}), values<float>({1, -10, 5}));
  EXPECT_FALSE(far.within);
  EXPECT_EQ(far.worst.index, 2U);
  EXPECT_NEAR(far.max_abs, 2, 1e-6);
  EXPECT_NEAR(far.rms, 2 / std::sqrt(3.0), 1e-6);
  EXPECT_NEAR(far.signal_to_noise_db, 10 * std::log10(110.0 / 4.0), 1e-6);
}

TEST(CompareLayers, MeasuresQuantizedValuesInSteps) {
  const Quantization scale = quantized(0.5F, 3);
  EXPECT_TRUE(differ(values<float>({1.0F, 2.2F}), values(Steps{5, 7}, scale), {.steps = 1}).within);
  const Deviation far = differ(values<float>({1.0F, 3.2F}), values(Steps{5, 7}, scale), {.steps = 1});
  EXPECT_FALSE(far.within);
  EXPECT_EQ(layer(values<float>({1.0F}), values(Steps{5}, scale), {.steps = 1}).step, 0.5);
  ASSERT_TRUE(far.first_bad.has_value());
  EXPECT_EQ(far.first_bad->index, 1U);
  EXPECT_EQ(far.first_bad->b, 2.0);
}

TEST(CompareLayers, OneModelMayNotDifferByAStep) {
  const Quantization scale = quantized(0.1F);
  EXPECT_TRUE(differ(values(Steps{5, 7}, scale), values(Steps{5, 7}, scale), {.steps = 0}).within);
  EXPECT_FALSE(differ(values(Steps{5, 7}, scale), values(Steps{5, 8}, scale), {.steps = 0}).within);
  EXPECT_TRUE(differ(values(Steps{5, 7}, scale), values(Steps{5, 8}, scale), {.steps = 1}).within);
}

TEST(CompareLayers, CountsWhatStandsAtTheEndOfItsType) {
  Reals real(200, 1.0F);
  Steps steps(200, 2);
  real[7] = 1000.0F;
  steps[7] = 127;
  const Quantization scale = quantized(0.5F);
  const Deviation one = differ(values(real), values(steps, scale), {.steps = 1});
  EXPECT_TRUE(one.within);
  EXPECT_EQ(one.saturated, 1);
  for (std::size_t i = 0; i < 20; ++i) {
    real[i] = -1000.0F;
    steps[i] = -128;
  }
  EXPECT_FALSE(differ(values(real), values(steps, scale), {.steps = 1}).within);
  steps[30] = 126;  // not at the end
  real[30] = 1000.0F;
  EXPECT_TRUE(differ(values(real), values(steps, scale), {.steps = 1}).first_bad.has_value());
}

TEST(CompareLayers, WhatIsNoNumberDiffersFromNumbers) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(differ(values<float>({nan, 1}), values<float>({nan, 1})).within);
  const Deviation only = differ(values<float>({nan, 1}), values<float>({2, 1}));
  EXPECT_FALSE(only.within);
  EXPECT_TRUE(std::isinf(only.max_abs));
}

TEST(CompareLayers, TheFirstOfSeveralIsNamed) {
  const std::vector<LayerPair> pairs{{"conv_2d", "one", values<float>({1}), values<float>({1}), {}},
                                     {"relu", "two", values<float>({1}), values<float>({2}), {}},
                                     {"relu", "three", values<float>({1}), values<float>({3}), {}}};
  const auto layers = compare_layers(pairs, {});
  ASSERT_NE(first_divergence(layers), nullptr);
  EXPECT_EQ(first_divergence(layers)->node, "two");
  const std::vector<LayerPair> alone{{"relu", "handed on", values<float>({1}), values<float>({2}), LayerAlone{values<float>({3}), values<float>({3})}},
                                     {"relu", "own", values<float>({1}), values<float>({1}), LayerAlone{values<float>({1}), values<float>({2})}}};
  EXPECT_EQ(first_divergence(compare_layers(alone, {}))->node, "own");
  DiffResult result{"a", "b", {}, 1, 3, 3, layers};
  EXPECT_NE(diff_text(result).find("first layer that leaves the tolerance: relu 'two'"), std::string::npos);
  EXPECT_EQ(diff_json(result)["first_divergence"]["name"], "two");
}

}  // namespace
}  // namespace mote::test
