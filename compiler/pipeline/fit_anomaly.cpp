#include "pipeline/fit_anomaly.hpp"

#include <algorithm>

#include "fit/clusters.hpp"
#include "fit/gaussian.hpp"
#include "fit/isolation_forest.hpp"
#include "fit/mixture.hpp"

namespace mote {

namespace {

std::vector<float> single(const std::vector<double>& values) { return {values.begin(), values.end()}; }
std::int32_t extent(std::size_t count) { return static_cast<std::int32_t>(count); }

void fit_mahalanobis(const Rows& rows, FittedParameters& to) {
  const FittedGaussian gaussian = fit_gaussian(rows);
  const std::int32_t n = extent(rows.width);
  to.set("mean", {n}, single(gaussian.mean));
  to.set("factor", {n, n}, square_factor(gaussian));
}

void fit_kmeans(const Rows& rows, const AnomalySettings& settings, FittedParameters& to) {
  const FittedClusters clusters =
      fit_clusters(rows, static_cast<std::size_t>(settings.clusters), static_cast<std::uint32_t>(settings.seed));
  std::vector<float> centres;
  for (const auto& centre : clusters.centres) centres.insert(centres.end(), centre.begin(), centre.end());
  to.set("centres", {extent(clusters.centres.size()), extent(rows.width)}, centres);
  to.set("weights", {extent(rows.width)}, single(clusters.weights));
  to.set("factors", {extent(clusters.factors.size())}, single(clusters.factors));
}

void fit_gaussians(const Rows& rows, const AnomalySettings& settings, FittedParameters& to) {
  const FittedMixture mixture = fit_mixture(rows, static_cast<std::size_t>(settings.components), settings.diagonal,
                                            static_cast<std::uint32_t>(settings.seed));
  std::vector<float> means, factors, offsets;
  for (std::size_t c = 0; c < mixture.components.size(); ++c) {
    const FittedGaussian& gaussian = mixture.components[c];
    means.insert(means.end(), gaussian.mean.begin(), gaussian.mean.end());
    offsets.push_back(static_cast<float>(log_weight(mixture, c)));
    for (std::size_t i = 0, at = 0; i < rows.width; ++i) {
      for (std::size_t j = 0; j <= i; ++j, ++at) {
        if (!settings.diagonal || i == j) factors.push_back(static_cast<float>(gaussian.factor[at]));
      }
    }
  }
  const std::int32_t components = extent(offsets.size());
  to.set("means", {components, extent(rows.width)}, means);
  to.set("factors", {components, extent(factors.size()) / components}, factors);
  to.set("offsets", {components}, offsets);
}

void fit_forest(const Rows& rows, const AnomalySettings& settings, FittedParameters& to) {
  const FittedIsolationForest fitted =
      fit_isolation_forest(rows, static_cast<std::size_t>(settings.trees), static_cast<std::size_t>(settings.samples),
                           static_cast<std::uint32_t>(settings.seed));
  const ForestTensors tensors = write_forest(fitted.forest);
  to.set("nodes", {extent(tensors.thresholds.size()), 4}, tensors.nodes);
  to.set("thresholds", {extent(tensors.thresholds.size())}, tensors.thresholds);
  to.set("roots", {extent(tensors.roots.size())}, tensors.roots);
  to.set("leaf_starts", {extent(tensors.leaf_starts.size())}, tensors.leaf_starts);
  to.set("vote_targets", {extent(tensors.vote_targets.size())}, tensors.vote_targets);
  to.set("vote_weights", {extent(tensors.vote_weights.size())}, tensors.vote_weights);
  to.set("base", {1}, tensors.base);
  to.set("factor", {1}, std::vector<float>{static_cast<float>(fitted.factor)});
}

void fit_ranges(const Rows& rows, FittedParameters& to) {
  std::vector<float> lowest(rows.row(0).begin(), rows.row(0).end()), highest = lowest;
  for (std::size_t i = 1; i < rows.count(); ++i) {
    for (std::size_t k = 0; k < rows.width; ++k) {
      lowest[k] = std::min(lowest[k], rows.row(i)[k]);
      highest[k] = std::max(highest[k], rows.row(i)[k]);
    }
  }
  to.set("lowest", {extent(rows.width)}, lowest);
  to.set("highest", {extent(rows.width)}, highest);
}

}  // namespace

FittedParameters fit_anomaly(const Rows& rows, const AnomalySettings& settings) {
  FittedParameters to;
  switch (settings.fit) {
    case AnomalyFit::kNone:
      break;
    case AnomalyFit::kMahalanobis:
      fit_mahalanobis(rows, to);
      break;
    case AnomalyFit::kClusters:
      fit_kmeans(rows, settings, to);
      break;
    case AnomalyFit::kMixture:
      fit_gaussians(rows, settings, to);
      break;
    case AnomalyFit::kIsolationForest:
      fit_forest(rows, settings, to);
      break;
    case AnomalyFit::kRanges:
      fit_ranges(rows, to);
      break;
  }
  return to;
}

}  // namespace mote
