#pragma once

#include <filesystem>

#include "targets/target.hpp"

namespace mote {

/// GCC for the target with its C library. ToolMissing with the command that installs what lacks.
struct CrossToolchain {
  std::filesystem::path c_compiler, cxx_compiler;
};
CrossToolchain find_cross_toolchain(const Target& target);

/// The workstation's C++ compiler: the environment's CXX, or else c++, g++ or clang++.
std::filesystem::path find_native_compiler();

}  // namespace mote
