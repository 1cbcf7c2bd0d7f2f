#include "metrics/classification.hpp"

#include <algorithm>

#include "support/error.hpp"

namespace mote {

namespace {

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

double harmonic_mean(double a, double b) { return ratio(2 * a * b, a + b); }

void add_weighted(ClassMetrics& sum, const ClassMetrics& metrics, double weight) {
  sum.precision += weight * metrics.precision;
  sum.recall += weight * metrics.recall;
  sum.f1 += weight * metrics.f1;
}

void add_averages(ClassificationMetrics& result) {
  const auto occurs = [](const ClassMetrics& each) { return each.support > 0 || each.predicted > 0; };
  const auto seen = static_cast<double>(std::count_if(result.classes.begin(), result.classes.end(), occurs));
  const auto present = static_cast<double>(
      std::count_if(result.classes.begin(), result.classes.end(), [](const ClassMetrics& each) { return each.support > 0; }));
  for (const ClassMetrics& each : result.classes) {
    if (occurs(each)) add_weighted(result.macro, each, 1 / seen);
    add_weighted(result.weighted, each, static_cast<double>(each.support) / static_cast<double>(result.samples));
    if (each.support > 0) result.balanced_accuracy += each.recall / present;
  }
  for (ClassMetrics* average : {&result.macro, &result.weighted}) average->support = average->predicted = result.samples;
}

}  // namespace

ClassificationMetrics classification_metrics(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
                                             std::int32_t class_count) {
  MOTE_CHECK(!truth.empty() && truth.size() == predicted.size());
  const auto count = static_cast<std::size_t>(class_count);
  ClassificationMetrics result;
  result.confusion.assign(count, std::vector<std::int64_t>(count, 0));
  result.classes.resize(count);
  result.samples = static_cast<std::int64_t>(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    MOTE_CHECK(truth[i] >= 0 && truth[i] < class_count && predicted[i] >= 0 && predicted[i] < class_count);
    ++result.confusion[static_cast<std::size_t>(truth[i])][static_cast<std::size_t>(predicted[i])];
  }
  for (std::size_t c = 0; c < count; ++c) {
    ClassMetrics& each = result.classes[c];
    for (std::size_t other = 0; other < count; ++other) {
      each.support += result.confusion[c][other];
      each.predicted += result.confusion[other][c];
    }
    const std::int64_t hits = result.confusion[c][c];
    result.correct += hits;
    each.precision = ratio(static_cast<double>(hits), static_cast<double>(each.predicted));
    each.recall = ratio(static_cast<double>(hits), static_cast<double>(each.support));
    each.f1 = harmonic_mean(each.precision, each.recall);
  }
  result.accuracy = static_cast<double>(result.correct) / static_cast<double>(result.samples);
  add_averages(result);
  return result;
}

std::vector<Confusion> worst_confusions(const ClassificationMetrics& metrics, std::size_t limit) {
  std::vector<Confusion> mistakes;
  for (std::size_t truth = 0; truth < metrics.confusion.size(); ++truth) {
    for (std::size_t predicted = 0; predicted < metrics.confusion.size(); ++predicted) {
      const std::int64_t count = metrics.confusion[truth][predicted];
      if (truth != predicted && count > 0)
        mistakes.push_back({static_cast<std::int32_t>(truth), static_cast<std::int32_t>(predicted), count});
    }
  }
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const Confusion& a, const Confusion& b) { return a.count > b.count; });
  mistakes.resize(std::min(limit, mistakes.size()));
  return mistakes;
}

double top_k_accuracy(std::span<const std::int32_t> truth, const std::vector<std::vector<double>>& scores, std::size_t k) {
  MOTE_CHECK(!truth.empty() && truth.size() == scores.size());
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto right = static_cast<std::size_t>(truth[i]);
    MOTE_CHECK(truth[i] >= 0 && right < scores[i].size());
    std::size_t ahead = 0;
    for (std::size_t c = 0; c < scores[i].size(); ++c) {
      if (scores[i][c] > scores[i][right] || (scores[i][c] == scores[i][right] && c < right)) ++ahead;
    }
    if (ahead < k) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(truth.size());
}

}  // namespace mote
