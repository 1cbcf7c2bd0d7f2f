#include "emulate/toolchain.hpp"

#include <cstdlib>
#include <string>

#include "emulate/process.hpp"
#include "support/error.hpp"

namespace mote {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kInstallCross = "apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi";
constexpr std::string_view kInstallNative = "apt-get install g++";

fs::path find_cross_program(std::string_view name) {
  if (const auto path = find_program(name)) return *path;
  throw ToolMissing(name, kInstallCross);
}

}  // namespace

CrossToolchain find_cross_toolchain() {
  const CrossToolchain toolchain = {find_cross_program("arm-none-eabi-gcc"), find_cross_program("arm-none-eabi-g++")};
  // A library that GCC does not find comes back as the bare name.
  const ProcessResult found = run_process({toolchain.c_compiler.string(), "-print-file-name=libm.a"});
  if (found.succeeded() && !found.output.starts_with('/')) throw ToolMissing("newlib for arm-none-eabi", kInstallCross);
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

}  // namespace mote
