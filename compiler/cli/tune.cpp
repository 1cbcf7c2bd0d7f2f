#include "cli/command.hpp"

#include "emulate/tune.hpp"
#include "report/report.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

struct TuneOptions {
  ModelOptions model;
  TargetFlags target;
  std::string file;
};

ExitCode tune(const TuneOptions& options) {
  const Target target = chosen_target(options.target);
  const Graph graph = load_model(options.model);
  const std::string file = options.file.empty() ? default_tuning_file(options.model.path) : options.file;
  Tuning tuning = Tuning::read(file);
  const Plan before = make_plan(graph, target);
  TuneResult result;
  {
    ProgressBar bar;
    result = tune_model(graph, target, tuning, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); });
  }
  tuning.write(file);
  SelectionOptions measured;
  measured.tuning = tuning;
  const Plan after = make_plan(graph, target, measured);
  if (options.model.json) {
    fmt::print("{}", json_text(Json{{"model", graph.name},
                                    {"target", target.name},
                                    {"file", file},
                                    {"measured", result.measured},
                                    {"unit", result.unit},
                                    {"layers", tuned_layers_json(before, after)},
                                    {"notes", result.notes}}));
    return ExitCode::kDone;
  }
  fmt::print("{}", tuned_layers_text(before, after, result.unit));
  for (const std::string& note : result.notes) fmt::print("note: {}\n", note);
  fmt::print("measured {} implementations, written to {}: compile, run and verify read it\n", result.measured, file);
  return ExitCode::kDone;
}

}  // namespace

void add_tune(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "tune", "Measure every implementation of every layer on the emulated board and keep the figures for selection");
  auto options = std::make_shared<TuneOptions>();
  add_model_options(*command, options->model);
  add_target_options(*command, options->target);
  command->add_option("--tuning", options->file, "The file to add the figures to; MODEL.tuning.json beside the model by default")
      ->type_name("FILE");
  command->callback([&action, options] { action = [options] { return tune(*options); }; });
}

}  // namespace mote::cli
