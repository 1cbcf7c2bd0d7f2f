#include "cli/command.hpp"

#include "data/golden.hpp"
#include "report/report.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

struct VerifyOptions {
  ModelOptions model;
  KernelOptions kernels;
  std::string target, golden, expect = "tflm";
};

ExitCode verify_model(const VerifyOptions& options) {
  const Target& target = find_target(options.target);
  const Plan plan = make_plan(load_model(options.model), target, {.kernels = options.kernels.kernels()});
  const Golden golden = read_golden(options.golden, plan.graph, options.expect);
  std::vector<Inference> inferences;
  for (const GoldenStep& step : golden.steps) inferences.push_back({step.inputs, step.starts_case});
  RunResult result;
  {
    ProgressBar bar;
    result = run_model(
        plan, inferences, false, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); },
        options.kernels.cmsis_nn);
  }
  const Comparison comparison = compare(golden, result.outputs, plan.graph);
  if (options.model.json) {
    const Json json{{"model", plan.graph.name},
                    {"target", target.name},
                    {"expect", options.expect},
                    {"cases", golden.cases},
                    {"inferences", golden.steps.size()},
                    {"values", comparison.values},
                    {"mismatching_values", comparison.mismatching_values},
                    {"max_abs_difference", comparison.max_abs_difference},
                    {"float_tolerance", kFloatTolerance},
                    {"arena_bytes", plan.memory.arena_bytes},
                    {"first_mismatch", comparison.first_mismatch}};
    fmt::print("{}", json_text(json));
  } else {
    fmt::print("{} on {}: {} cases, {} values, {} differ from {}; largest difference {}\n", plan.graph.name, target.name,
               golden.cases, comparison.values, comparison.mismatching_values, options.expect, comparison.max_abs_difference);
    if (comparison.mismatching_values > 0) fmt::print("first: {}\n", comparison.first_mismatch);
  }
  return comparison.mismatching_values == 0 ? ExitCode::kDone : ExitCode::kCheckFailed;
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "verify", "Compare a model's outputs on a target with expected ones, bit for bit (floats within 1e-4 of the largest)");
  auto options = std::make_shared<VerifyOptions>();
  add_model_options(*command, options->model);
  add_target_option(*command, options->target);
  add_kernel_options(*command, options->kernels);
  command->add_option("--golden", options->golden, "A .npz with arrays CASE/xI and CASE/yJ_COLUMN")
      ->required()
      ->type_name("FILE");
  command->add_option("--expect", options->expect, "Which column to compare with: tflm (TensorFlow Lite Micro), ref, ...")
      ->type_name("COLUMN")
      ->capture_default_str();
  command->callback([&action, options] { action = [options] { return verify_model(*options); }; });
}

}  // namespace mote::cli
