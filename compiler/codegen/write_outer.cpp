#include "codegen/write_outer.hpp"

#include <cctype>

#include "codegen/write_header.hpp"

namespace mote {

namespace {

/// "axi_sram": "AxiSramMemory".
std::string type_of_memory(const std::string& name) {
  std::string type;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') type += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  return type + "Memory";
}

std::string pointer_to(const OuterMemory& memory) { return fmt::format("in_{}_", memory.name); }

/// The list of memories with `each(memory)` for each, parted by commas.
template <typename Each>
std::string joined(const Plan& plan, Each&& each) {
  std::string text;
  for (const OuterMemory& memory : plan.memory.outer) text += (text.empty() ? "" : ", ") + each(memory);
  return text;
}

std::string parameters(const Plan& plan) {
  return joined(plan, [](const OuterMemory& memory) { return fmt::format("{}& {}", type_of_memory(memory.name), memory.name); });
}

std::string names(const Plan& plan, std::string_view prefix = "") {
  return joined(plan, [&](const OuterMemory& memory) { return fmt::format("{}{}", prefix, memory.name); });
}

/// Null: the object itself.
const OuterMemory* memory_at(const Plan& plan, std::int64_t offset) {
  const OuterMemory* found = nullptr;
  for (const OuterMemory& each : plan.memory.outer) {
    if (offset >= each.begin) found = &each;
  }
  return found;
}

}  // namespace

std::string memory_of(const Plan& plan, std::int64_t offset) {
  const OuterMemory* memory = memory_at(plan, offset);
  return memory == nullptr ? "arena_" : pointer_to(*memory);
}

std::string address_of(const Plan& plan, std::int64_t offset) {
  return fmt::format("{} + {}", memory_of(plan, offset), offset_in_memory(plan, offset));
}

std::int64_t offset_in_memory(const Plan& plan, std::int64_t offset) {
  const OuterMemory* memory = memory_at(plan, offset);
  return memory == nullptr ? offset : offset - memory->begin;
}

std::string address_of_any(const Plan& plan) {
  if (plan.memory.outer.empty()) return "arena_ + offset";
  std::string text;
  std::string before = plan.memory.own_bytes() > 0 ? "arena_ + offset" : "";
  for (const OuterMemory& each : plan.memory.outer) {
    if (!before.empty()) text += fmt::format("offset < {} ? {} : ", each.begin, before);
    before = each.begin > 0 ? fmt::format("{} + (offset - {})", pointer_to(each), each.begin) : pointer_to(each) + " + offset";
  }
  return text + before;
}

std::string declare_outer_memories(const Plan& plan) {
  if (plan.memory.outer.empty()) return "";
  std::string text =
      "// Memory of the model besides the object: put each where it shall be, with a section attribute for instance.\n";
  for (const OuterMemory& each : plan.memory.outer) {
    text += fmt::format("struct alignas(16) {} {{\n  uint8_t bytes[{}];\n}};\n", type_of_memory(each.name), each.bytes);
  }
  return text + "\n";
}

std::string declare_attach(const Plan& plan) {
  if (plan.memory.outer.empty()) return "";
  std::string set;
  std::string all;
  for (const OuterMemory& each : plan.memory.outer) {
    set += fmt::format("    {} = {}.bytes;\n", pointer_to(each), each.name);
    all += fmt::format("    {} {};\n", type_of_memory(each.name), each.name);
  }
  return fmt::format(
      "  /// All memories in one place.\n  struct Memories {{\n{4}  }};\n\n"
      "  /// attach() must be called before all else. Such an object, if it is static, is all zero.\n"
      "  constexpr Model() noexcept = default;\n"
      "  constexpr explicit Model({0}) noexcept {{ attach({1}); }}\n"
      "  constexpr explicit Model(Memories& all) noexcept {{ attach(all); }}\n"
      "  /// The memory that the model works in from now on; what lies there is lost with the next run.\n"
      "  constexpr void attach({0}) noexcept {{\n{2}  }}\n"
      "  constexpr void attach(Memories& all) noexcept {{ attach({3}); }}\n\n",
      parameters(plan), names(plan), set, names(plan, "all."), all);
}

std::string declare_outer_pointers(const Plan& plan) {
  std::string text;
  for (const OuterMemory& each : plan.memory.outer) text += fmt::format("  uint8_t* {} = nullptr;\n", pointer_to(each));
  return text;
}

std::string declare_c_outer_memories(const Plan& plan, const std::string& name) {
  std::string text;
  for (const OuterMemory& each : plan.memory.outer) {
    text += fmt::format(
        "/* Memory of the model besides its object: put it where it shall be. */\n"
        "typedef struct {0}_{1}_memory {{\n#ifdef __cplusplus\n  alignas(16) uint8_t bytes[{2}];\n#else\n  _Alignas(16) uint8_t "
        "bytes[{2}];\n#endif\n}} {0}_{1}_memory;\n",
        name, each.name, each.bytes);
  }
  return text.empty() ? "" : text + "\n";
}

std::string declare_c_attach(const Plan& plan, const std::string& name) {
  if (plan.memory.outer.empty()) return "";
  return fmt::format("/* Gives the model its memory; before all else. */\nvoid {0}_attach({0}_model* model, {1});\n", name,
                     joined(plan, [&](const OuterMemory& each) { return fmt::format("{0}_{1}_memory* {1}", name, each.name); }));
}

std::string define_c_attach(const Plan& plan, const std::string& name) {
  if (plan.memory.outer.empty()) return "";
  return fmt::format("void {0}_attach({0}_model* model, {1}) {{\n  reinterpret_cast<{0}::Model*>(model)->attach({2});\n}}\n",
                     name,
                     joined(plan, [&](const OuterMemory& each) { return fmt::format("{0}_{1}_memory* {1}", name, each.name); }),
                     joined(plan, [&](const OuterMemory& each) {
                       return fmt::format("*reinterpret_cast<{}::{}*>({})", name, type_of_memory(each.name), each.name);
                     }));
}

}  // namespace mote
