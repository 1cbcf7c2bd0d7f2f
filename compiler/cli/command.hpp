#pragma once

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "data/data_options.hpp"
#include "graph/graph.hpp"
#include "ops/kernel_call.hpp"
#include "passes/passes.hpp"
#include "select/plan.hpp"
#include "support/error.hpp"

namespace mote::cli {

/// What a subcommand does once its options are read; gives the exit code.
using Action = std::function<ExitCode()>;

/// Options of every command that reads a model.
struct ModelOptions {
  std::string path, io = "native", input_type = "native", print_after;
  std::vector<std::string> dims;
  int stop_after = -1, stream_frames = 1;
  std::optional<int> stream_axis;
  bool stream_keep_more = false;
  bool json = false;
};

void add_model_options(CLI::App& command, ModelOptions& options);
/// What a plan is for: a core, or a board with one.
struct TargetFlags {
  std::string target, board;
};

void add_target_options(CLI::App& command, TargetFlags& flags);
Target chosen_target(const TargetFlags& flags);
/// Error when the plan takes more memory than the board has.
void require_fits_board(const Plan& plan, const TargetFlags& flags);

/// Options of every command that makes a plan.
struct SelectionFlags {
  std::uint64_t flash_bytes = 0, ram_bytes = 0;
  std::vector<std::string> forced;
  std::string tuning_file, kernels = "mote", cmsis_nn, goal = "latency", slowdown;
  bool no_rows = false, feed_rows = false;
};

void add_selection_options(CLI::App& command, SelectionFlags& flags);
SelectionOptions selection_options(const SelectionFlags& flags, const std::string& model_path);
std::string default_tuning_file(const std::string& model_path);

/// Options of every command that reads a user's data.
void add_data_options(CLI::App& command, DataOptions& options);

/// Imports the model, applies `--io` and the passes. `tell_passes`: each pass that changes something says so on stderr.
Graph load_model(const ModelOptions& options, bool tell_passes = false, PassScope scope = PassScope::kAll);

/// "1%" or "0.01" as a share; Error naming the option when it is neither.
double share_of(const std::string& option, const std::string& text);

// One per file: declares the command and stores in `action` what to do when it is chosen.
void add_inspect(CLI::App& app, Action& action);
void add_compile(CLI::App& app, Action& action);
void add_plan(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_listen(CLI::App& app, Action& action);
void add_power(CLI::App& app, Action& action);
void add_features(CLI::App& app, Action& action);
void add_evaluate(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_tune(CLI::App& app, Action& action);
void add_convert(CLI::App& app, Action& action);
void add_diff(CLI::App& app, Action& action);
void add_quantize(CLI::App& app, Action& action);
void add_compress(CLI::App& app, Action& action);
void add_fit(CLI::App& app, Action& action);
void add_calibrate(CLI::App& app, Action& action);
void add_targets(CLI::App& app, Action& action);
void add_steps(CLI::App& app, Action& action);
void add_operators(CLI::App& app, Action& action);

}  // namespace mote::cli
