#include "cli/command.hpp"

#include "codegen/generate.hpp"
#include "emulate/cmsis_nn.hpp"
#include "report/hop_report.hpp"
#include "report/report.hpp"

namespace mote::cli {

namespace {

struct CompileOptions {
  ModelOptions model;
  SelectionFlags selection;
  TargetFlags target;
  std::string directory, name;
  bool explain = false;
};

ExitCode compile(const CompileOptions& options) {
  const Target target = chosen_target(options.target);
  Graph graph = load_model(options.model, options.explain);
  const std::string name = options.name.empty() ? identifier(graph.name) : options.name;
  const Plan plan = make_plan(std::move(graph), target, selection_options(options.selection, options.model.path));
  if (!options.selection.cmsis_nn.empty())
    library_sources(find_cmsis_nn(options.selection.cmsis_nn), plan.library_sources(), target);
  require_fits_board(plan, options.target);
  require_in_time(plan);
  Json json = plan_json(plan);
  json["name"] = name;
  FileSet files = generate_library(plan, name);
  files["report.txt"] = plan_text(plan);
  files["report.json"] = json_text(json);
  write_files(options.directory, files);
  json["directory"] = options.directory;
  if (options.explain) json["alternatives"] = explain_json(plan);
  json["files"] = Json::array();
  for (const auto& [file, bytes] : files) json["files"].push_back(file);
  if (options.model.json) {
    fmt::print("{}", json_text(json));
  } else {
    if (options.explain) fmt::print("{}\n", explain_text(plan));
    fmt::print("{}\nwrote {} files to {}: include {}.hpp (C++) or {}.h (C) and build {}.cpp\n", files["report.txt"], files.size(),
               options.directory, name, name, name);
  }
  return ExitCode::kDone;
}

}  // namespace

void add_compile(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("compile", "Turn a model into a C++ library");
  auto options = std::make_shared<CompileOptions>();
  add_model_options(*command, options->model);
  add_target_options(*command, options->target);
  add_selection_options(*command, options->selection);
  command->add_flag("--explain", options->explain,
                    "Show for each layer the implementations, what they cost, and why they were chosen or not");
  command->add_option("-o,--output", options->directory, "Directory for the library; made when missing")
      ->required()
      ->type_name("DIR");
  command->add_option("--name", options->name, "Name of the library and its namespace; the model's file name by default")
      ->type_name("NAME");
  command->callback([&action, options] { action = [options] { return compile(*options); }; });
}

}  // namespace mote::cli
