#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

struct ProcessOptions {
  std::filesystem::path directory = ".";  // working directory of the program
  std::chrono::milliseconds timeout{std::chrono::minutes(10)};
  std::function<void()> on_tick = nullptr;  // called about ten times a second while it runs; may throw, which ends the program
};

struct ProcessResult {
  int exit_code = 0;  // when neither a signal nor the time-out ended it
  int signal = 0;
  bool timed_out = false;
  std::string output, errors;  // the first MiB of each

  bool succeeded() const { return !timed_out && signal == 0 && exit_code == 0; }

  /// "exit code 1", "signal 6 (Aborted)" or "time ran out".
  std::string describe() const;
};

/// Where the program is in PATH.
std::optional<std::filesystem::path> find_program(std::string_view name);

/// Runs `command`, whose first word is the program's path, without a shell, with no input and in the C locale, and waits for
/// its end. Error when it cannot be started. Safe to call from several threads.
ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options = {});

/// Processor time of this program and of all that it ran and waited for, over all cores.
double processor_seconds();

}  // namespace mote
