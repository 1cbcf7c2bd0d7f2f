#include <sstream>

#include "codegen/compile_library.hpp"

namespace mote::test {
namespace {

std::string output_of(const std::filesystem::path& directory, Command command) {
  command[0] = find_program(command[0])->string();
  const ProcessResult result = run_process(command, {.directory = directory});
  EXPECT_TRUE(result.succeeded()) << result.errors;
  return result.output;
}

/// What firmware may not have: the C++ library, a heap, and what runs before or after main.
bool is_forbidden(const std::string& symbol) {
  for (const char* prefix : {"_Z", "__cxa", "__gxx", "_Unwind", "__dso"}) {
    if (symbol.starts_with(prefix)) return true;
  }
  for (const char* name : {"malloc", "calloc", "realloc", "free", "aligned_alloc", "atexit", "__aeabi_atexit", "abort", "exit", "printf", "puts", "__assert_func"}) {
    if (symbol == name) return true;
  }
  return false;
}

using Case = std::tuple<std::string, std::string>;

class GeneratedObject : public testing::TestWithParam<Case> {};

TEST_P(GeneratedObject, NeedsNoHeapNoCxxLibraryAndNothingBeforeMain) {
  const auto& [model, level] = GetParam();
  MOTE_NEEDS("arm-none-eabi-g++");
  const TemporaryDirectory directory;
  write_files(directory.path(), library_of(model));
  ASSERT_EQ(run_in(directory.path(), concat({{"arm-none-eabi-g++"}, kStrict, kCortexM4.flags, {level, "-I.", "-c", model + ".cpp", "-o", "model.o"}})), "");

  std::istringstream undefined(output_of(directory.path(), {"arm-none-eabi-nm", "--undefined-only", "--format=posix", "model.o"}));
  for (std::string line; std::getline(undefined, line);) {
    const std::string symbol = line.substr(0, line.find(' '));
    EXPECT_FALSE(is_forbidden(symbol)) << symbol;
  }
  std::istringstream sections(output_of(directory.path(), {"arm-none-eabi-size", "--format=sysv", "model.o"}));
  for (std::string line; std::getline(sections, line);) {
    std::istringstream words(line);
    std::string section;
    std::int64_t bytes = 0;
    if (!(words >> section >> bytes)) continue;
    for (const char* prefix : {".init_array", ".fini_array", ".ctors", ".dtors", ".preinit_array"}) EXPECT_FALSE(section.starts_with(prefix)) << section;
    const bool in_ram = section.starts_with(".data") || section.starts_with(".bss");
    EXPECT_FALSE(in_ram && bytes > 0) << section << ": constants stay in flash, and the caller owns the model";
  }
}

INSTANTIATE_TEST_SUITE_P(Each, GeneratedObject, testing::Combine(testing::Values("activity", "classifier", "regression", "stream"), testing::Values("-O0", "-Os")),
                         [](const auto& info) { return std::get<0>(info.param) + "_" + std::get<1>(info.param).substr(1); });

}  // namespace
}  // namespace mote::test
