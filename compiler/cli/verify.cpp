#include <set>

#include <fmt/ranges.h>

#include "cli/command.hpp"

#include "data/golden.hpp"
#include "report/report.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

struct VerifyOptions {
  ModelOptions model;
  SelectionFlags selection;
  TargetFlags target;
  std::string golden, expect = "tflm";
  std::optional<double> tolerance;
  bool each_implementation = false;
};

/// The plans to check: the one that would be compiled, or one for each implementation in turn (see make_plans_of_every_rank).
std::vector<Plan> plans_to_verify(const VerifyOptions& options) {
  const Target target = chosen_target(options.target);
  Graph graph = load_model(options.model);
  if (options.each_implementation) return make_plans_of_every_rank(graph, target);
  std::vector<Plan> plans{make_plan(std::move(graph), target, selection_options(options.selection, options.model.path))};
  require_fits_board(plans[0], options.target);
  return plans;
}

std::string implementations(const Plan& plan) {
  std::set<std::string> names;
  for (const Step& step : plan.steps) names.insert(step.implementation);
  return fmt::format("{}", fmt::join(names, ", "));
}

void print_comparison(const VerifyOptions& options, const Plan& plan, const Golden& golden, const Comparison& comparison) {
  if (options.model.json) {
    const Json json{{"model", plan.graph.name},
                    {"target", plan.target.name},
                    {"expect", options.expect},
                    {"cases", golden.cases},
                    {"inferences", golden.steps.size()},
                    {"values", comparison.values},
                    {"mismatching_values", comparison.mismatching_values},
                    {"max_abs_difference", comparison.max_abs_difference},
                    {"float_tolerance", options.tolerance.value_or(kFloatTolerance)},
                    {"arena_bytes", plan.memory.arena_bytes},
                    {"implementations", implementations(plan)},
                    {"first_mismatch", comparison.first_mismatch}};
    fmt::print("{}", json_text(json));
    return;
  }
  fmt::print("{} on {}: {} cases, {} values, {} differ from {}; largest difference {}\n", plan.graph.name, plan.target.name,
             golden.cases, comparison.values, comparison.mismatching_values, options.expect, comparison.max_abs_difference);
  if (options.each_implementation) fmt::print("  with {}\n", implementations(plan));
  if (comparison.mismatching_values > 0) fmt::print("first: {}\n", comparison.first_mismatch);
}

ExitCode verify_model(const VerifyOptions& options) {
  const std::vector<Plan> plans = plans_to_verify(options);
  const Golden golden = read_golden(options.golden, plans[0].graph, options.expect);
  std::vector<Inference> inferences;
  for (const GoldenStep& step : golden.steps) inferences.push_back({step.inputs, step.starts_case});
  const Plan* shown = nullptr;  // with several plans and one JSON object: the first that differs, else the last
  Comparison result;
  for (const Plan& plan : plans) {
    RunResult run;
    {
      ProgressBar bar;
      run = run_model(plan, inferences, false, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); },
                      {options.selection.cmsis_nn, {}});
    }
    const Comparison comparison = compare(golden, run.outputs, plan.graph, options.tolerance);
    if (!options.model.json) print_comparison(options, plan, golden, comparison);
    if (result.mismatching_values > 0) continue;
    shown = &plan;
    result = comparison;
  }
  if (options.model.json) print_comparison(options, *shown, golden, result);
  return result.mismatching_values == 0 ? ExitCode::kDone : ExitCode::kCheckFailed;
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "verify", "Compare a model's outputs on a target with expected ones, bit for bit (floats within 1e-4 of the largest)");
  auto options = std::make_shared<VerifyOptions>();
  add_model_options(*command, options->model);
  add_target_options(*command, options->target);
  add_selection_options(*command, options->selection);
  command->add_option("--golden", options->golden, "A .npz with arrays CASE/xI and CASE/yJ_COLUMN")
      ->required()
      ->type_name("FILE");
  command->add_option("--expect", options->expect, "Which column to compare with: tflm (TensorFlow Lite Micro), ref, ...")
      ->type_name("COLUMN")
      ->capture_default_str();
  command
      ->add_option("--tolerance", options->tolerance, "Floats may differ by this times the larger of 1 and the expected value each")
      ->type_name("NUMBER")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--each-implementation", options->each_implementation,
                    "Check every implementation of every layer in turn, also those that selection would not take");
  command->callback([&action, options] { action = [options] { return verify_model(*options); }; });
}

}  // namespace mote::cli
