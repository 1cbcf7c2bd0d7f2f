/// QEMU TCG plugin: counts what a model executes on an emulated board and writes it as JSON when the emulation ends. Arguments,
/// addresses in hexadecimal: begin=, end= (marker functions), run=FROM-TO and helper=ENTRY (both repeatable), runner=FROM-TO,
/// timing=COSTS or none, out=FILE.

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "profile.hpp"
#include "qemu_api.hpp"
#include "thumb.hpp"
#include "thumb_timing.hpp"

namespace mote {
namespace {

struct Plugin {
  explicit Plugin(const ProfileOptions& options) : profile(options) {}

  Profile profile;
  std::optional<ThumbCosts> costs;  // none: no cycles
  bool is_riscv = false;
  bool copies_instruction_bytes = false;
  std::string output_path;
  std::deque<CodeBlock> blocks;
};

// Never deleted: QEMU calls on_exit after the destructors of static objects.
Plugin* g_plugin = nullptr;

// QEMU 7.2's qemu_plugin_insn_size is 2 too large for the last instruction before a page's end: the encoding tells the size.
ThumbInstruction instruction_at(const qemu_plugin_tb* block, std::size_t index) {
  std::uint8_t bytes[4] = {};
  const std::uintptr_t result = qemu_plugin_insn_data(qemu_plugin_tb_get_insn(block, index), bytes, sizeof bytes);
  const auto* at = g_plugin->copies_instruction_bytes ? bytes : reinterpret_cast<const std::uint8_t*>(result);
  // RISC-V's sizes are of interest only: 4 bytes when the lowest two bits are set.
  return g_plugin->is_riscv ? ThumbInstruction{0, (at[0] & 3) == 3} : read_thumb(at);
}

void on_execute(unsigned, void* block) { g_plugin->profile.execute(*static_cast<const CodeBlock*>(block)); }

void on_translate(qemu_plugin_id_t, qemu_plugin_tb* translated) {
  CodeBlock& block = g_plugin->blocks.emplace_back();
  block.begin = block.end = qemu_plugin_tb_vaddr(translated);
  block.instructions = static_cast<std::uint32_t>(qemu_plugin_tb_n_insns(translated));
  static constexpr ThumbCosts kNoCosts;
  ThumbTiming timing(g_plugin->costs ? *g_plugin->costs : kNoCosts);
  for (std::size_t i = 0; i < block.instructions; ++i) {
    const ThumbInstruction instruction = instruction_at(translated, i);
    block.end += instruction.bytes();
    if (g_plugin->costs) block.cycles += timing.issue(instruction);
  }
  qemu_plugin_register_vcpu_tb_exec_cb(translated, on_execute, kQemuCallbackNoRegisters, &block);
}

void print_number(std::FILE* out, const char* key, std::uint64_t value) {
  std::fprintf(out, "\"%s\": %llu", key, static_cast<unsigned long long>(value));
}

void print_cost(std::FILE* out, const Counts& cost) {
  std::fputc('{', out);
  print_number(out, "instructions", cost.instructions);
  if (g_plugin->costs) {
    std::fputs(", ", out);
    print_number(out, "cycles", g_plugin->costs->scaled(cost.cycles));
  }
  std::fputc('}', out);
}

void on_exit(qemu_plugin_id_t, void*) {
  std::FILE* out = std::fopen(g_plugin->output_path.c_str(), "w");
  if (out == nullptr) return;
  const Profile& profile = g_plugin->profile;
  std::fputc('{', out);
  print_number(out, "windows", profile.windows());
  const std::pair<const char*, const Counts*> costs[] = {{"first", &profile.first_run()},
                                                         {"overhead", &profile.first_overhead()},
                                                         {"least", &profile.runs().least},
                                                         {"greatest", &profile.runs().greatest},
                                                         {"sum", &profile.runs().sum}};
  for (const auto& [key, cost] : costs) {
    std::fprintf(out, ",\n \"%s\": ", key);
    print_cost(out, *cost);
  }
  std::fputs(",\n \"layers\": [", out);
  const char* separator = "\n  ";
  for (const Counts& layer : profile.first_layers()) {
    std::fputs(separator, out);
    print_cost(out, layer);
    separator = ",\n  ";
  }
  std::fputs("]}\n", out);
  std::fclose(out);
}

struct Arguments {
  ProfileOptions options;
  std::optional<ThumbCosts> costs;
  std::string output_path;
};

AddressRange parse_range(const char* text) {
  char* rest = nullptr;
  const std::uint64_t begin = std::strtoull(text, &rest, 16);
  return {begin, *rest == '-' ? std::strtoull(rest + 1, nullptr, 16) : begin};
}

/// Nothing when an argument is unknown.
std::optional<Arguments> parse_arguments(int count, char** texts) {
  Arguments arguments;
  ProfileOptions& options = arguments.options;
  for (int i = 0; i < count; ++i) {
    const std::string_view text = texts[i];
    const std::string_view key = text.substr(0, text.find('='));
    const char* value = texts[i] + std::min(key.size() + 1, text.size());
    if (key == "begin")
      options.window_begin = parse_range(value).begin;
    else if (key == "end")
      options.window_end = parse_range(value).begin;
    else if (key == "run")
      options.run.push_back(parse_range(value));
    else if (key == "helper")
      options.helpers.push_back(parse_range(value).begin);
    else if (key == "runner")
      options.runner = parse_range(value);
    else if (key == "timing") {
      arguments.costs = parse_thumb_costs(value);
      if (!arguments.costs && std::string_view(value) != "none") return std::nullopt;
    } else if (key == "out")
      arguments.output_path = value;
    else
      return std::nullopt;
  }
  if (arguments.costs) options.taken_branch_cycles = arguments.costs->of(ThumbKind::kTakenBranch);
  return arguments;
}

}  // namespace
}  // namespace mote

extern "C" {

/// Interface 1 is that of QEMU 4.2 to 8.2; from QEMU 9.0, whose first own function is asked for here, at least 2 is wanted.
MOTE_EXPORT int qemu_plugin_version = dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_new") != nullptr ? 2 : 1;

MOTE_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int count, char** texts) {
  using namespace mote;
  const std::optional<Arguments> arguments = parse_arguments(count, texts);
  if (!arguments) {
    std::fputs("mote_profile: unknown plugin argument\n", stderr);
    return 1;
  }
  g_plugin = new Plugin(arguments->options);
  g_plugin->costs = arguments->costs;
  g_plugin->is_riscv = std::string_view(info->target_name).starts_with("riscv");
  g_plugin->output_path = arguments->output_path;
  g_plugin->copies_instruction_bytes = info->version.cur >= 3;
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_atexit_cb(id, on_exit, nullptr);
  return 0;
}

}  // extern "C"
