#include "fit/mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fit/clusters.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

constexpr int kMostRounds = 200;
constexpr double kLeastGain = 1e-6;  ///< of the mean logarithm of likelihood, for another round

/// How much of each row belongs to each component; gives the mean logarithm of likelihood.
double expect(const FittedMixture& mixture, const Rows& rows, std::vector<std::vector<double>>& belongs) {
  double total = 0;
  std::vector<double> logarithms(mixture.components.size());
  for (std::size_t i = 0; i < rows.count(); ++i) {
    for (std::size_t c = 0; c < logarithms.size(); ++c)
      logarithms[c] = log_weight(mixture, c) - whitened_square(mixture.components[c], rows.row(i)) / 2;
    const double largest = *std::max_element(logarithms.begin(), logarithms.end());
    double sum = 0;
    for (const double logarithm : logarithms) sum += std::exp(logarithm - largest);
    for (std::size_t c = 0; c < logarithms.size(); ++c) belongs[c][i] = std::exp(logarithms[c] - largest) / sum;
    total += largest + std::log(sum);
  }
  return total / static_cast<double>(rows.count());
}

FittedMixture maximize(const Rows& rows, const std::vector<std::vector<double>>& belongs, bool diagonal) {
  FittedMixture mixture;
  for (const std::vector<double>& weights : belongs) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    if (sum < 1e-3) continue;  // nothing is left of it
    mixture.components.push_back(fit_gaussian(rows, weights, diagonal));
    mixture.shares.push_back(sum / static_cast<double>(rows.count()));
  }
  return mixture;
}

}  // namespace

double log_weight(const FittedMixture& mixture, std::size_t component) {
  const FittedGaussian& gaussian = mixture.components[component];
  return std::log(mixture.shares[component]) + gaussian.log_volume -
         static_cast<double>(gaussian.mean.size()) / 2 * std::log(2 * std::numbers::pi);
}

FittedMixture fit_mixture(const Rows& rows, std::size_t components, bool diagonal, std::uint32_t seed) {
  const FittedClusters clusters = fit_clusters(rows, components, seed);
  std::vector<std::vector<double>> belongs(clusters.centres.size(), std::vector<double>(rows.count()));
  for (std::size_t i = 0; i < rows.count(); ++i) belongs[clusters.nearest[i]][i] = 1;
  FittedMixture mixture = maximize(rows, belongs, diagonal);
  double before = -HUGE_VAL;
  for (int round = 0; round < kMostRounds; ++round) {
    belongs.assign(mixture.components.size(), std::vector<double>(rows.count()));
    const double reached = expect(mixture, rows, belongs);
    mixture.mean_log_likelihood = reached;
    if (reached < before + kLeastGain) break;
    before = reached;
    mixture = maximize(rows, belongs, diagonal);
    mixture.mean_log_likelihood = reached;
  }
  return mixture;
}

}  // namespace mote
