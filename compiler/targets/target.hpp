#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

/// What a core's instruction set offers to kernels. An implementation states what it needs; a target what it has. kScalar: a
/// 32-bit multiplication that gives the low word in one cycle or few, and no SIMD (Armv6-M, Armv7-M, RV32IM). kWide: the vectors
/// of a workstation, with memory to spare.
enum class Isa : std::uint8_t { kPortable, kDsp, kMve, kRv32, kScalar, kWide };

struct MemoryRegion {
  std::uint32_t origin = 0, length = 0;
};

/// A core or board, read from its data file: how to compile for it, where it is emulated, how long a cycle is.
struct Target {
  std::string name, description;
  std::string core;  ///< "Cortex-M4", ...; empty for the workstation
  std::vector<Isa> isas{Isa::kPortable};
  std::string compile_flags;
  std::string toolchain;            ///< prefix of the cross compiler's programs: "arm-none-eabi"
  std::string emulator;             ///< QEMU's program: "qemu-system-arm"
  std::string machine;              ///< QEMU's machine; empty when the target is not emulated
  std::string timing;               ///< cycles by kind of instruction ("load:2+store:1"), empty when there is no estimate
  double clock_hz = 0;              ///< for milliseconds; 0 when cycles have no estimate
  double nanojoules_per_cycle = 0;  ///< for microjoules; 0 when nobody has published them
  std::string board;                ///< the board that clock and energy are of; empty for a core alone
  std::string source;               ///< the manuals the numbers come from
  MemoryRegion vectors, flash, ram;

  bool is_reference() const { return name == "reference"; }
  bool is_host() const { return machine.empty() && !is_reference(); }
  bool has(Isa isa) const;
};

/// Every target, in the order of their names.
const std::vector<Target>& all_targets();

/// The target of that name; an Error that lists the known ones otherwise.
const Target& find_target(std::string_view name);

}  // namespace mote
