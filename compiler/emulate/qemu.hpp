#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "emulate/process.hpp"
#include "targets/target.hpp"

namespace mote {

/// The target's QEMU; ToolMissing with the command that installs it.
std::filesystem::path find_qemu(const Target& target);

/// One way to boot `firmware` (relative to `directory`, where the board reads and writes its files).
struct BoardBoot {
  std::filesystem::path qemu, directory;
  std::string machine, firmware;
  std::vector<std::string> more_arguments = {};
  std::chrono::seconds timeout{600};
  std::function<void()> on_tick = nullptr;
};

/// Boots the board and waits for its end, whatever that is.
ProcessResult boot_board(const BoardBoot& boot);

/// Error with what happened, unless the board came to its proper end.
void check_board(const ProcessResult& result, const BoardBoot& boot);

}  // namespace mote
