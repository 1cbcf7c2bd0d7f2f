#include "metrics/regression.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/error.hpp"

namespace mote {

RegressionMetrics regression_metrics(const std::vector<double>& truth, const std::vector<double>& predicted) {
  MOTE_CHECK(!truth.empty() && truth.size() == predicted.size());
  RegressionMetrics result;
  result.samples = static_cast<std::int64_t>(truth.size());
  const auto count = static_cast<double>(truth.size());
  const double mean = std::accumulate(truth.begin(), truth.end(), 0.0) / count;
  double squares = 0;
  double spread = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double error = predicted[i] - truth[i];
    result.mae += std::abs(error) / count;
    result.bias += error / count;
    // std::max would pass over a NaN.
    if (!(std::abs(error) <= result.max_error)) result.max_error = std::abs(error);
    squares += error * error;
    spread += (truth[i] - mean) * (truth[i] - mean);
  }
  result.rmse = std::sqrt(squares / count);
  result.r2 = spread > 0 ? 1 - squares / spread : squares == 0 ? 1 : 0;
  return result;
}

RegressionMetrics mean_of(const std::vector<RegressionMetrics>& outputs) {
  MOTE_CHECK(!outputs.empty());
  RegressionMetrics result;
  result.samples = outputs[0].samples;
  const auto count = static_cast<double>(outputs.size());
  for (const RegressionMetrics& each : outputs) {
    result.mae += each.mae / count;
    result.rmse += each.rmse / count;
    result.r2 += each.r2 / count;
    result.bias += each.bias / count;
    result.max_error = std::max(result.max_error, each.max_error);
  }
  return result;
}

}  // namespace mote
