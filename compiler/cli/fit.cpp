#include <cmath>

#include "cli/played.hpp"
#include "fit/tail_threshold.hpp"
#include "pipeline/anomaly_section.hpp"
#include "pipeline/fit_anomaly.hpp"
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
  const Played features = play(options.path, PipelineScope::kModel, options.play);
  const Rows rows = normal_rows(features);
  FittedParameters fitted = fit_anomaly(rows, settings);
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
