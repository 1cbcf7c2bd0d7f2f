#pragma once

#include <vector>

namespace mote {

/// The share `quantile` of the scores lies at or below it, interpolated between neighbours. Error where there are no scores.
double quantile_threshold(std::vector<double> scores, double quantile);

/// A generalized Pareto distribution of what scores exceed `from` by.
struct TailFit {
  double from = 0, shape = 0, scale = 0;
  std::size_t peaks = 0;  ///< scores above `from`
  double threshold = 0;
};

/// The threshold that a normal score exceeds with the probability `risk`, beyond what has been seen: the scores above their
/// quantile `from_quantile` are fitted by maximum likelihood (peaks over threshold; Siffer, Fouque, Termier, Largouet, "Anomaly
/// detection in streams with extreme value theory", 2017; the search over one parameter after Grimshaw, "Computing maximum
/// likelihood estimates for the generalized Pareto distribution", 1993). Error where fewer than 20 scores are left for the fit.
TailFit tail_threshold(const std::vector<double>& scores, double risk, double from_quantile = 0.98);

}  // namespace mote
