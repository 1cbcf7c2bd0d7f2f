// Each method on a model or data for which it is made.

#include <cmath>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/quantize.hpp"

namespace mote::test {
namespace {

QuantizeOptions plain() {
  QuantizeOptions options;
  options.calibration.method = Calibration::kMinMax;
  options.equalize = false;
  options.tune.bias_correction = false;
  options.sensitivity = false;
  return options;
}

/// conv -> conv, channels between them a factor of four apart: the smallest is a part in 4^5 of the largest.
Graph uneven_channels() {
  FloatBuilder b(5);
  const Padding same{.kind = Padding::Kind::kSame};
  constexpr std::size_t kChannels = 6, kDepth = 3, kOutputs = 4;
  std::vector<float> first = random_floats(b.random(), kChannels * 9 * kDepth);
  std::vector<float> second = random_floats(b.random(), kOutputs * kChannels);
  for (std::size_t i = 0; i < first.size(); ++i) first[i] *= std::pow(0.25F, static_cast<float>(i / (9 * kDepth)));
  for (std::size_t i = 0; i < second.size(); ++i) second[i] *= std::pow(4.0F, static_cast<float>(i % kChannels));
  TensorId x = b.float_input({1, 6, 6, 3});
  x = b.op("conv_2d", {x, b.constant<float>({6, 3, 3, 3}, first), kNoTensor}, {{"padding", same}, {"activation", Activation::kRelu}});
  b.output(b.op("conv_2d", {x, b.constant<float>({4, 1, 1, 6}, second), kNoTensor}));
  return b.finish();
}

TEST(Method, EqualizationSavesUnevenChannels) {
  const Graph graph = uneven_channels();
  const SampleInputs samples = random_samples(graph, 32, 6);
  QuantizeOptions options = plain();
  const double without = quantize(graph, samples, {}, options).quality.sqnr_db;
  options.equalize = true;
  EXPECT_GT(quantize(graph, samples, {}, options).quality.sqnr_db, without + 15);
}

TEST(Method, EqualizationIsKeptOnlyWhereItHelps) {
  int kept = 0, left = 0;
  for (std::uint32_t seed = 0; seed < 12; ++seed) {
    FloatBuilder b(seed);
    TensorId x = b.dense(b.float_input({1, 12}), 16, Activation::kRelu);
    for (int i = 0; i < 3; ++i) x = b.dense(x, 16, Activation::kRelu);
    b.output(b.dense(x, 4));
    const Graph graph = seed % 4 == 0 ? uneven_channels() : b.finish();
    const SampleInputs samples = random_samples(graph, 24, seed);
    QuantizeOptions options = plain();
    const double without = quantize(graph, samples, {}, options).quality.sqnr_db;
    options.equalize = true;
    const QuantizeResult result = quantize(graph, samples, {}, options);
    if (result.equalized_pairs > 0) {
      ++kept;
      EXPECT_GT(result.quality.sqnr_db, without + 1);
    } else {
      ++left;
      EXPECT_EQ(result.quality.sqnr_db, without);
    }
  }
  EXPECT_GT(kept, 0);
  EXPECT_GT(left, 0);
}

TEST(Method, ClippingSavesRangesFromBadSamples) {
  FloatBuilder b(7);
  TensorId x = b.convolution(b.convolution(b.float_input({1, 8, 8, 3}), 8, 3), 8, 3);
  b.output(b.dense(b.op("mean", {x, b.integers({1, 2})}), 4));
  const Graph graph = b.finish();
  SampleInputs samples = random_samples(graph, 200, 8);
  samples[17] = random_samples(graph, 1, 9, 60.0F)[0];
  const TestData clean{random_samples(graph, 40, 10)};
  QuantizeOptions options = plain();
  const double whole = quantize(graph, samples, clean, options).quality.sqnr_db;
  for (const Calibration method : {Calibration::kPercentile, Calibration::kEntropy}) {
    options.calibration = {.method = method, .percentile = 99.4};
    EXPECT_GT(quantize(graph, samples, clean, options).quality.sqnr_db, whole + 10) << static_cast<int>(method);
  }
}

}  // namespace
}  // namespace mote::test
