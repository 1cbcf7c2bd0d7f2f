#include <cmath>

#include "cli/played.hpp"
#include "fit/clusters.hpp"
#include "fit/isolation_forest.hpp"
#include "fit/mixture.hpp"
#include "fit/tail_threshold.hpp"
#include "pipeline/anomaly_section.hpp"
#include "report/report.hpp"
#include "support/files.hpp"

namespace mote::cli {

namespace {

struct FitOptions {
  std::string path, output, threshold = "tail";
  PlayOptions play;
  double risk = 1e-4, quantile = 0.999;
  bool json = false;
};

std::vector<float> single(const std::vector<double>& values) { return {values.begin(), values.end()}; }
std::int32_t extent(std::size_t count) { return static_cast<std::int32_t>(count); }

/// The rows of all recordings behind their warm-up, with numbers that can be fitted.
Rows normal_rows(const Played& played) {
  Rows all;
  for (const Rows& rows : played.recordings) {
    all.width = rows.width;
    for (auto i = static_cast<std::size_t>(played.source.warm_up); i < rows.count(); ++i) {
      const auto row = rows.row(i);
      if (std::all_of(row.begin(), row.end(), [](float value) { return std::abs(value) <= 1e9F; }))
        all.values.insert(all.values.end(), row.begin(), row.end());
    }
  }
  if (all.count() == 0)
    throw Error(fmt::format("no recording fills the windows, which takes {} runs", played.source.warm_up + 1));
  return all;
}

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

void fit_parameters(const Rows& rows, const AnomalySettings& settings, FittedParameters& to) {
  switch (settings.fit) {
    case AnomalyFit::kNone:
      return;
    case AnomalyFit::kMahalanobis:
      return fit_mahalanobis(rows, to);
    case AnomalyFit::kClusters:
      return fit_kmeans(rows, settings, to);
    case AnomalyFit::kMixture:
      return fit_gaussians(rows, settings, to);
    case AnomalyFit::kIsolationForest:
      return fit_forest(rows, settings, to);
    case AnomalyFit::kRanges:
      return fit_ranges(rows, to);
  }
}

/// The scores of normal data; 0 is what a method says while it learns.
std::vector<double> normal_scores(const Played& played) {
  std::vector<double> scores;
  for (const float score : normal_rows(played).values) {
    if (score != 0) scores.push_back(static_cast<double>(score));
  }
  return scores;
}

ExitCode fit(const FitOptions& options) {
  const AnomalySettings settings = anomaly_settings(options.path);
  const std::string output = options.output.empty() ? settings.parameters.string() : options.output;
  if (output.empty())
    throw Error(fmt::format("{}: [anomaly] names no file for the parameters", options.path),
                "add parameters = \"NAME.npz\", or give -o");
  FittedParameters fitted;
  const Played features = play(options.path, PipelineScope::kModel, options.play);
  const Rows rows = normal_rows(features);
  fit_parameters(rows, settings, fitted);
  Json json{{"file", output}, {"vectors", rows.count()}, {"features", rows.width}};
  for (const std::string& note : features.notes) {
    if (!options.json) fmt::print("{}\n", note);
  }
  if (options.threshold != "none") {
    const std::vector<double> scores = normal_scores(play(options.path, PipelineScope::kScores, options.play, &fitted));
    double threshold = 0;
    std::string how;
    if (options.threshold == "tail") {
      const TailFit tail = tail_threshold(scores, options.risk);
      threshold = tail.threshold;
      how =
          fmt::format("a normal score exceeds it with a probability of {:.3g}: {} peaks above {:.6g}, shape {:.3g}, scale {:.3g}",
                      options.risk, tail.peaks, tail.from, tail.shape, tail.scale);
    } else {
      threshold = quantile_threshold(scores, options.quantile);
      how = fmt::format("quantile {:.6g} of {} normal scores", options.quantile, scores.size());
    }
    fitted.set("threshold", {1}, std::vector<float>{static_cast<float>(threshold)});
    json["threshold"] = threshold;
    json["scores"] = scores.size();
    if (!options.json) fmt::print("threshold {:.6g}: {}\n", threshold, how);
  }
  write_file(output, fitted.bytes());
  if (options.json) {
    fmt::print("{}", json_text(json));
  } else {
    fmt::print("wrote {}: from {} vectors of {} features\n", output, rows.count(), rows.width);
  }
  return ExitCode::kDone;
}

}  // namespace

void add_fit(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("fit", "Fit a pipeline's anomaly score, and a threshold, to recordings of what is normal");
  auto options = std::make_shared<FitOptions>();
  command->add_option("pipeline", options->path, "A pipeline (.toml) with an [anomaly]")->required()->type_name("PIPELINE");
  add_play_options(*command, options->play, "--normal", "Recordings of what is normal, or directories of them");
  command
      ->add_option("-o,--output", options->output,
                   "Write the parameters here; by default to what `parameters` of [anomaly] names")
      ->type_name("FILE.npz");
  command
      ->add_option("--threshold", options->threshold,
                   "tail: extreme value theory, beyond what was seen; quantile: of the normal scores; none. A [decision] without "
                   "`on` takes it")
      ->check(CLI::IsMember({"tail", "quantile", "none"}))
      ->capture_default_str();
  command->add_option("--risk", options->risk, "tail: the probability that a run's normal score is above")
      ->check(CLI::Range(1e-12, 0.02))
      ->capture_default_str();
  command->add_option("--quantile", options->quantile, "quantile: the share of normal scores at or below")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object on stdout");
  command->callback([&action, options] { action = [options] { return fit(*options); }; });
}

}  // namespace mote::cli
