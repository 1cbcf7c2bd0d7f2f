#pragma once

#include <filesystem>

#include "emulate/emulator.hpp"

namespace mote {

/// Builds the job's library with the runner for this workstation, in `directory`, and returns the program.
std::filesystem::path build_native(const EmulationJob& job, const std::filesystem::path& directory);

}  // namespace mote
