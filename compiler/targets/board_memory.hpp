#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mote {

enum class MemoryKind : std::uint8_t {
  kTcm,            ///< tightly coupled to the core
  kSram,           ///< on the chip, behind a bus
  kExternalRam,    ///< PSRAM, HyperRAM, SDRAM
  kFlash,          ///< on the chip
  kExternalFlash,  ///< read in place through a serial interface
};

/// A memory of a chip or board that firmware can place things in.
struct BoardMemory {
  std::string name;  ///< a C identifier: "dtcm"
  MemoryKind kind = MemoryKind::kSram;
  std::int64_t bytes = 0;
  std::optional<std::uint64_t> address;  ///< where it begins
  std::optional<double> access_cycles;   ///< core cycles of a word's access as the maker states it; none: nothing is stated

  bool holds_data() const { return kind <= MemoryKind::kExternalRam; }
};

/// "tcm", "sram", "external_ram", "flash", "external_flash".
std::string_view memory_kind_name(MemoryKind kind);
std::optional<MemoryKind> memory_kind_from_name(std::string_view name);

}  // namespace mote
