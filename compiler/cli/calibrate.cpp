#include <cmath>

#include "cli/played.hpp"
#include "data/event_labels.hpp"
#include "fit/calibration.hpp"
#include "pipeline/decision_section.hpp"
#include "pipeline/edit_config.hpp"
#include "report/report.hpp"
#include "report/trade_off_chart.hpp"
#include "support/files.hpp"
#include "support/table.hpp"

namespace mote::cli {

namespace {

struct CalibrateOptions {
  std::string path, labels, chart;
  PlayOptions play;
  double per_hour = 1, late_s = 0.5;
  std::vector<std::int32_t> debounce;
  bool dry_run = false, json = false;
};

std::int32_t kind_named(const std::string& name, const std::vector<std::string>& names, std::size_t kinds,
                        const std::string& file) {
  if (kinds == 1 && (name.empty() || names.empty())) return 0;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::int32_t>(found - names.begin());
  throw Error(fmt::format("{}: there is no event '{}'", file, name),
              names.empty() ? "give the events names: [decision] names" : fmt::format("known: {}", fmt::join(names, ", ")));
}

/// Scores and labels of each recording.
ScoredRecordings scored(const Played& played, const std::vector<LabelledEvent>& labels, const std::vector<std::string>& names,
                        const CalibrateOptions& options) {
  ScoredRecordings data{{}, played.recordings[0].width, played.source.hop_seconds(), options.late_s};
  for (const Rows& rows : played.recordings) data.recordings.push_back({rows.values, {}});
  for (const LabelledEvent& label : labels) {
    const std::string file = std::filesystem::path(label.file).filename().string();
    const auto found = std::find(played.names.begin(), played.names.end(), file);
    if (found == played.names.end()) throw Error(fmt::format("{}: there is no recording '{}'", options.labels, label.file));
    data.recordings[static_cast<std::size_t>(found - played.names.begin())].labels.push_back(
        {label.start_s, label.end_s, kind_named(label.name, names, data.kinds, options.labels)});
  }
  return data;
}

std::string kind_name(std::int32_t kind, const std::vector<std::string>& names, std::size_t kinds) {
  const auto at = static_cast<std::size_t>(kind);
  if (at < names.size()) return names[at];
  return kinds == 1 ? "events" : fmt::format("score {}", kind);
}

TradeOffCurve curve_of(const KindSweep& sweep, std::string name, double hours) {
  const auto share = [&](const OperatingPoint& point) {
    return TradeOffCurve::Point{static_cast<double>(point.errors.false_accepts) / hours, point.errors.false_rejection_rate()};
  };
  TradeOffCurve curve{std::move(name), {}, {}, sweep.chosen.has_value()};
  for (const OperatingPoint& point : sweep.points) curve.points.push_back(share(point));
  if (sweep.chosen) curve.chosen = share(*sweep.chosen);
  return curve;
}

/// A number as TOML writes it.
std::string toml_number(float value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{:.6g}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string toml_numbers(const std::vector<float>& values) {
  std::vector<std::string> texts;
  for (const float value : values) texts.push_back(toml_number(value));
  return texts.size() == 1 ? texts[0] : fmt::format("[{}]", fmt::join(texts, ", "));
}

/// About a dozen points of a curve, each another pair of errors.
std::string sweep_text(const std::vector<OperatingPoint>& points, const std::string& name, double hours) {
  std::vector<std::vector<std::string>> rows{{"threshold", "false accepts per hour", "false rejects"}};
  std::vector<OperatingPoint> distinct;
  for (const OperatingPoint& point : points) {
    const bool same = !distinct.empty() && distinct.back().errors.false_accepts == point.errors.false_accepts &&
                      distinct.back().errors.false_rejects == point.errors.false_rejects;
    if (same) distinct.pop_back();
    distinct.push_back(point);
  }
  const std::size_t step = std::max<std::size_t>(1, (distinct.size() + 11) / 12);
  for (std::size_t i = 0; i < distinct.size(); i += step) {
    const DetectionErrors& errors = distinct[i].errors;
    rows.push_back(
        {fmt::format("{:.5g}", distinct[i].on), fmt::format("{:.4g}", static_cast<double>(errors.false_accepts) / hours),
         fmt::format("{:.1f} % ({} of {})", 100 * errors.false_rejection_rate(), errors.false_rejects, errors.labels)});
  }
  return fmt::format("{}\n{}\n", name, format_table(rows));
}

Json choice_json(const ChosenThresholds& choice, const std::vector<TradeOffCurve>& curves, double hours) {
  Json json{{"on", Json::array()}, {"debounce", choice.debounce}};
  for (const float on : choice.on) json["on"].push_back(std::isfinite(on) ? Json(on) : Json("inf"));
  json["hours"] = hours;
  json["false_accepts"] = choice.errors.false_accepts;
  json["false_rejects"] = choice.errors.false_rejects;
  json["labels"] = choice.errors.labels;
  for (const TradeOffCurve& curve : curves) {
    Json points = Json::array();
    for (const auto& point : curve.points) points.push_back({point.false_accepts_per_hour, point.false_rejection_rate});
    json["curves"].push_back({{"name", curve.name}, {"points", points}});
  }
  return json;
}

void write_into(const CalibrateOptions& options, const ChosenThresholds& choice, const DecisionSettings& before) {
  const std::vector<std::uint8_t> bytes = read_file(options.path);
  std::string text(bytes.begin(), bytes.end());
  text = with_setting(text, "decision", "on", toml_numbers(choice.on));
  if (choice.debounce != before.debounce) text = with_setting(text, "decision", "debounce", fmt::to_string(choice.debounce));
  write_file(options.path, text);
}

ExitCode calibrate(const CalibrateOptions& options) {
  const Played played = play(options.path, PipelineScope::kScores, options.play);
  const std::vector<std::uint8_t> bytes = read_file(options.labels);
  const std::vector<LabelledEvent> labels = with_context(options.labels, [&] {
    return parse_event_labels({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  });
  const std::size_t kinds = played.recordings[0].width;
  DecisionSettings settings = decision_settings(options.path, kinds, played.source.rate_hz / played.source.hop);
  if (settings.vote > 0)
    throw Error(fmt::format("{}: [decision] votes, which has no thresholds", options.path), "leave out `vote`");
  const std::vector<std::string> names = settings.names.empty() && played.labels.size() == kinds ? played.labels : settings.names;
  const ScoredRecordings data = scored(played, labels, names, options);
  const double hours = data.hours(), allowed = options.per_hour * hours;
  EventRule rule{settings.on,       settings.off,        settings.average,
                 settings.debounce, settings.refractory, static_cast<std::int32_t>(played.source.warm_up)};
  std::optional<ChosenThresholds> best;
  std::vector<TradeOffCurve> curves;
  const std::vector<std::int32_t> tried =
      options.debounce.empty() ? std::vector<std::int32_t>{settings.debounce} : options.debounce;
  for (const std::int32_t debounce : tried) {
    rule.debounce = debounce;
    ChosenThresholds choice = with_context(options.labels, [&] { return calibrate_thresholds(data, rule, options.per_hour); });
    for (const KindSweep& sweep : choice.sweeps) {
      const std::string name = kind_name(sweep.kind, names, kinds);
      curves.push_back(curve_of(sweep, tried.size() == 1 ? name : fmt::format("{}, debounce {}", name, debounce), hours));
    }
    if (!best || is_better(choice, *best, allowed)) best = std::move(choice);
  }
  if (!options.chart.empty()) write_file(options.chart, trade_off_svg(curves, hours));
  const bool reached = static_cast<double>(best->errors.false_accepts) <= allowed;
  if (options.json) {
    fmt::print("{}", json_text(choice_json(*best, curves, hours)));
  } else {
    for (const std::string& note : played.notes) fmt::print("{}\n", note);
    for (const KindSweep& sweep : best->sweeps)
      fmt::print("\n{}", sweep_text(sweep.points, kind_name(sweep.kind, names, kinds), hours));
    fmt::print("\non = {}, debounce = {}: {} false accepts in {:.4g} h ({:.4g} per hour), {} of {} labels missed\n",
               toml_numbers(best->on), best->debounce, best->errors.false_accepts, hours,
               static_cast<double>(best->errors.false_accepts) / hours, best->errors.false_rejects, best->errors.labels);
  }
  if (!reached) {
    fmt::print(stderr, "mote: no thresholds give at most {:.6g} false accepts per hour; {} is as it was\n", options.per_hour,
               options.path);
    return ExitCode::kCheckFailed;
  }
  if (!options.dry_run) {
    write_into(options, *best, settings);
    if (!options.json) fmt::print("written into {}\n", options.path);
  }
  return ExitCode::kDone;
}

}  // namespace

void add_calibrate(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "calibrate", "Find a pipeline's thresholds on labelled recordings: false accepts per hour against false rejects");
  auto options = std::make_shared<CalibrateOptions>();
  command->add_option("pipeline", options->path, "A pipeline (.toml) with a [decision], whose `on` is written")
      ->required()
      ->type_name("PIPELINE");
  add_play_options(*command, options->play, "--recordings", "Recordings, or directories of them");
  command->add_option("--labels", options->labels, "What is to be found: a .csv with the heading file,start_s,end_s,name")
      ->required()
      ->type_name("FILE.csv");
  command
      ->add_option("--false-accepts-per-hour", options->per_hour,
                   "At most so many, of all kinds of events together; then as few false rejects as can be")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command->add_option("--late", options->late_s, "Seconds behind the end of a label in which an event still counts for it")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_option("--try-debounce", options->debounce, "Try these runs in a row, and take the best: 1,2,3")
      ->delimiter(',')
      ->check(CLI::Range(1, 1 << 20))
      ->type_name("N,N");
  command->add_option("--chart", options->chart, "Draw the curves")->type_name("FILE.svg");
  command->add_flag("--dry-run", options->dry_run, "Leave the pipeline as it is");
  command->add_flag("--json", options->json, "Print one JSON object on stdout");
  command->callback([&action, options] { action = [options] { return calibrate(*options); }; });
}

}  // namespace mote::cli
