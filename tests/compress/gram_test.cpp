#include "compress/gram.hpp"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "common/one_core.hpp"
#include "compress/layers.hpp"

namespace mote::test {
namespace {

/// Sums one after another.
std::vector<double> plain_products(const std::vector<float>& a, std::size_t m, const std::vector<float>& b, std::size_t n) {
  const std::size_t rows = a.size() / m;
  std::vector<double> result(m * n, 0.0);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < n; ++j)
        result[i * n + j] += static_cast<double>(a[r * m + i]) * static_cast<double>(b[r * n + j]) / static_cast<double>(rows);
  return result;
}

TEST(Gram, ProductsAreThoseOfPlainLoops) {
  Random random(1);
  for (const auto& [rows, m, n] : {std::tuple{1U, 1U, 1U}, {7U, 3U, 5U}, {129U, 8U, 9U}, {300U, 17U, 4U}, {1000U, 12U, 33U}}) {
    const std::vector<float> a = random_floats(random, std::size_t{rows} * m);
    const std::vector<float> b = random_floats(random, std::size_t{rows} * n);
    const std::vector<double> got = mean_products(a, m, b, n);
    const std::vector<double> wanted = plain_products(a, m, b, n);
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-6) << rows << ' ' << m << ' ' << n;
    const Gram gram = gram_of(a, m);
    const std::vector<double> square = plain_products(a, m, a, m);
    for (std::size_t i = 0; i < square.size(); ++i) EXPECT_NEAR(gram.square[i], square[i], 1e-6);
  }
}

TEST(Gram, RowsAreSpreadOverAllAndDiffer) {
  const RowChoice all(10, 3, 100);
  ASSERT_EQ(all.count(), 30U);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(all[i].sample * 10 + all[i].position, i);
  const RowChoice few(49, 100, 64);
  std::set<std::size_t> samples;
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < few.count(); ++i) {
    EXPECT_LT(few[i].position, 49U);
    samples.insert(few[i].sample);
    places.insert(few[i].sample * 49 + few[i].position);
  }
  EXPECT_EQ(places.size(), 64U);
  EXPECT_GT(samples.size(), 55U);
}

/// A convolution with padding and stride, and a depthwise one on it, without activations; both are outputs.
Graph two_layers() {
  FloatBuilder b(3);
  const TensorId x = b.convolution(b.float_input({1, 6, 5, 3}), 4, 3, Activation::kNone, 2);
  b.output(x);
  b.output(b.depthwise(x, Activation::kNone));
  return b.finish();
}

/// The mean square of a layer's sums is w' G w.
TEST(Gram, TellsTheSizeOfALayersSums) {
  const Graph graph = two_layers();
  const SampleInputs samples = random_samples(graph, 20, 4);
  std::vector<double> measured(8, 0.0);  // 4 channels of each layer
  for (const auto& inputs : samples) {
    const std::vector<float> answers = float_answers(graph, inputs);
    const std::size_t half = answers.size() / 2;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const std::size_t layer = i / half;
      const float bias = bias_of(graph, *layer_at(graph, layer))[i % 4];
      measured[layer * 4 + i % 4] += std::pow(static_cast<double>(answers[i] - bias), 2) / static_cast<double>(half / 4 * samples.size());
    }
  }
  const auto grams = layer_grams(graph, samples, {});
  ASSERT_EQ(grams.at(0).size(), 1U);
  ASSERT_EQ(grams.at(1).size(), 4U);
  for (std::size_t n = 0; n < 2; ++n) {
    const auto layer = layer_at(graph, n);
    const std::vector<float> weights = weights_of(graph, *layer);
    for (std::size_t c = 0; c < 4; ++c) {
      const Gram& gram = grams.at(n)[n == 0 ? 0 : c];
      double size = 0;
      for (std::size_t i = 0; i < layer->taps; ++i)
        for (std::size_t j = 0; j < layer->taps; ++j)
          size += static_cast<double>(weights[weight_index(*layer, c, i)]) * gram.square[i * layer->taps + j] *
                  static_cast<double>(weights[weight_index(*layer, c, j)]);
      EXPECT_NEAR(size, measured[n * 4 + c], 1e-4 * measured[n * 4 + c]);
    }
  }
}

TEST(Gram, IsTheSameOnOneCore) {
  const Graph graph = two_layers();
  const SampleInputs samples = random_samples(graph, 50, 5);
  const auto many = layer_grams(graph, samples, {});
  const OneCore one;
  const auto single = layer_grams(graph, samples, {});
  ASSERT_EQ(many.size(), 2U);
  for (const auto& [n, grams] : many)
    for (std::size_t g = 0; g < grams.size(); ++g) {
      EXPECT_EQ(grams[g].square, single.at(n)[g].square);
      EXPECT_EQ(grams[g].mean, single.at(n)[g].mean);
    }
}

}  // namespace
}  // namespace mote::test
