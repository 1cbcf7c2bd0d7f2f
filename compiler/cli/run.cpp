#include "cli/command.hpp"

#include "data/predictions.hpp"
#include "data/samples.hpp"
#include "emulate/compile.hpp"
#include "report/report.hpp"
#include "support/files.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

struct RunOptions {
  ModelOptions model;
  SelectionFlags selection;
  TargetFlags target;
  DataOptions data;
  std::string input, output, cxx_flags;
  bool profile = false;
};

ExitCode run(const RunOptions& options) {
  const Target target = chosen_target(options.target);
  const Plan plan = make_plan(load_model(options.model), target, selection_options(options.selection, options.model.path));
  require_fits_board(plan, options.target);
  Samples samples = read_samples(options.input, plan.graph, options.data);
  std::vector<Inference> inferences;
  for (std::size_t i = 0; i < samples.inputs.size(); ++i)
    inferences.push_back({std::move(samples.inputs[i]), i > 0 && samples.forgets_before(i)});
  RunResult result;
  {
    ProgressBar bar;
    result = run_model(plan, inferences, true, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); },
                       {options.selection.cmsis_nn, split_words(options.cxx_flags)});
  }
  const Predictions predictions = predict(plan.graph, result.outputs, samples);
  if (!options.output.empty()) write_file(options.output, outputs_as_npy(plan.graph, result.outputs));
  if (options.model.json) {
    Json json = run_json(plan, result);
    json["outputs"] = Json::array();
    for (const auto& outputs : result.outputs) json["outputs"].push_back(real_values(plan.graph, outputs));
    if (!samples.labels.empty() && predictions.is_classifier) json["accuracy"] = predictions.accuracy();
    fmt::print("{}", json_text(json));
  } else {
    for (const std::string& note : samples.notes) fmt::print("{}\n", note);
    fmt::print("{}\n{}", predictions.text(samples), run_text(plan, result, options.profile));
  }
  return ExitCode::kDone;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("run", "Run a model on an emulated board, with real inputs, and measure it");
  auto options = std::make_shared<RunOptions>();
  add_model_options(*command, options->model);
  add_target_options(*command, options->target);
  add_selection_options(*command, options->selection);
  add_data_options(*command, options->data);
  command
      ->add_option("-i,--input", options->input,
                   "Inputs: .npy, .npz (x or x0, x1, ...; labels in y), .csv (a row per sample), .bin, or a directory of images or "
                   "sounds. Floating point numbers are quantized, integers are taken as stored")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("-o,--output", options->output,
                   "Write the outputs of all inferences as .npy, as stored (the first output, if there are several)")
      ->type_name("FILE");
  command
      ->add_option("--cxxflags", options->cxx_flags, "Compile the library with these flags as well, as your firmware would: -Os")
      ->type_name("FLAGS");
  command->add_flag("--profile", options->profile, "Show instructions and estimated cycles of each layer");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace mote::cli
