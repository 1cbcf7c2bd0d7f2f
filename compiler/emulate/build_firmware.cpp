#include "emulate/build_firmware.hpp"

#include <algorithm>
#include <string>

#include "emulate/compile.hpp"
#include "emulate/elf_image.hpp"
#include "emulate/process.hpp"
#include "emulate/toolchain.hpp"
#include "support/assets.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kStackBytes = 64 * 1024;

const char* const kHeaders[] = {"run_format.h",  "runner_io.h",   "sample_events.hpp",
                                "semihosting.h", "board_timer.h", "watch_board.hpp"};
const char* const kCSources[] = {"startup", "startup_riscv", "semihosting", "runner_io_board", "board_timer"};

// The runner must not call the C library, which is then there for the model alone: no loop of it may become a call to memset.
const Command kRunnerFlags = {"-Os", "-ffreestanding", "-fno-tree-loop-distribute-patterns", "-DMOTE_BOARD"};

std::string memory_script(const Target& target) {
  const bool has_vectors = target.vectors.length != 0 && target.vectors.origin != target.flash.origin;
  std::string script = "MEMORY\n{\n";
  const auto add = [&](const char* name, const char* access, MemoryRegion region) {
    script += fmt::format("  {} ({}) : ORIGIN = {:#x}, LENGTH = {:#x}\n", name, access, region.origin, region.length);
  };
  if (has_vectors) add("VECTORS", "rx", target.vectors);
  add("FLASH", "rx", target.flash);
  add("RAM", "rwx", target.ram);
  script += "}\n";
  if (!has_vectors) script += "REGION_ALIAS(\"VECTORS\", FLASH)\n";
  return script + fmt::format("mote_stack_bytes = {:#x};\n", std::min(kStackBytes, target.ram.length / 4 & ~std::uint32_t{7}));
}

void write_runtime(const Target& target, const fs::path& directory) {
  for (const char* header : kHeaders) write_asset(fmt::format("runtime/{}", header), directory);
  for (const char* source : kCSources) write_asset(fmt::format("runtime/{}.c", source), directory);
  write_asset("runtime/runner.cpp", directory);
  write_asset("runtime/board.ld", directory);
  write_file(directory / "memory.ld", memory_script(target));
}

void compile(const CrossToolchain& toolchain, const Command& cpu, const EmulationJob& job, const fs::path& directory) {
  const std::string source_dir = fs::absolute(job.source_dir).string();
  const Command cxx = concat({{toolchain.cxx_compiler.string(), "-c", "-I" + source_dir}, cpu, kModelFlags, job.library.flags});
  const Command c =
      concat({{toolchain.c_compiler.string(), "-c", "-std=c11", "-ffunction-sections", "-fdata-sections"}, cpu, kRunnerFlags});
  std::vector<Command> commands = {
      concat({cxx, job.cxx_flags, {source_dir + "/" + job.model_name + ".cpp", "-o", "model.o"}}),
      concat({cxx, kRunnerFlags, model_definitions(job), {"runtime/runner.cpp", "-o", "runner_main.o"}})};
  for (const std::string source : kCSources) {
    commands.push_back(concat({c, {"runtime/" + source + ".c", "-o", "runner_" + source + ".o"}}));
  }
  for (const Command& each : library_commands(concat({{toolchain.c_compiler.string()}, cpu}), job.library))
    commands.push_back(each);
  run_compilers(commands, directory);
}

/// The bytes that a region lacks, from the linker's "region `RAM' overflowed by 1234 bytes"; empty when it does not say so.
std::string overflow(const std::string& errors, const std::string& region) {
  const std::string before = "region `" + region + "' overflowed by ";
  const std::size_t at = errors.find(before);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + before.size();
  return errors.substr(begin, errors.find_first_not_of("0123456789", begin) - begin);
}

void link(const CrossToolchain& toolchain, const Command& cpu, const Target& target, const EmulationJob& job,
          const fs::path& directory) {
  Command objects = {"model.o", "runner_main.o"};
  for (const std::string source : kCSources) objects.push_back("runner_" + source + ".o");
  const Command command = concat({{toolchain.cxx_compiler.string()},
                                  cpu,
                                  {"-nostartfiles", "-nostdlib", "-Wl,--gc-sections", "-Truntime/board.ld"},
                                  objects,
                                  library_objects(job.library),
                                  {"-Wl,--start-group", "-lm", "-lc", "-lgcc", "-Wl,--end-group", "-o", "firmware.elf"}});

  const ProcessResult result = run_process(command, {.directory = directory});
  if (result.succeeded()) return;
  for (const std::string region : {"FLASH", "RAM"}) {
    const std::string missing = overflow(result.errors, region);
    if (missing.empty()) continue;
    throw Error(fmt::format("{} does not fit the board that emulates {} ({}): {} bytes of {} are missing", job.model_name,
                            target.name, target.machine, missing, region == "RAM" ? "RAM" : "flash"),
                "give the model a smaller budget, or choose a target with more memory");
  }
  throw Error(fmt::format("the generated code does not link:\n{}", result.errors));
}

/// What `Model::run()` calls between layers: what moves rows, and what compilers put in the place of a loop.
const std::vector<std::string> kHelpers = {
    "_ZN4mote10slide_rowsE", "_ZN4mote9fill_rowsE", "__aeabi_mem", "memcpy", "memmove", "memset"};

/// Symbols whose names begin so: compilers add to the name of a part or a copy of a function (".part.0").
std::vector<ElfImage::Symbol> functions_of(const ElfImage& image, const std::vector<std::string>& beginnings) {
  std::vector<ElfImage::Symbol> found;
  for (const std::string& beginning : beginnings) {
    for (auto at = image.symbols.lower_bound(beginning); at != image.symbols.end() && at->first.starts_with(beginning); ++at)
      found.push_back(at->second);
  }
  return found;
}

}  // namespace

Firmware build_firmware(const Target& target, const EmulationJob& job, const fs::path& directory) {
  const CrossToolchain toolchain = find_cross_toolchain(target);
  const Command cpu = split_words(target.compile_flags);
  write_runtime(target, directory);
  compile(toolchain, cpu, job, directory);
  link(toolchain, cpu, target, job, directory);

  const ElfImage image = read_elf(directory / "firmware.elf");
  Firmware firmware;
  firmware.window_begin = image.symbol("mote_begin").address;
  firmware.window_end = image.symbol("mote_end").address;
  const std::string model = fmt::format("_ZN{}{}5Model", job.model_name.size(), job.model_name);
  for (const ElfImage::Symbol& part : functions_of(image, {model + "3runE", model + "8feed_rowE"}))
    firmware.run.push_back({part.address, part.address + part.bytes});
  MOTE_CHECK(!firmware.run.empty());
  for (const ElfImage::Symbol& helper : functions_of(image, kHelpers)) firmware.helpers.push_back(helper.address);
  firmware.runner = {image.symbol("mote_runner_begin").address, image.symbol("mote_runner_end").address};
  firmware.flash_code_bytes = image.bytes_of(".text");
  firmware.flash_bytes = firmware.flash_code_bytes + image.bytes_of(".rodata") + image.bytes_of(".data");
  firmware.ram_bytes = image.bytes_of(".data") + image.bytes_of(".bss");
  return firmware;
}

}  // namespace mote
