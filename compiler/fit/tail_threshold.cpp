#include "fit/tail_threshold.hpp"

#include <algorithm>
#include <cmath>

#include "support/error.hpp"

namespace mote {

namespace {

constexpr std::size_t kLeastPeaks = 20;
constexpr double kLargestShape = 0.5;  // of heavier tails a few peaks tell nothing

struct Pareto {
  double shape = 0, scale = 0, log_likelihood = -HUGE_VAL;
};

/// The best distribution with shape / scale = `ratio`.
Pareto with_ratio(const std::vector<double>& excesses, double ratio) {
  const auto n = static_cast<double>(excesses.size());
  double mean = 0, logarithms = 0;
  for (const double excess : excesses) {
    mean += excess / n;
    if (!(1 + ratio * excess > 0)) return {};
    logarithms += std::log1p(ratio * excess) / n;
  }
  if (std::fabs(ratio) * mean < 1e-9) return {0, mean, -n * (std::log(mean) + 1)};
  const double scale = logarithms / ratio;
  if (!(scale > 0) || logarithms > kLargestShape || logarithms < -kLargestShape) return {};
  return {logarithms, scale, -n * (std::log(scale) + 1 + logarithms)};
}

Pareto fit_pareto(const std::vector<double>& excesses) {
  const auto n = static_cast<double>(excesses.size());
  double largest = 0, mean = 0;
  for (const double excess : excesses) {
    largest = std::max(largest, excess);
    mean += excess / n;
  }
  Pareto best = with_ratio(excesses, 0);
  double best_ratio = 0, step = (1 / largest + 4 / mean) / 400;
  const auto attempt = [&](double ratio) {
    const Pareto made = with_ratio(excesses, ratio);
    if (made.log_likelihood <= best.log_likelihood) return;
    best = made;
    best_ratio = ratio;
  };
  for (double ratio = -(1 - 1e-6) / largest; ratio < 4 / mean; ratio += step) attempt(ratio);
  for (int round = 0; round < 6; ++round, step /= 8) {
    const double around = best_ratio;
    for (int i = -8; i <= 8; ++i) attempt(around + i * step / 8);
  }
  return best;
}

}  // namespace

double quantile_threshold(std::vector<double> scores, double quantile) {
  if (scores.empty()) throw Error("there are no scores to take a threshold from", "give more normal data");
  std::sort(scores.begin(), scores.end());
  const double at = quantile * static_cast<double>(scores.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, scores.size() - 1);
  return scores[below] + (at - std::floor(at)) * (scores[above] - scores[below]);
}

TailFit tail_threshold(const std::vector<double>& scores, double risk, double from_quantile) {
  TailFit fit;
  fit.from = quantile_threshold(scores, from_quantile);
  std::vector<double> excesses;
  for (const double score : scores) {
    if (score > fit.from) excesses.push_back(score - fit.from);
  }
  fit.peaks = excesses.size();
  if (fit.peaks < kLeastPeaks) {
    throw Error(fmt::format("only {} of {} normal scores lie above their quantile {}: too few to fit a tail", fit.peaks,
                            scores.size(), from_quantile),
                "give more normal data, or take a quantile: --threshold quantile");
  }
  const Pareto tail = fit_pareto(excesses);
  fit.shape = tail.shape;
  fit.scale = tail.scale;
  const double share = risk * static_cast<double>(scores.size()) / static_cast<double>(fit.peaks);
  fit.threshold =
      fit.from + (tail.shape == 0 ? -tail.scale * std::log(share) : tail.scale / tail.shape * (std::pow(share, -tail.shape) - 1));
  return fit;
}

}  // namespace mote
