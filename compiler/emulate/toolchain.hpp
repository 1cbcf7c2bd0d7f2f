#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "targets/target.hpp"

namespace mote {

/// GCC for the target with its C library. ToolMissing with the command that installs what lacks.
struct CrossToolchain {
  std::filesystem::path c_compiler, cxx_compiler;
};
CrossToolchain find_cross_toolchain(const Target& target);

/// The workstation's C++ compiler: the environment's CXX, or else c++, g++ or clang++.
std::filesystem::path find_native_compiler();

/// Flags with which that compiler uses all of this machine's instructions; they change no number. Without such instructions where it refuses.
std::vector<std::string> this_machine_flags(const std::filesystem::path& native_compiler);

}  // namespace mote
