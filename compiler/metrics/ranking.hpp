#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mote {

/// What a threshold makes of a score: positive is what scores at least as much.
struct RankingThreshold {
  double value = 0;
  double precision = 0, recall = 0, f1 = 0;
  double false_positive_rate = 0;
  double youden() const { return recall - false_positive_rate; }
};

/// How well a score tells positives from negatives.
struct RankingMetrics {
  std::int64_t positives = 0, negatives = 0;
  double roc_auc = 0;            ///< area under the receiver operating characteristic; equal scores count half
  double average_precision = 0;  ///< area under precision over recall, as a sum of steps
  RankingThreshold best_f1;             ///< of equal ones the highest threshold
  RankingThreshold best_youden;         ///< recall minus false positive rate; of equal ones the highest threshold
};

/// `positive` and `scores` are equally long. Nothing unless there are positives and negatives and every score is finite.
std::optional<RankingMetrics> ranking_metrics(const std::vector<bool>& positive, const std::vector<double>& scores);

}  // namespace mote
