#include "metrics/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/error.hpp"

namespace mote {

namespace {

RankingThreshold threshold_at(double value, std::int64_t hits, std::int64_t false_alarms, const RankingMetrics& counts) {
  RankingThreshold result;
  const auto found = static_cast<double>(hits);
  result.value = value;
  result.precision = found / static_cast<double>(hits + false_alarms);
  result.recall = found / static_cast<double>(counts.positives);
  result.f1 = hits == 0 ? 0 : 2 * result.precision * result.recall / (result.precision + result.recall);
  result.false_positive_rate = static_cast<double>(false_alarms) / static_cast<double>(counts.negatives);
  return result;
}

}  // namespace

std::optional<RankingMetrics> ranking_metrics(const std::vector<bool>& positive, const std::vector<double>& scores) {
  MOTE_CHECK(positive.size() == scores.size());
  RankingMetrics result;
  result.positives = std::count(positive.begin(), positive.end(), true);
  result.negatives = static_cast<std::int64_t>(positive.size()) - result.positives;
  const bool finite = std::all_of(scores.begin(), scores.end(), [](double score) { return std::isfinite(score); });
  if (result.positives == 0 || result.negatives == 0 || !finite) return std::nullopt;

  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::int64_t hits = 0;
  std::int64_t false_alarms = 0;
  double half_pairs_lost = 0;  // twice the pairs whose negative stands ahead, pairs of equal score once
  double last_recall = 0;
  bool first = true;
  for (std::size_t i = 0; i < order.size();) {
    std::int64_t more_hits = 0;
    std::int64_t more_false = 0;
    const double value = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == value; ++i) ++(positive[order[i]] ? more_hits : more_false);
    half_pairs_lost += static_cast<double>(more_hits) * static_cast<double>(2 * false_alarms + more_false);
    hits += more_hits;
    false_alarms += more_false;
    const RankingThreshold here = threshold_at(value, hits, false_alarms, result);
    result.average_precision += (here.recall - last_recall) * here.precision;
    last_recall = here.recall;
    if (first || here.f1 > result.best_f1.f1) result.best_f1 = here;
    if (first || here.youden() > result.best_youden.youden()) result.best_youden = here;
    first = false;
  }
  result.roc_auc = 1 - half_pairs_lost / (2 * static_cast<double>(result.positives) * static_cast<double>(result.negatives));
  return result;
}

}  // namespace mote
