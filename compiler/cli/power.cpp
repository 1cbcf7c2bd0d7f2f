#include <algorithm>
#include <charconv>

#include "cli/command.hpp"

#include "emulate/run_model.hpp"
#include "report/power_report.hpp"
#include "support/progress.hpp"
#include "targets/board.hpp"
#include "targets/power.hpp"

namespace mote::cli {

namespace {

struct PowerOptions {
  std::string path, board, woken;
  std::vector<std::string> points;
  std::optional<double> sleep_microamperes, volts, wake_microseconds;
  double sensor_microamperes = 0, battery_milliampere_hours = 1000, wakes_per_hour = 0, awake_seconds = 3;
  bool json = false;
};

/// What a run of the pipeline costs on the emulated board, after enough hops of noise that its windows are filled; as the plan predicts
/// where it is not emulated.
PeriodicWork work_of(const std::string& path, const Board& board) {
  ModelOptions model;
  model.path = path;
  const Plan plan = make_plan(load_model(model), board.as_target(), {});
  if (!plan.graph.source) throw Error(fmt::format("{}: power needs to know how often the model runs", path), "give a pipeline (.toml) with a [source]");
  PeriodicWork work{.name = plan.graph.name, .seconds = plan.graph.source->hop_seconds()};
  for (const Step& step : plan.steps) work.cycles += step.predicted_cycles;
  if (!plan.target.is_host() && !plan.target.is_reference()) {
    const Tensor& input = plan.graph.tensor(plan.graph.inputs[0]);
    Bytes noise(static_cast<std::size_t>(input.bytes()));
    std::uint32_t random = 1;
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>((random = random * 1664525U + 1013904223U) >> 24);
    if (is_float(input.type)) {
      for (std::size_t i = 3; i < noise.size(); i += 4) noise[i] = 0x3F;  // numbers around 1
    }
    ProgressBar bar;
    const RunResult result = run_model(plan, {{{noise}, false}}, true, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); });
    if (result.measured.cycles_estimate) work.cycles = static_cast<double>(*result.measured.cycles_estimate);
  }
  return work;
}

/// "48:13" as MHz and microamperes per MHz.
ClockPoint point_of(const std::string& text, double volts) {
  double megahertz = 0;
  double microamperes = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, megahertz);
  const bool colon = first.ptr != end && *first.ptr == ':';
  const auto second = std::from_chars(colon ? first.ptr + 1 : end, end, microamperes);
  if (!colon || second.ptr != end || !(megahertz > 0) || !(microamperes > 0))
    throw Error(fmt::format("--run {} is not MHZ:UA_PER_MHZ", text), "for example: --run 48:13");
  return {1e6 * megahertz, 1e-3 * microamperes * volts};
}

PowerSupply supply_of(const PowerOptions& options, const Board& board) {
  PowerSupply supply{.volts = options.volts.value_or(board.volts > 0 ? board.volts : 3.3),
                     .points = {},
                     .sleep_microamperes = options.sleep_microamperes.value_or(board.sleep.microamperes),
                     .wake_microseconds = options.wake_microseconds.value_or(board.sleep.wake_microseconds),
                     .other_microamperes = options.sensor_microamperes};
  if (!(supply.volts > 0)) throw Error("--volts must be above 0");
  for (const std::string& text : options.points) supply.points.push_back(point_of(text, supply.volts));
  if (options.points.empty() && board.nanojoules_per_cycle > 0) {
    supply.points = board.slower_points;
    supply.points.push_back({board.clock_hz, board.nanojoules_per_cycle});
  }
  if (supply.points.empty())
    throw Error(fmt::format("what a cycle costs on {} has not been published", board.name), "take it from the datasheet's run current: --run MHZ:UA_PER_MHZ");
  if (!options.sleep_microamperes && board.sleep.mode.empty())
    throw Error(fmt::format("what {} draws asleep is not known here", board.name), "take it from the datasheet, in the mode in which samples still come in: --sleep UA");
  std::sort(supply.points.begin(), supply.points.end(), [](const ClockPoint& a, const ClockPoint& b) { return a.clock_hz < b.clock_hz; });
  return supply;
}

ExitCode power(const PowerOptions& options) {
  const Board& board = find_board(options.board);
  const PowerSupply supply = supply_of(options, board);
  std::vector<PeriodicWork> work{work_of(options.path, board)};
  if (!options.woken.empty()) {
    work.push_back(work_of(options.woken, board));
    work.back().awake_share = std::min(1.0, options.wakes_per_hour * options.awake_seconds / 3600);
  }
  const auto estimates = estimate_power(work, supply);
  const PowerFigures figures{board, supply, work, estimates, options.battery_milliampere_hours, options.sleep_microamperes.has_value(), !options.points.empty()};
  fmt::print("{}", options.json ? json_text(power_json(figures)) : power_text(figures));
  return std::any_of(estimates.begin(), estimates.end(), [](const auto& each) { return each.has_value(); }) ? ExitCode::kDone : ExitCode::kCheckFailed;
}

}  // namespace

void add_power(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("power", "Estimate what a pipeline draws on a board: duty cycle, average current, battery life, best clock");
  auto options = std::make_shared<PowerOptions>();
  command->add_option("pipeline", options->path, "A pipeline (.toml)")->required()->type_name("PIPELINE");
  command->add_option("--board", options->board, "A board; `mote targets` lists them")->required()->type_name("BOARD");
  command->add_option("--run", options->points, "What running costs at a clock, instead of the board's data; may be given several times")->type_name("MHZ:UA_PER_MHZ");
  command->add_option("--sleep", options->sleep_microamperes, "Current between runs, in the mode in which samples still come in")->type_name("UA")->check(CLI::NonNegativeNumber);
  command->add_option("--wake-up", options->wake_microseconds, "Time from sleep to running code, before each run")->type_name("US")->check(CLI::NonNegativeNumber);
  command->add_option("--volts", options->volts, "Supply that the currents are for")->type_name("V")->check(CLI::PositiveNumber);
  command->add_option("--sensor", options->sensor_microamperes, "Current of sensors and all else that never sleeps")->type_name("UA")->check(CLI::NonNegativeNumber);
  command->add_option("--battery", options->battery_milliampere_hours, "What the battery holds")->type_name("MAH")->check(CLI::PositiveNumber)->capture_default_str();
  command->add_option("--wakes", options->woken, "A second pipeline, which runs only for a while after an event of the first wakes it")->type_name("PIPELINE");
  command->add_option("--wakes-per-hour", options->wakes_per_hour, "How often it is woken")->type_name("N")->check(CLI::NonNegativeNumber);
  command->add_option("--awake", options->awake_seconds, "How long it then runs")->type_name("S")->check(CLI::PositiveNumber)->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object on stdout");
  command->callback([&action, options] { action = [options] { return power(*options); }; });
}

}  // namespace mote::cli
