#include "cli/played.hpp"

#include "data/predictions.hpp"
#include "data/samples.hpp"
#include "emulate/run_model.hpp"
#include "emulate/side_by_side.hpp"
#include "support/progress.hpp"

namespace mote::cli {

void add_play_options(CLI::App& command, PlayOptions& options, const std::string& flag, const std::string& help) {
  command.add_option(flag, options.recordings, help)->required()->type_name("FILE");
  command
      .add_option("-t,--target", options.target,
                  "Where the pipeline runs: host, reference or an emulated core; the bits are the same")
      ->type_name("TARGET")
      ->capture_default_str();
  add_data_options(command, options.data);
}

Played play(const std::string& pipeline, PipelineScope scope, const PlayOptions& options, const FittedParameters* fitted) {
  Graph graph = read_pipeline_file(pipeline, scope, fitted);
  with_context(pipeline, [&] { run_passes(graph, {}); });
  const Plan plan = make_plan(std::move(graph), find_target(options.target), {});
  Played played;
  played.source = *plan.graph.source;
  played.labels = plan.graph.labels;
  std::vector<Inference> inferences;
  for (const std::string& path : options.recordings) {
    const Samples samples = read_samples(path, plan.graph, options.data);
    played.notes.insert(played.notes.end(), samples.notes.begin(), samples.notes.end());
    const std::string own_name = std::filesystem::path(path).filename().string();
    for (std::size_t i = 0; i < samples.inputs.size(); ++i) {
      if (samples.forgets_before(i)) {
        played.names.push_back(samples.sources.empty() ? own_name : samples.sources[i]);
        played.recordings.emplace_back();
      }
      inferences.push_back({samples.inputs[i], samples.forgets_before(i)});
    }
  }
  RunResult result;
  {
    ProgressBar bar;
    result = run_model(
        plan, inferences, false, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); }, {},
        lanes_of_this_machine());
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < inferences.size(); ++i) {
    if (i > 0 && inferences[i].reset_before) ++at;
    Rows& rows = played.recordings[at];
    const std::vector<double> values = real_values(plan.graph, result.outputs[i])[0];
    rows.width = values.size();
    for (const double value : values) rows.values.push_back(static_cast<float>(value));
  }
  return played;
}

}  // namespace mote::cli
