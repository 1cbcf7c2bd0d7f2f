#include "emulate/toolchain.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>

#include "emulate/process.hpp"
#include "support/error.hpp"

namespace mote {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kInstallNative = "apt-get install g++";

/// Debian's packages of a cross compiler.
struct CrossPackages {
  std::string_view toolchain, install, library;
  std::string_view marker;  ///< a file that GCC finds when the C library is there
};
constexpr CrossPackages kCrossPackages[] = {
    {"arm-none-eabi", "apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi", "newlib for arm-none-eabi", "libm.a"},
    {"riscv64-unknown-elf", "apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
     "picolibc for riscv64-unknown-elf", "picolibc.specs"},
};

}  // namespace

CrossToolchain find_cross_toolchain(const Target& target) {
  const auto* packages = std::ranges::find(kCrossPackages, std::string_view(target.toolchain), &CrossPackages::toolchain);
  MOTE_CHECK(packages != std::end(kCrossPackages));
  const auto program = [&](std::string_view name) {
    const std::string whole = fmt::format("{}-{}", target.toolchain, name);
    if (const auto path = find_program(whole)) return *path;
    throw ToolMissing(whole, packages->install);
  };
  const CrossToolchain toolchain = {program("gcc"), program("g++")};
  // A file that GCC does not find comes back as the bare name.
  const ProcessResult found = run_process({toolchain.c_compiler.string(), fmt::format("-print-file-name={}", packages->marker)});
  if (found.succeeded() && !found.output.starts_with('/')) throw ToolMissing(packages->library, packages->install);
  return toolchain;
}

fs::path find_native_compiler() {
  const char* chosen = std::getenv("CXX");
  if (chosen != nullptr && *chosen != 0) {
    if (fs::path(chosen).is_absolute() && fs::exists(chosen)) return chosen;
    if (const auto path = find_program(chosen)) return *path;
  }
  for (const std::string_view name : {"c++", "g++", "clang++"}) {
    if (const auto path = find_program(name)) return *path;
  }
  throw ToolMissing("a C++ compiler", kInstallNative);
}

std::vector<std::string> this_machine_flags(const fs::path& native_compiler) {
  std::vector<std::string> flags{"-ffp-contract=off"};
  for (const char* flag : {"-march=native", "-mcpu=native"}) {  // Clang knows the second alone on some processors
    if (!run_process({native_compiler.string(), flag, "-fsyntax-only", "-x", "c++", "/dev/null"}).succeeded()) continue;
    flags.emplace_back(flag);
    break;
  }
  return flags;
}

}  // namespace mote
