// What is fitted to data made for it.

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "fit/clusters.hpp"
#include "fit/isolation_forest.hpp"
#include "fit/mixture.hpp"
#include "fit/tail_threshold.hpp"

namespace mote {
namespace {

using test::contains;
using test::error_of;

/// Two features of which the second follows the first.
Rows correlated(std::size_t count) {
  std::mt19937 random(1);
  std::normal_distribution<float> noise;
  Rows rows{2, {}};
  for (std::size_t i = 0; i < count; ++i) {
    const float first = noise(random);
    rows.values.insert(rows.values.end(), {10 + 3 * first, -5 + 2 * first + 0.5F * noise(random)});
  }
  return rows;
}

/// Two heaps, at (0, 0) with a share of 1/4, and at (20, 10).
Rows heaps(std::size_t count) {
  std::mt19937 random(2);
  std::normal_distribution<float> noise;
  Rows rows{2, {}};
  for (std::size_t i = 0; i < count; ++i) {
    const bool second = i % 4 != 0;
    rows.values.insert(rows.values.end(), {(second ? 20.0F : 0.0F) + noise(random), (second ? 10.0F : 0.0F) + 2 * noise(random)});
  }
  return rows;
}

TEST(FitGaussian, WhitensWhatItWasFittedTo) {
  const Rows rows = correlated(4000);
  const FittedGaussian gaussian = fit_gaussian(rows);
  EXPECT_NEAR(gaussian.mean[0], 10, 0.2);
  double sum = 0;
  for (std::size_t i = 0; i < rows.count(); ++i) sum += whitened_square(gaussian, rows.row(i));
  EXPECT_NEAR(sum / static_cast<double>(rows.count()), 2, 1e-3) << "as many as features";
  // The determinant of the covariance is 9 * 0.25.
  EXPECT_NEAR(gaussian.log_volume, -0.5 * std::log(9 * 0.25), 0.05);
  const std::vector<float> apart{13, -7};
  EXPECT_GT(whitened_square(gaussian, apart), 50);
}

TEST(FitGaussian, TakesFeaturesThatNeverChange) {
  Rows rows{2, {}};
  for (int i = 0; i < 10; ++i) rows.values.insert(rows.values.end(), {static_cast<float>(i), 7});
  EXPECT_TRUE(std::isfinite(whitened_square(fit_gaussian(rows), rows.row(3))));
  EXPECT_TRUE(contains(error_of([] { fit_gaussian({2, {1, 2}}); }), "too few"));
}

TEST(FitClusters, FindsTheHeaps) {
  const FittedClusters clusters = fit_clusters(heaps(400), 2, 1);
  ASSERT_EQ(clusters.centres.size(), 2u);
  const std::size_t first = clusters.centres[0][0] < clusters.centres[1][0] ? 0 : 1;
  EXPECT_NEAR(clusters.centres[first][0], 0, 0.4);
  EXPECT_NEAR(clusters.centres[1 - first][0], 20, 0.3);
  EXPECT_NEAR(clusters.centres[1 - first][1], 10, 0.4);
  EXPECT_EQ(fit_clusters(heaps(400), 2, 1).centres, clusters.centres) << "the same seed";
  EXPECT_TRUE(contains(error_of([] { fit_clusters({1, {1, 2, 3}}, 2, 1); }), "too few for 2 clusters"));
}

TEST(FitMixture, FindsSharesAndSpreads) {
  for (const bool diagonal : {true, false}) {
    const FittedMixture mixture = fit_mixture(heaps(2000), 2, diagonal, 3);
    ASSERT_EQ(mixture.components.size(), 2u);
    const std::size_t first = mixture.components[0].mean[0] < mixture.components[1].mean[0] ? 0 : 1;
    EXPECT_NEAR(mixture.shares[first], 0.25, 0.01);
    EXPECT_NEAR(mixture.components[1 - first].mean[1], 10, 0.3);
    EXPECT_NEAR(1 / mixture.components[1 - first].factor[2], 2, 0.15);
    // The entropy of the mixture: heaps do not overlap.
    const double entropy = -0.25 * std::log(0.25) - 0.75 * std::log(0.75) + std::log(2 * std::acos(-1.0) * std::exp(1.0) * 2);
    EXPECT_NEAR(mixture.mean_log_likelihood, -entropy, 0.05);
  }
}

TEST(FitIsolationForest, PathsToOutliersAreShort) {
  const Rows rows = heaps(1000);
  const FittedIsolationForest fitted = fit_isolation_forest(rows, 50, 128, 4);
  const auto score = [&](const std::vector<float>& x) {
    double paths = 0;
    for (ForestPlace place : fitted.forest.roots) {
      while (!is_leaf(place)) {
        const Forest::Node& node = fitted.forest.nodes[static_cast<std::size_t>(place)];
        place = x[static_cast<std::size_t>(node.feature)] <= node.threshold ? node.left : node.right;
      }
      for (const Forest::Vote& vote : fitted.forest.leaves[leaf_of(place)]) paths += double{vote.weight};
    }
    return std::exp2(-paths * fitted.factor);
  };
  EXPECT_LT(score({20, 10}), 0.5);
  EXPECT_GT(score({-30, 60}), 0.65);
  EXPECT_NEAR(mean_search_path(256), 10.244, 1e-3) << "the paper's c(256)";
}

TEST(TailThreshold, IsExceededAsOftenAsItSays) {
  std::mt19937 random(5);
  for (const bool heavy : {false, true}) {
    // Exponential, or with a tail as the power -5: known quantiles.
    const auto quantile = [&](double above) { return heavy ? std::pow(above, -0.2) : -std::log(above); };
    std::uniform_real_distribution<double> share(0, 1);
    std::vector<double> scores(20000);
    for (double& score : scores) score = quantile(1 - share(random));
    const TailFit fit = tail_threshold(scores, 1e-4);
    EXPECT_NEAR(fit.threshold / quantile(1e-4), 1, 0.12) << heavy;
    EXPECT_NEAR(fit.shape, heavy ? 0.2 : 0, 0.12);
    EXPECT_EQ(fit.peaks, 400u);
  }
  EXPECT_TRUE(contains(error_of([] { tail_threshold(std::vector<double>(50, 1.0), 1e-4); }), "too few to fit a tail"));
}

TEST(TailThreshold, AQuantileLiesBetweenNeighbours) {
  EXPECT_EQ(quantile_threshold({4, 1, 3, 2, 5}, 0.5), 3);
  EXPECT_EQ(quantile_threshold({4, 1, 3, 2, 5}, 0.875), 4.5);
  EXPECT_TRUE(contains(error_of([] { quantile_threshold({}, 0.5); }), "no scores"));
}

}  // namespace
}  // namespace mote
