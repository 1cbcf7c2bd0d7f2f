// Against scikit-learn: expected.inc holds random cases and its answers (make_expected.py).

#include <cmath>

#include <gtest/gtest.h>

#include "metrics/classification.hpp"
#include "metrics/ranking.hpp"
#include "metrics/regression.hpp"

namespace mote::test {
namespace {

struct ClassificationCase {
  std::int32_t classes;
  std::vector<std::int32_t> truth, predicted;
  std::vector<std::int64_t> confusion;
  std::vector<double> precision, recall, f1;
  double accuracy, balanced_accuracy;
  std::vector<double> averages;  // macro precision, recall, F1, then weighted
};
struct RankingCase {
  std::vector<int> truth;
  std::vector<double> scores;
  double roc_auc, average_precision, best_f1_threshold, best_f1, best_youden_threshold, best_youden;
};
struct RegressionCase {
  std::size_t outputs;
  std::vector<double> truth, predicted;  // output after output
  std::vector<double> expected;          // MAE, RMSE, R2, largest error, bias
};

#include "metrics/expected.inc"

constexpr double kTolerance = 1e-12;

TEST(Classification, AgreesWithScikitLearn) {
  for (const ClassificationCase& each : kClassifications) {
    const ClassificationMetrics got = classification_metrics(each.truth, each.predicted, each.classes);
    const auto count = static_cast<std::size_t>(each.classes);
    for (std::size_t t = 0; t < count; ++t) {
      for (std::size_t p = 0; p < count; ++p) EXPECT_EQ(got.confusion[t][p], each.confusion[t * count + p]);
      EXPECT_NEAR(got.classes[t].precision, each.precision[t], kTolerance);
      EXPECT_NEAR(got.classes[t].recall, each.recall[t], kTolerance);
      EXPECT_NEAR(got.classes[t].f1, each.f1[t], kTolerance);
    }
    EXPECT_NEAR(got.accuracy, each.accuracy, kTolerance);
    EXPECT_NEAR(got.balanced_accuracy, each.balanced_accuracy, kTolerance);
    const double averages[] = {got.macro.precision, got.macro.recall, got.macro.f1, got.weighted.precision, got.weighted.recall, got.weighted.f1};
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(averages[i], each.averages[i], kTolerance) << i;
  }
}

TEST(Classification, TheWorstMistakesComeFirst) {
  const std::vector<std::int32_t> truth{0, 0, 1, 1, 1, 2, 2};
  const std::vector<std::int32_t> predicted{0, 1, 2, 2, 1, 0, 2};
  const auto worst = worst_confusions(classification_metrics(truth, predicted, 3), 2);
  ASSERT_EQ(worst.size(), 2U);
  EXPECT_EQ(worst[0].truth, 1);
  EXPECT_EQ(worst[0].predicted, 2);
  EXPECT_EQ(worst[0].count, 2);
  EXPECT_EQ(worst[1].truth, 0);
}

TEST(Classification, TopKCountsEqualScoresInOrderOfClasses) {
  const std::vector<std::vector<double>> scores{{0.5, 0.3, 0.2}, {0.2, 0.2, 0.6}, {0.4, 0.4, 0.2}};
  const std::vector<std::int32_t> truth{1, 1, 1};
  EXPECT_DOUBLE_EQ(top_k_accuracy(truth, scores, 1), 0);
  EXPECT_DOUBLE_EQ(top_k_accuracy(truth, scores, 2), 2.0 / 3);
  EXPECT_DOUBLE_EQ(top_k_accuracy(truth, scores, 3), 1);
}

TEST(Ranking, AgreesWithScikitLearn) {
  for (const RankingCase& each : kRankings) {
    const auto got = ranking_metrics(std::vector<bool>(each.truth.begin(), each.truth.end()), each.scores);
    ASSERT_TRUE(got);
    EXPECT_NEAR(got->roc_auc, each.roc_auc, kTolerance);
    EXPECT_NEAR(got->average_precision, each.average_precision, kTolerance);
    EXPECT_NEAR(got->best_f1.f1, each.best_f1, kTolerance);
    EXPECT_EQ(got->best_f1.value, each.best_f1_threshold);
    EXPECT_NEAR(got->best_youden.youden(), each.best_youden, kTolerance);
    EXPECT_EQ(got->best_youden.value, each.best_youden_threshold);
  }
}

TEST(Ranking, NeedsBothKindsAndNumbers) {
  EXPECT_FALSE(ranking_metrics({true, true}, {1, 2}));
  EXPECT_FALSE(ranking_metrics({false}, {1}));
  EXPECT_FALSE(ranking_metrics({}, {}));
  EXPECT_FALSE(ranking_metrics({true, false}, {1, std::nan("")}));
}

TEST(Regression, AgreesWithScikitLearn) {
  for (const RegressionCase& each : kRegressions) {
    std::vector<RegressionMetrics> outputs;
    const std::size_t count = each.truth.size() / each.outputs;
    for (std::size_t o = 0; o < each.outputs; ++o) {
      const auto part = [&](const std::vector<double>& all) {
        return std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(o * count), all.begin() + static_cast<std::ptrdiff_t>((o + 1) * count));
      };
      outputs.push_back(regression_metrics(part(each.truth), part(each.predicted)));
    }
    const RegressionMetrics got = mean_of(outputs);
    const double values[] = {got.mae, got.rmse, got.r2, got.max_error, got.bias};
    for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(values[i], each.expected[i], kTolerance) << i;
  }
}

TEST(Regression, OfATruthThatNeverChanges) {
  EXPECT_EQ(regression_metrics({2, 2}, {2, 2}).r2, 1);
  EXPECT_EQ(regression_metrics({2, 2}, {2, 3}).r2, 0);
  EXPECT_TRUE(std::isnan(regression_metrics({2, 2}, {2, std::nan("")}).max_error));
}

}  // namespace
}  // namespace mote::test
