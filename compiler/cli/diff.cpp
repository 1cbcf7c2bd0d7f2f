#include "cli/command.hpp"
#include "compare/diff_models.hpp"
#include "report/diff_report.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

struct DiffCommand {
  ModelOptions model;
  SelectionFlags selection;
  std::string other, data, target_a = "reference", target_b = "reference";
  DiffOptions diff;
};

DiffSide side_of(const DiffCommand& options, const std::string& path, const std::string& target, PassScope scope) {
  ModelOptions model = options.model;
  model.path = path;
  return {load_model(model, false, scope), find_target(target), selection_options(options.selection, path), path};
}

DiffResult compare(const DiffCommand& options, DiffOptions diff) {
  if (options.other.ends_with(".npz"))
    return diff_with_dump(side_of(options, options.model.path, options.target_a, PassScope::kKeepsTensors), options.other, options.data, diff);
  const bool one_model = options.other.empty();
  if (one_model && options.target_a == options.target_b) {
    throw Error(fmt::format("one model on one target ({}) has nothing to be compared with", options.target_a),
                "give a second model, a .npz of dumped layers, or two targets with --target-a and --target-b");
  }
  // The same graph on both sides may be the very one that is shipped.
  const PassScope scope = one_model ? PassScope::kAll : PassScope::kKeepsTensors;
  const std::string& other = one_model ? options.model.path : options.other;
  return diff_models(side_of(options, options.model.path, options.target_a, scope), side_of(options, other, options.target_b, scope),
                     options.data, diff);
}

ExitCode diff(const DiffCommand& options) {
  DiffResult result;
  {
    ProgressBar bar;
    DiffOptions with_bar = options.diff;
    with_bar.progress = [&](std::string_view stage, double fraction) { bar.update(stage, fraction); };
    result = compare(options, with_bar);
  }
  fmt::print("{}", options.model.json ? json_text(diff_json(result)) : diff_text(result));
  return first_divergence(result.layers) == nullptr ? ExitCode::kDone : ExitCode::kCheckFailed;
}

}  // namespace

void add_diff(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("diff", "Compare two models, or one on two targets, layer by layer, and name the first layer that differs");
  auto options = std::make_shared<DiffCommand>();
  add_model_options(*command, options->model);
  add_selection_options(*command, options->selection);
  command
      ->add_option("other", options->other,
                   "A second model, or a .npz of another runtime's layer values named for their tensors; left out: the same model on another target")
      ->type_name("OTHER");
  command->add_option("-i,--data", options->data, "Inputs as for `mote run`; what one side takes quantized, both are given so")
      ->required()
      ->type_name("FILE");
  command->add_option("--target-a", options->target_a, "Where the first model runs: a core, `host` or `reference`")
      ->type_name("TARGET")
      ->capture_default_str();
  command->add_option("-t,--target-b", options->target_b, "Where the second model, or the one model again, runs")
      ->type_name("TARGET")
      ->capture_default_str();
  command->add_option("--samples", options->diff.samples, "Compare the first N samples only; 0 takes all")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--steps", options->diff.steps,
                   fmt::format("Steps of its scale by which a quantized value may differ; 0 by default for one model and for dumps, {} for two models",
                               kStepsOfDifferentModels))
      ->type_name("S");
  command->add_option("--relative", options->diff.relative, "Part of a layer's largest value by which floating point may differ; 1e-4 by default")
      ->type_name("R");
  command->callback([&action, options] { action = [options] { return diff(*options); }; });
}

}  // namespace mote::cli
