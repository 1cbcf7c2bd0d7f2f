#include "cli/command.hpp"

#include "cli/compile_shared.hpp"
#include "codegen/generate.hpp"
#include "emulate/cmsis_nn.hpp"
#include "report/hop_report.hpp"
#include "report/report.hpp"
#include "select/spread.hpp"
#include "targets/board.hpp"

namespace mote::cli {

namespace {

struct CompileOptions {
  ModelOptions model;
  SelectionFlags selection;
  TargetFlags target;
  std::string directory, name, memories;
  std::vector<std::string> others, together;
  bool explain = false, share_arena = false;
};

/// What only one model, or only several, can have.
void require_fitting(const CompileOptions& options) {
  if (!options.share_arena && !options.others.empty())
    throw Error("compile takes one model", "--share-arena compiles several that use one arena in turn");
  if (!options.share_arena && !options.together.empty()) throw Error("--together is for --share-arena", "leave it out");
  if (options.share_arena && (!options.name.empty() || options.explain || !options.memories.empty()))
    throw Error("--share-arena goes with neither --name, --explain nor --memories", "libraries have the names of the models' files");
}

ExitCode compile(const CompileOptions& options) {
  require_fitting(options);
  if (options.share_arena)
    return compile_shared({options.model, options.others, options.together, options.selection, options.target, options.directory});
  const Target target = chosen_target(options.target);
  Graph graph = load_model(options.model, options.explain);
  const std::string name = options.name.empty() ? identifier(graph.name) : options.name;
  Plan plan = make_plan(std::move(graph), target, selection_options(options.selection, options.model.path));
  if (!options.selection.cmsis_nn.empty())
    library_sources(find_cmsis_nn(options.selection.cmsis_nn), plan.library_sources(), target);
  if (!options.memories.empty()) {
    const bool is_board = !options.target.board.empty();
    spread_over(plan, parse_memories(options.memories, is_board ? find_board(options.target.board).memories : std::vector<BoardMemory>()));
  }
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
  command
      ->add_option("--memories", options->memories,
                   "Memories outside of the model object that its tensors are spread over, the fastest first: dtcm=64K,sram=256K; of a board's "
                   "memories the names do")
      ->type_name("NAME=BYTES,...");
  command->add_option("others", options->others, "With --share-arena: further models")->type_name("MODEL");
  command->add_flag("--share-arena", options->share_arena, "Several models, each a library, that use one arena in turn");
  command
      ->add_option("--together", options->together,
                   "With --share-arena: models that are in the arena at the same time, by the names of their libraries. Repeatable")
      ->type_name("NAME,NAME");
  command->callback([&action, options] { action = [options] { return compile(*options); }; });
}

}  // namespace mote::cli
