#include "emulate/qemu.hpp"

#include "support/error.hpp"

namespace mote {

std::filesystem::path find_qemu() {
  if (const auto path = find_program("qemu-system-arm")) return *path;
  throw ToolMissing("qemu-system-arm", "apt-get install qemu-system-arm");
}

ProcessResult boot_board(const BoardBoot& boot) {
  std::vector<std::string> command = {boot.qemu.string(),
                                      "-M",
                                      boot.machine,
                                      "-display",
                                      "none",
                                      "-monitor",
                                      "none",
                                      "-serial",
                                      "none",
                                      "-semihosting-config",
                                      "enable=on,target=native",
                                      "-kernel",
                                      boot.firmware};
  command.insert(command.end(), boot.more_arguments.begin(), boot.more_arguments.end());
  return run_process(command, {.directory = boot.directory, .timeout = boot.timeout, .on_tick = boot.on_tick});
}

void check_board(const ProcessResult& result, const BoardBoot& boot) {
  if (result.succeeded()) return;
  const std::string board = fmt::format("the emulated board {}", boot.machine);
  if (result.timed_out) {
    throw Error(fmt::format("{} was not done after {} seconds", board, boot.timeout.count()),
                "give it fewer samples or more time");
  }
  std::string message = result.errors.empty() ? result.output : result.errors;
  while (!message.empty() && message.back() == '\n') message.pop_back();
  throw Error(fmt::format("{} stopped with {}: {}", board, result.describe(), message.empty() ? "it said nothing" : message));
}

}  // namespace mote
