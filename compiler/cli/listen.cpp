#include "cli/command.hpp"

#include <cstring>

#include "data/samples.hpp"
#include "emulate/run_model.hpp"
#include "report/hop_report.hpp"
#include "support/progress.hpp"

namespace mote::cli {

namespace {

struct ListenOptions {
  ModelOptions model;
  SelectionFlags selection;
  TargetFlags target;
  DataOptions data;
  std::string recordings;
};

struct Heard {
  std::string recording;
  double seconds = 0;  ///< from the recording's beginning to the end of the hop
  std::int32_t kind = 0;
};

std::string name_of(const Source& source, std::int32_t kind) {
  return static_cast<std::size_t>(kind) < source.event_names.size() ? source.event_names[static_cast<std::size_t>(kind)] : fmt::format("{}", kind);
}

std::vector<Heard> events_in(const Graph& graph, const Samples& samples, const RunResult& result) {
  const Source& source = *graph.source;
  std::vector<Heard> heard;
  std::int64_t runs = 0;
  for (std::size_t i = 0; i < result.outputs.size(); ++i) {
    runs = samples.forgets_before(i) ? 1 : runs + 1;
    std::int32_t kind = 0;
    std::memcpy(&kind, result.outputs[i][static_cast<std::size_t>(source.event_output)].data(), sizeof kind);
    if (kind >= 0) heard.push_back({samples.sources.empty() ? "" : samples.sources[i], static_cast<double>(runs) * source.hop_seconds(), kind});
  }
  return heard;
}

ExitCode listen(const ListenOptions& options) {
  const Target target = chosen_target(options.target);
  const Plan plan = make_plan(load_model(options.model), target, selection_options(options.selection, options.model.path));
  if (!plan.graph.source || plan.graph.source->event_output < 0)
    throw Error(fmt::format("{}: there is nothing to listen for", options.model.path),
                plan.graph.source ? "add a [decision] to the pipeline, or see its outputs with: mote run" : "a pipeline (.toml) with a [decision] is needed");
  require_fits_board(plan, options.target);
  Samples samples = read_samples(options.recordings, plan.graph, options.data);
  std::vector<Inference> inferences;
  for (std::size_t i = 0; i < samples.inputs.size(); ++i) inferences.push_back({std::move(samples.inputs[i]), i > 0 && samples.forgets_before(i)});
  RunResult result;
  {
    ProgressBar bar;
    result = run_model(plan, inferences, true, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); }, {options.selection.cmsis_nn, {}});
  }
  const std::vector<Heard> heard = events_in(plan.graph, samples, result);
  const double seconds = static_cast<double>(inferences.size()) * plan.graph.source->hop_seconds();
  if (options.model.json) {
    Json json = run_json(plan, result);
    json["seconds"] = seconds;
    json["events"] = Json::array();
    for (const Heard& each : heard)
      json["events"].push_back({{"recording", each.recording}, {"seconds", each.seconds}, {"kind", each.kind}, {"name", name_of(*plan.graph.source, each.kind)}});
    fmt::print("{}", json_text(json));
    return ExitCode::kDone;
  }
  for (const std::string& note : samples.notes) fmt::print("{}\n", note);
  for (const Heard& each : heard) fmt::print("{:10.3f} s  {:16} {}\n", each.seconds, name_of(*plan.graph.source, each.kind), each.recording);
  fmt::print("{} event{} in {:.6g} s\n\n{}", heard.size(), heard.size() == 1 ? "" : "s", seconds, run_text(plan, result, false));
  return ExitCode::kDone;
}

}  // namespace

void add_listen(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("listen", "Play recordings to a pipeline, on an emulated board or here, and show its events and what they cost");
  auto options = std::make_shared<ListenOptions>();
  add_model_options(*command, options->model);
  add_target_options(*command, options->target);
  add_selection_options(*command, options->selection);
  add_data_options(*command, options->data);
  command
      ->add_option("-i,--input", options->recordings, "A recording (.wav, .csv with a row per instant, .npy), or a directory of them; each begins with empty windows")
      ->required()
      ->type_name("FILE");
  command->callback([&action, options] { action = [options] { return listen(*options); }; });
}

}  // namespace mote::cli
