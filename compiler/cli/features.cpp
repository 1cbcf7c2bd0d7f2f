#include "cli/command.hpp"

#include "data/convert.hpp"
#include "data/recording.hpp"
#include "emulate/run_model.hpp"
#include "emulate/side_by_side.hpp"
#include "pipeline/read_pipeline.hpp"
#include "report/report.hpp"
#include "support/files.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

struct FeaturesOptions {
  std::string path, recordings, output, target = "reference";
  DataOptions data;
  bool json = false;
};

NpyArray integers(const std::vector<std::int32_t>& values) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  return {"<i4", {static_cast<std::int64_t>(values.size())}, {bytes, bytes + values.size() * sizeof(std::int32_t)}};
}

/// Runs whose windows are filled, and of them features, recording and answer.
std::map<std::string, NpyArray> arrays_of(const Graph& graph, const Samples& samples, const RunResult& result) {
  const Tensor& tensor = graph.tensor(graph.outputs[0]);
  Bytes features;
  std::vector<std::int32_t> cases, answers;
  std::int32_t at_case = -1;
  std::int64_t in_case = 0;
  for (std::size_t i = 0; i < result.outputs.size(); ++i) {
    if (samples.forgets_before(i)) {
      ++at_case;
      in_case = 0;
    }
    if (in_case++ < graph.source->warm_up) continue;
    features.insert(features.end(), result.outputs[i][0].begin(), result.outputs[i][0].end());
    cases.push_back(at_case);
    if (!samples.labels.empty()) answers.push_back(samples.labels[i]);
  }
  if (cases.empty()) throw Error(fmt::format("no recording fills the windows, which takes {} runs", graph.source->warm_up + 1));
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(cases.size())};
  shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
  std::map<std::string, NpyArray> arrays{{"x", to_array(tensor, shape, std::move(features))}, {"case", integers(cases)}};
  if (!answers.empty()) arrays.emplace("y", integers(answers));
  return arrays;
}

ExitCode features(const FeaturesOptions& options) {
  Graph graph = read_pipeline_file(options.path, PipelineScope::kFeatures);
  with_context(options.path, [&] { run_passes(graph, {}); });
  const Plan plan = make_plan(std::move(graph), find_target(options.target), {});
  const Samples samples = read_samples(options.recordings, plan.graph, options.data);
  std::vector<Inference> inferences;
  for (std::size_t i = 0; i < samples.inputs.size(); ++i) inferences.push_back({samples.inputs[i], samples.forgets_before(i)});
  RunResult result;
  {
    ProgressBar bar;
    result = run_model(plan, inferences, false, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); }, {}, lanes_of_this_machine());
  }
  const auto arrays = arrays_of(plan.graph, samples, result);
  write_file(options.output, format_npz(arrays));
  const std::vector<std::int64_t>& shape = arrays.at("x").shape;
  if (options.json) {
    Json json{{"file", options.output}, {"shape", shape}, {"type", arrays.at("x").descr}, {"classes", samples.class_names}};
    fmt::print("{}", json_text(json));
    return ExitCode::kDone;
  }
  for (const std::string& note : samples.notes) fmt::print("{}\n", note);
  fmt::print("wrote {}: x {} [{}], case{}\n", options.output, arrays.at("x").descr, fmt::join(shape, ", "), arrays.contains("y") ? ", y" : "");
  for (std::size_t i = 0; i < samples.class_names.size(); ++i) fmt::print("  y = {}: {}\n", i, samples.class_names[i]);
  return ExitCode::kDone;
}

}  // namespace

void add_features(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("features", "Compute a pipeline's features from recordings, for training: the very numbers that the chip computes");
  auto options = std::make_shared<FeaturesOptions>();
  command->add_option("pipeline", options->path, "A pipeline (.toml); its model need not exist yet")->required()->type_name("PIPELINE");
  command
      ->add_option("-i,--input", options->recordings,
                   "A recording (.wav, .csv with a row per instant, .npy), or a directory of them, with a folder per class or without")
      ->required()
      ->type_name("FILE");
  command->add_option("-o,--output", options->output, "Write a .npz: x (features of each run), case (number of the recording), y (class, where known)")
      ->required()
      ->type_name("FILE");
  command->add_option("-t,--target", options->target, "Where it runs: reference, host or an emulated core")->type_name("TARGET")->capture_default_str();
  add_data_options(*command, options->data);
  command->add_flag("--json", options->json, "Print one JSON object on stdout");
  command->callback([&action, options] { action = [options] { return features(*options); }; });
}

}  // namespace mote::cli
