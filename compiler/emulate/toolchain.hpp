#pragma once

#include <filesystem>

namespace mote {

/// GCC for Arm microcontrollers with newlib. ToolMissing with the command that installs what lacks.
struct CrossToolchain {
  std::filesystem::path c_compiler, cxx_compiler;
};
CrossToolchain find_cross_toolchain();

/// The workstation's C++ compiler: the environment's CXX, or else c++, g++ or clang++.
std::filesystem::path find_native_compiler();

}  // namespace mote
