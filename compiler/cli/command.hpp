#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "graph/graph.hpp"
#include "ops/kernel_call.hpp"
#include "passes/passes.hpp"
#include "support/error.hpp"

namespace mote::cli {

/// What a subcommand does once its options are read; gives the exit code.
using Action = std::function<ExitCode()>;

/// Options of every command that reads a model.
struct ModelOptions {
  std::string path, io = "native", print_after;
  int stop_after = -1;
  bool json = false;
};

/// Whose kernels run, of commands that make a plan.
struct KernelOptions {
  std::string library = "mote", cmsis_nn;
  KernelLibrary kernels() const { return library == "mote" ? KernelLibrary::kMote : KernelLibrary::kCmsisNn; }
};

void add_kernel_options(CLI::App& command, KernelOptions& options);
void add_model_options(CLI::App& command, ModelOptions& options);
std::string* add_target_option(CLI::App& command, std::string& target);

/// Imports the model, applies `--io` and the passes. `tell_passes`: each pass that changes something says so on stderr.
Graph load_model(const ModelOptions& options, bool tell_passes = false);

// One per file: declares the command and stores in `action` what to do when it is chosen.
void add_inspect(CLI::App& app, Action& action);
void add_compile(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_targets(CLI::App& app, Action& action);
void add_operators(CLI::App& app, Action& action);

}  // namespace mote::cli
