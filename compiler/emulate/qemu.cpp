#include "emulate/qemu.hpp"

#include "support/error.hpp"

namespace mote {

std::filesystem::path find_qemu(const Target& target) {
  if (const auto path = find_program(target.emulator)) return *path;
  const char* package = target.emulator == "qemu-system-arm" ? "qemu-system-arm" : "qemu-system-misc";
  throw ToolMissing(target.emulator, fmt::format("apt-get install {}", package));
}

ProcessResult boot_board(const BoardBoot& boot) {
  // Boards start the firmware themselves: -bios none keeps QEMU's own from RISC-V boards, and says nothing to Arm's.
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
                                      "-bios",
                                      "none",
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
