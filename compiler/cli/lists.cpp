#include "cli/command.hpp"

#include "import/onnx/converters.hpp"
#include "ops/define.hpp"
#include "pipeline/steps.hpp"
#include "report/report.hpp"
#include "support/table.hpp"
#include "targets/board.hpp"

namespace mote::cli {

namespace {

ExitCode list_targets(bool json) {
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows{{"target", "emulated on", "cycles", "description"}};
  for (const Target& target : all_targets()) {
    list.push_back({{"name", target.name},
                    {"core", target.core},
                    {"machine", target.machine},
                    {"timing", target.timing},
                    {"clock_hz", target.clock_hz},
                    {"description", target.description},
                    {"source", target.source}});
    rows.push_back({target.name, target.machine.empty() ? "-" : "QEMU " + target.machine,
                    target.timing.empty() ? "-" : "estimated", target.description});
  }
  Json boards = Json::array();
  std::vector<std::vector<std::string>> board_rows{{"board", "target", "MHz", "flash", "RAM", "nJ/cycle", "description"}};
  for (const Board& board : all_boards()) {
    Json memories = Json::array();
    for (const BoardMemory& memory : board.memories) {
      memories.push_back({{"name", memory.name}, {"kind", memory_kind_name(memory.kind)}, {"bytes", memory.bytes}});
      if (memory.address) memories.back()["address"] = *memory.address;
      if (memory.access_cycles) memories.back()["access_cycles"] = *memory.access_cycles;
    }
    boards.push_back({{"name", board.name},
                      {"target", board.target},
                      {"clock_hz", board.clock_hz},
                      {"flash_bytes", board.flash_bytes},
                      {"ram_bytes", board.ram_bytes},
                      {"nanojoules_per_cycle", board.nanojoules_per_cycle},
                      {"memories", memories},
                      {"description", board.description},
                      {"source", board.source}});
    board_rows.push_back({board.name, board.target, fmt::format("{:.0f}", board.clock_hz / 1e6), grouped(board.flash_bytes),
                          grouped(board.ram_bytes),
                          board.nanojoules_per_cycle > 0 ? fmt::format("{}", board.nanojoules_per_cycle) : "-",
                          board.description});
  }
  if (json)
    fmt::print("{}\n", Json{{"targets", list}, {"boards", boards}}.dump(2));
  else
    fmt::print("{}\n{}", format_table(rows), format_table(board_rows));
  return ExitCode::kDone;
}

ExitCode list_operators(bool json) {
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows{{"operator", "TensorFlow Lite"}};
  for (const OperatorInfo& info : all_operators()) {
    list.push_back({{"name", info.name}, {"tflite", info.tflite_name}});
    rows.push_back({std::string(info.name), std::string(info.tflite_name)});
  }
  Json onnx = Json::array();
  std::vector<std::vector<std::string>> onnx_rows{{"ONNX operator", "domain"}};
  for (const Converter& converter : all_converters()) {
    onnx.push_back({{"domain", converter.domain}, {"operator", converter.type}});
    onnx_rows.push_back({std::string(converter.type), std::string(converter.domain.empty() ? "ai.onnx" : converter.domain)});
  }
  if (json)
    fmt::print("{}\n", Json{{"operators", list}, {"onnx", onnx}}.dump(2));
  else
    fmt::print("{}\n{}", format_table(rows), format_table(onnx_rows));
  return ExitCode::kDone;
}

ExitCode list_steps(bool json) {
  Json list = Json::array();
  std::string text;
  for (const StepKind& step : all_steps()) {
    Json options = Json::array();
    text += fmt::format("{}: {}\n", step.name, step.help);
    for (const StepOption& option : step.options) {
      options.push_back({{"name", option.name}, {"help", option.help}});
      text += fmt::format("    {:12} {}\n", option.name, option.help);
    }
    list.push_back({{"name", step.name}, {"help", step.help}, {"options", options}});
  }
  fmt::print("{}", json ? json_text(Json{{"steps", list}}) : text);
  return ExitCode::kDone;
}

void add_list(CLI::App& app, Action& action, const char* name, const char* description, ExitCode (*list)(bool)) {
  auto* command = app.add_subcommand(name, description);
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print one JSON object on stdout");
  command->callback([&action, json, list] { action = [json, list] { return list(*json); }; });
}

}  // namespace

void add_targets(CLI::App& app, Action& action) {
  add_list(app, action, "targets", "List the cores and boards that models can be compiled for", list_targets);
}
void add_steps(CLI::App& app, Action& action) {
  add_list(app, action, "steps", "List the steps that a pipeline's features are made of", list_steps);
}
void add_operators(CLI::App& app, Action& action) {
  add_list(app, action, "operators", "List the operators that are supported", list_operators);
}

}  // namespace mote::cli
