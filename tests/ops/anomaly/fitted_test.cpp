// Distances from what was fitted, against formulas in double.

#include <cmath>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"
#include "common/state_nodes.hpp"
#include "common/values.hpp"

namespace mote::test {
namespace {

TEST(Mahalanobis, IsTheSquaredLengthOfTheWhitenedDifference) {
  OneNode node("mahalanobis", 2, {}, {{1, -1}, {2, 100, 0.5F, 3}}, {{2}, {2, 2}});
  // W (x - mean) = (2 * 3, 0.5 * 3 + 3 * 2); what stands above the diagonal is not read.
  EXPECT_EQ(node.number({4, 1}), 36 + 7.5F * 7.5F);
  EXPECT_EQ(node.number({NAN, 1}), 0);
}

TEST(NearestCentre, WeighsFeaturesAndCentres) {
  OneNode node("nearest_centre", 2, {}, {{0, 0, 10, 10}, {1, 4}, {1, 0.5F}}, {{2, 2}, {2}, {2}});
  EXPECT_EQ(node.number({1, 1}), 1 + 4);
  EXPECT_EQ(node.number({10, 12}), 0.5F * 4 * 4);
}

TEST(GaussianMixture, IsMinusTheLogarithmOfTheDensity) {
  const double log_two_pi = std::log(2 * std::acos(-1.0));
  const std::vector<float> means{0, 0, 3, 1}, spreads{1, 2, 0.5F, 1};
  const std::vector<double> weights{0.3, 0.7};
  std::vector<float> factors, offsets;
  for (std::size_t c = 0; c < 2; ++c) {
    double offset = std::log(weights[c]) - log_two_pi;
    for (std::size_t i = 0; i < 2; ++i) {
      factors.push_back(1 / spreads[2 * c + i]);
      offset -= std::log(double{spreads[2 * c + i]});
    }
    offsets.push_back(static_cast<float>(offset));
  }
  OneNode node("gaussian_mixture", 2, {}, {means, factors, offsets}, {{2, 2}, {2, 2}, {2}});
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const std::vector<float> x{8 * random.fraction() - 3, 8 * random.fraction() - 3};
    double density = 0;
    for (std::size_t c = 0; c < 2; ++c) {
      double exponent = 0, volume = 2 * std::acos(-1.0);
      for (std::size_t i = 0; i < 2; ++i) {
        const double z = (double{x[i]} - double{means[2 * c + i]}) / double{spreads[2 * c + i]};
        exponent -= z * z / 2;
        volume *= double{spreads[2 * c + i]};
      }
      density += weights[c] * std::exp(exponent) / volume;
    }
    ASSERT_NEAR(node.number(x), -std::log(density), 1e-5 * (1 - std::log(density)));
  }
  EXPECT_GT(node.number({1e8F, 0}), 1e14F) << "far away nothing overflows";
}

TEST(IsolationScore, IsTheShareOfPathLengthsAsAPowerOfTwo) {
  OneNode node("isolation_score", 1, {{"factor", 0.1F}});
  EXPECT_EQ(node.number({0}), 1);
  EXPECT_NEAR(node.number({10}), 0.5, 1e-6);
  EXPECT_NEAR(node.number({20}), 0.25, 1e-6);
}

TEST(ReconstructionError, IsTheMeanSquaredDifference) {
  Graph graph;
  const TensorId values = add_input(graph, {1, 2}), rebuilt = add_input(graph, {2});
  add_node(graph, "reconstruction_error", {values, rebuilt}, {});
  verify(graph);
  Evaluator evaluator(graph);
  const auto error = [&](const std::vector<float>& a, const std::vector<float>& b) {
    return values_of<float>(evaluator.run({bytes_of(a), bytes_of(b)})[0])[0];
  };
  EXPECT_EQ(error({1, 2}, {3, 5}), 6.5F);
  EXPECT_EQ(error({1, INFINITY}, {3, 5}), 0);
}

TEST(Fitted, RefusesParametersThatDoNotFit) {
  EXPECT_TRUE(contains(error_of([] { OneNode("mahalanobis", 3, {}, {{1, 2}, {1}}, {{2}, {1, 1}}); }), "means 't1' are 2, not 3"));
  EXPECT_TRUE(contains(error_of([] {
                         OneNode("nearest_centre", 1, {}, {{1}, {-1}, {1}}, {{1, 1}, {1}, {1}});
                       }),
                       "holds a value below 0"));
  EXPECT_TRUE(contains(error_of([] {
                         OneNode("gaussian_mixture", 1, {}, {{1}, {NAN}, {1}}, {{1, 1}, {1, 1}, {1}});
                       }),
                       "no number"));
}

}  // namespace
}  // namespace mote::test
