#include <cmath>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/quality.hpp"
#include "compress/to_integers.hpp"
#include "compress/tune_layers.hpp"

namespace mote::test {
namespace {

/// conv -> depthwise -> conv -> fully connected, without activations: means of errors come through.
Graph chain(std::uint32_t seed) {
  FloatBuilder b(seed);
  TensorId x = b.float_input({1, 6, 6, 3});
  x = b.convolution(x, 8, 3, Activation::kRelu);
  x = b.depthwise(x, Activation::kRelu);
  x = b.convolution(x, 12, 1, Activation::kNone);
  b.output(b.dense(b.op("reshape", {x, b.integers({1, 432})}), 6));
  return b.finish();
}

Scheme int8_scheme(const Graph& graph, const SampleInputs& samples) {
  return {std::vector<Precision>(graph.nodes.size(), Precision::kInt8), calibrate(graph, samples, {}, {})};
}

/// Mean over samples of the difference to the float answers, the largest over outputs; and the root mean square of all differences.
struct Errors {
  double mean = 0, root_mean_square = 0;
};

Errors errors_of(const Graph& graph, const Scheme& scheme, const SampleInputs& samples) {
  const Answers exact = answers_of(graph, graph, samples, {}, "");
  const Answers rounded = answers_of(graph, to_integers(graph, scheme).graph, samples, {}, "");
  Errors errors;
  for (std::size_t i = 0; i < exact[0].size(); ++i) {
    double sum = 0;
    for (std::size_t s = 0; s < samples.size(); ++s) {
      const double error = static_cast<double>(rounded[s][i]) - static_cast<double>(exact[s][i]);
      sum += error;
      errors.root_mean_square += error * error;
    }
    errors.mean = std::max(errors.mean, std::abs(sum) / static_cast<double>(samples.size()));
  }
  errors.root_mean_square = std::sqrt(errors.root_mean_square / static_cast<double>(samples.size() * exact[0].size()));
  return errors;
}

TEST(TuneLayers, BiasCorrectionTakesTheMeanErrorAway) {
  double before = 0;
  double after = 0;
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    const Graph graph = chain(seed);
    const SampleInputs samples = random_samples(graph, 64, seed + 100);
    const Scheme plain = int8_scheme(graph, samples);
    Scheme corrected = plain;
    tune_layers(graph, corrected, samples, {.bias_correction = true, .learned_rounding = false}, {});
    before += errors_of(graph, plain, samples).mean;
    after += errors_of(graph, corrected, samples).mean;
  }
  EXPECT_LT(after, 0.7 * before);
}

TEST(TuneLayers, LearnedRoundingLowersTheErrorOfNewData) {
  double before = 0;
  double after = 0;
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    const Graph graph = chain(seed);
    const SampleInputs samples = random_samples(graph, 128, seed + 100);
    const SampleInputs unseen = random_samples(graph, 64, seed + 200);
    Scheme nearest = int8_scheme(graph, samples);
    Scheme learned = nearest;
    tune_layers(graph, nearest, samples, {.bias_correction = true, .learned_rounding = false}, {});
    const auto gains = tune_layers(graph, learned, samples, {.bias_correction = true, .learned_rounding = true}, {});
    EXPECT_EQ(gains.size(), 4U);
    for (const RoundingGain& gain : gains) EXPECT_LE(gain.learned_error, gain.nearest_error) << gain.layer;
    before += errors_of(graph, nearest, unseen).root_mean_square;
    after += errors_of(graph, learned, unseen).root_mean_square;
  }
  EXPECT_LT(after, before);
}

TEST(TuneLayers, IsTheSameEveryTime) {
  const Graph graph = chain(7);
  const SampleInputs samples = random_samples(graph, 40, 8);
  Scheme a = int8_scheme(graph, samples);
  Scheme b = a;
  tune_layers(graph, a, samples, {.bias_correction = true, .learned_rounding = true}, {});
  tune_layers(graph, b, samples, {.bias_correction = true, .learned_rounding = true}, {});
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.biases, b.biases);
}

}  // namespace
}  // namespace mote::test
