#include <chrono>

#include "cli/command.hpp"

#include "data/assessment.hpp"
#include "data/samples.hpp"
#include "emulate/process.hpp"
#include "emulate/side_by_side.hpp"
#include "report/evaluation_report.hpp"
#include "support/files.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct EvaluateOptions {
  ModelOptions model;
  SelectionFlags selection;
  DataOptions data;
  std::string path, target = "host", task, positive, predictions;
  bool anomaly = false;
  std::optional<double> threshold, min_accuracy, min_auc, max_rmse;
  std::size_t lanes = 0;
};

AssessmentOptions assessment_options(const EvaluateOptions& options) {
  AssessmentOptions result{{}, options.threshold, options.positive};
  for (const Task task : {Task::kClassify, Task::kRegress, Task::kAnomaly}) {
    if (options.task == task_name(task)) result.task = task;
  }
  if (options.anomaly) result.task = Task::kAnomaly;
  return result;
}

/// What was asked for and is not there, or not reached; says so on stderr.
bool check(std::string_view what, std::optional<double> value, std::optional<double> limit, bool at_least) {
  if (!limit) return true;
  if (!value) throw Error(fmt::format("there is no {} to check: the task does not give it", what));
  if (at_least ? *value >= *limit : *value <= *limit) return true;
  fmt::print(stderr, "mote: {} is {:.6g}, {} {:.6g} is asked for\n", what, *value, at_least ? "at least" : "at most", *limit);
  return false;
}

bool passes_checks(const EvaluateOptions& options, const Assessment& assessment) {
  std::optional<double> accuracy;
  std::optional<double> auc;
  std::optional<double> rmse;
  if (assessment.classification) accuracy = assessment.classification->accuracy;
  if (assessment.ranking) auc = assessment.ranking->roc_auc;
  if (!assessment.regression.empty()) rmse = mean_of(assessment.regression).rmse;
  const bool results[] = {check("accuracy", accuracy, options.min_accuracy, true), check("ROC AUC", auc, options.min_auc, true),
                          check("RMSE", rmse, options.max_rmse, false)};
  return results[0] && results[1] && results[2];
}

ExitCode evaluate(const EvaluateOptions& options) {
  const Plan plan = make_plan(load_model(options.model), find_target(options.target), selection_options(options.selection, options.model.path));
  Samples samples = read_samples(options.path, plan.graph, options.data);
  const AssessmentOptions how = assessment_options(options);
  with_context(options.path, [&] { choose_task(plan.graph, samples, how.task); });  // before the work
  std::vector<Inference> inferences;
  for (std::size_t i = 0; i < samples.inputs.size(); ++i) inferences.push_back({samples.inputs[i], samples.forgets_before(i)});
  EvaluationRun run{plan.graph.name, options.path, plan.target.name, samples.inputs.size(),
                    options.lanes == 0 ? lanes_of_this_machine() : options.lanes, 0, 0, 0, samples.notes};
  const Clock::time_point begin = Clock::now();
  std::optional<Clock::time_point> start;  // of running
  double processor_seconds_before = processor_seconds();
  RunResult result;
  {
    ProgressBar bar;
    const auto tell = [&](std::string_view stage, double fraction) {
      if (!start && stage != "compile") {
        start = Clock::now();
        run.build_seconds = seconds_since(begin);
        processor_seconds_before = processor_seconds();
      }
      bar.update(stage, fraction);
    };
    result = run_model(plan, inferences, false, tell, {.cmsis_nn = options.selection.cmsis_nn, .cxx_flags = {}}, run.lanes);
  }
  if (start) run.seconds = seconds_since(*start);
  run.processor_seconds = processor_seconds() - processor_seconds_before;
  const Assessment assessment = with_context(options.path, [&] { return assess(plan.graph, samples, result.outputs, how); });
  if (!options.predictions.empty()) write_file(options.predictions, predictions_csv(assessment, samples));
  fmt::print("{}", options.model.json ? json_text(evaluation_json(assessment, run)) : evaluation_text(assessment, run));
  return passes_checks(options, assessment) ? ExitCode::kDone : ExitCode::kCheckFailed;
}

}  // namespace

void add_evaluate(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("evaluate", "Measure how good a model is on labelled data: accuracy, errors, ROC AUC");
  auto options = std::make_shared<EvaluateOptions>();
  add_model_options(*command, options->model);
  add_selection_options(*command, options->selection);
  command
      ->add_option("--data", options->path,
                   "Labelled samples: a .npz (x, y), a .csv (a row per sample), or a directory with a folder of images or .wav files per class")
      ->required()
      ->type_name("FILE");
  command->add_option("-t,--target", options->target, "Where it runs: host, reference or an emulated core; `mote targets` lists them")
      ->type_name("TARGET")
      ->capture_default_str();
  add_data_options(*command, options->data);
  command->add_option("--task", options->task, "classify, regress or anomaly, when model and labels do not tell")
      ->check(CLI::IsMember({"classify", "regress", "anomaly"}));
  command->add_flag("--anomaly", options->anomaly, "The same as --task anomaly: the score is the mean squared difference of output and input");
  command->add_option("--threshold", options->threshold, "From this score on, a sample is of the positive class")->type_name("NUMBER");
  command->add_option("--positive", options->positive, "The positive one of two classes; the second by default")->type_name("CLASS");
  command->add_option("--predictions", options->predictions, "Write a row per sample: right answer, prediction, scores")->type_name("FILE.csv");
  command->add_option("--min-accuracy", options->min_accuracy, "Exit code 1 below this accuracy")->check(CLI::Range(0.0, 1.0))->type_name("0..1");
  command->add_option("--min-auc", options->min_auc, "Exit code 1 below this ROC AUC")->check(CLI::Range(0.0, 1.0))->type_name("0..1");
  command->add_option("--max-rmse", options->max_rmse, "Exit code 1 above this root mean squared error")->type_name("NUMBER");
  command->add_option("--threads", options->lanes, "Cores to use, all by default; the numbers are the same with any")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  command->callback([&action, options] { action = [options] { return evaluate(*options); }; });
}

}  // namespace mote::cli
