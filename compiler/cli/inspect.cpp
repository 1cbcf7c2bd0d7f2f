#include "cli/command.hpp"

#include "import/import.hpp"
#include "report/report.hpp"
#include "support/table.hpp"

namespace mote::cli {

namespace {

ExitCode show_unsupported(const UnsupportedModel& model, const ModelOptions& options) {
  if (options.json) {
    Json json{{"model", options.path}, {"unsupported", model.reasons()}, {"layers", Json::array()}};
    for (const auto& row : model.operators())
      json["layers"].push_back({{"operator", row.name}, {"type", row.type}, {"shape", row.shape}});
    fmt::print("{}", json_text(json));
  } else {
    std::vector<std::vector<std::string>> rows{{"operator", "type", "output"}};
    for (const auto& row : model.operators()) rows.push_back({row.name, row.type, to_string(row.shape)});
    fmt::print("{}\n", format_table(rows));
  }
  fmt::print(stderr, "mote: {}\n", model.what());
  return model.exit_code();
}

ExitCode inspect(const ModelOptions& options, const std::string& target) {
  try {
    const Plan plan = make_plan(load_model(options, true), find_target(target));
    fmt::print("{}", options.json ? json_text(plan_json(plan)) : plan_text(plan));
    return ExitCode::kDone;
  } catch (const UnsupportedModel& model) {
    return show_unsupported(model, options);
  }
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("inspect", "Show a model: a line per operator, totals, peak memory, what is not supported");
  auto options = std::make_shared<ModelOptions>();
  auto target = std::make_shared<std::string>("cortex-m4");
  add_model_options(*command, *options);
  command->add_option("-t,--target", *target, "The core whose implementations are shown")
      ->type_name("TARGET")
      ->capture_default_str();
  command->callback([&action, options, target] { action = [options, target] { return inspect(*options, *target); }; });
}

}  // namespace mote::cli
