#include "targets/board_memory.hpp"

#include <utility>

namespace mote {

namespace {

constexpr std::pair<MemoryKind, std::string_view> kKinds[] = {{MemoryKind::kTcm, "tcm"},
                                                              {MemoryKind::kSram, "sram"},
                                                              {MemoryKind::kExternalRam, "external_ram"},
                                                              {MemoryKind::kFlash, "flash"},
                                                              {MemoryKind::kExternalFlash, "external_flash"}};

}  // namespace

std::string_view memory_kind_name(MemoryKind kind) {
  for (const auto& [each, name] : kKinds) {
    if (each == kind) return name;
  }
  return {};
}

std::optional<MemoryKind> memory_kind_from_name(std::string_view name) {
  for (const auto& [kind, each] : kKinds) {
    if (each == name) return kind;
  }
  return std::nullopt;
}

}  // namespace mote
