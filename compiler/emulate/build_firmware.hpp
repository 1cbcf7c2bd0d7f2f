#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "emulate/emulator.hpp"

namespace mote {

/// `firmware.elf` in the directory it was built in, and what is known of it.
struct Firmware {
  struct Range {
    std::uint32_t begin = 0, end = 0;
  };
  std::uint32_t window_begin = 0, window_end = 0;  // functions called right before and right after Model::run()
  std::vector<Range> run;                          // code of Model::run() or, when rows are fed, of Model::feed_row()
  std::vector<std::uint32_t> helpers;              // functions that it may call and that are no layers
  Range runner;                                    // code that is not the model's

  // What the model adds to a firmware: see EmulationResult.
  std::size_t flash_bytes = 0, flash_code_bytes = 0, ram_bytes = 0;
};

/// Builds the job's library with startup code and runner for the target's emulated board, in `directory`.
/// Error when it does not compile or does not fit the board.
Firmware build_firmware(const Target& target, const EmulationJob& job, const std::filesystem::path& directory);

}  // namespace mote
