#include "fit/clusters.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <random>

#include "support/error.hpp"

namespace mote {

namespace {

constexpr int kDraws = 4, kMostRounds = 100;

double fraction(std::mt19937& random) { return static_cast<double>(random() >> 5) / static_cast<double>(1U << 27); }

std::vector<double> inverse_variances(const Rows& rows) {
  std::vector<double> weights(rows.width);
  double mean_variance = 0;
  for (std::size_t k = 0; k < rows.width; ++k) {
    double sum = 0, squares = 0;
    const double first = double{rows.row(0)[k]};
    for (std::size_t i = 0; i < rows.count(); ++i) {
      const double value = double{rows.row(i)[k]} - first;
      sum += value;
      squares += value * value;
    }
    const auto count = static_cast<double>(rows.count());
    weights[k] = std::max(squares / count - sum / count * (sum / count), 0.0);
    mean_variance += weights[k] / static_cast<double>(rows.width);
  }
  const double least = std::max(1e-6 * mean_variance, 1e-18);
  for (double& weight : weights) weight = 1 / std::max(weight, least);
  return weights;
}

class KMeans {
 public:
  KMeans(const Rows& rows, const std::vector<double>& weights)
      : rows_(rows), weights_(weights), nearest_(rows.count()), least_(rows.count()) {}

  void draw(std::size_t clusters, std::mt19937& random) {
    centres_.clear();
    add_centre(random() % rows_.count());
    while (centres_.size() < clusters) {
      assign();
      double at = fraction(random) * spread();
      if (at <= 0 && spread() <= 0) return;  // every row is a centre
      std::size_t row = 0;
      while (row + 1 < least_.size() && (at -= least_[row]) >= 0) ++row;
      add_centre(row);
    }
  }

  void improve() {
    std::vector<std::size_t> before;
    for (int round = 0; round < kMostRounds; ++round) {
      assign();
      if (nearest_ == before) return;
      before = nearest_;
      std::vector<double> counts(centres_.size());
      std::vector<std::vector<double>> sums(centres_.size(), std::vector<double>(rows_.width));
      for (std::size_t i = 0; i < rows_.count(); ++i) {
        ++counts[nearest_[i]];
        for (std::size_t k = 0; k < rows_.width; ++k) sums[nearest_[i]][k] += double{rows_.row(i)[k]};
      }
      for (std::size_t c = 0; c < centres_.size(); ++c) {
        for (std::size_t k = 0; k < rows_.width && counts[c] > 0; ++k) centres_[c][k] = sums[c][k] / counts[c];
      }
    }
    assign();
  }

  double spread() const {
    double sum = 0;
    for (const double distance : least_) sum += distance;
    return sum;
  }

  FittedClusters result() const {
    FittedClusters result{centres_, weights_, {}, nearest_};
    std::vector<double> sums(centres_.size()), counts(centres_.size());
    for (std::size_t i = 0; i < least_.size(); ++i) {
      sums[nearest_[i]] += least_[i];
      ++counts[nearest_[i]];
    }
    const double mean = std::max(spread() / static_cast<double>(least_.size()), 1e-9);
    for (std::size_t c = 0; c < centres_.size(); ++c) {
      // A few members say little of how far others lie: the mean of all counts as much as a dozen of them.
      constexpr double kPrior = 12;
      result.factors.push_back((counts[c] + kPrior) / (sums[c] + kPrior * mean));
    }
    return result;
  }

 private:
  void add_centre(std::size_t row) { centres_.emplace_back(rows_.row(row).begin(), rows_.row(row).end()); }
  void assign() {
    for (std::size_t i = 0; i < rows_.count(); ++i) {
      least_[i] = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < centres_.size(); ++c) {
        double distance = 0;
        for (std::size_t k = 0; k < rows_.width; ++k) {
          const double difference = double{rows_.row(i)[k]} - centres_[c][k];
          distance += weights_[k] * difference * difference;
        }
        if (distance >= least_[i]) continue;
        least_[i] = distance;
        nearest_[i] = c;
      }
    }
  }

  const Rows& rows_;
  const std::vector<double>& weights_;
  std::vector<std::vector<double>> centres_;
  std::vector<std::size_t> nearest_;
  std::vector<double> least_;
};

}  // namespace

FittedClusters fit_clusters(const Rows& rows, std::size_t clusters, std::uint32_t seed) {
  if (rows.count() < 2 * clusters)
    throw Error(fmt::format("{} vectors are too few for {} clusters", rows.count(), clusters),
                "give more normal data, or ask for fewer clusters");
  const std::vector<double> weights = inverse_variances(rows);
  std::mt19937 random(seed);
  std::optional<FittedClusters> best;
  double least = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    KMeans attempt(rows, weights);
    attempt.draw(clusters, random);
    attempt.improve();
    if (best && attempt.spread() >= least) continue;
    least = attempt.spread();
    best = attempt.result();
  }
  return *best;
}

}  // namespace mote
