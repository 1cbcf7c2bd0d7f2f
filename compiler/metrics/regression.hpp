#pragma once

#include <cstdint>
#include <vector>

namespace mote {

/// Errors of one predicted value over all samples.
struct RegressionMetrics {
  std::int64_t samples = 0;
  double mae = 0, rmse = 0;
  double r2 = 0;         ///< of a truth that never changes: 1 when it is met, else 0
  double max_error = 0;  ///< the largest in size
  double bias = 0;       ///< mean of predicted minus truth
};

/// Equally long lists of at least one value.
RegressionMetrics regression_metrics(const std::vector<double>& truth, const std::vector<double>& predicted);

/// Several values per sample: the means of their metrics, and the largest error of all.
RegressionMetrics mean_of(const std::vector<RegressionMetrics>& outputs);

}  // namespace mote
