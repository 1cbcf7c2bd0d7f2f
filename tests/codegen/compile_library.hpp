#pragma once

#include <ostream>

#include <gtest/gtest.h>

#include "codegen/models.hpp"
#include "emulate/compile.hpp"
#include "emulate/process.hpp"

namespace mote::test {

/// A program with the flags that choose the core, by the name it has in tests.
struct Compiler {
  std::string name, program;
  Command flags;
};

inline std::ostream& operator<<(std::ostream& out, const Compiler& compiler) { return out << compiler.name; }

inline const Compiler kGcc{"gcc", "g++", {}};
inline const Compiler kClang{"clang", "clang++", {}};
inline const Compiler kCortexM4{"cortex_m4", "arm-none-eabi-g++", {"-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"}};
inline const Compiler kCortexM0plus{"cortex_m0plus", "arm-none-eabi-g++", {"-mcpu=cortex-m0plus", "-mthumb"}};

/// What generated code is built with, and every warning it must not raise.
inline const Command kStrict{"-std=c++17", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"};

inline bool installed(const std::string& program) { return find_program(program).has_value(); }

/// Runs a program by its name in a directory; what it complains of, or an empty text.
inline std::string run_in(const std::filesystem::path& directory, Command command) {
  command[0] = find_program(command[0])->string();
  const ProcessResult result = run_process(command, {.directory = directory});
  return result.succeeded() ? "" : result.describe() + "\n" + result.errors;
}

#define MOTE_NEEDS(program) \
  if (!installed(program)) GTEST_SKIP() << (program) << " is not installed"

}  // namespace mote::test
