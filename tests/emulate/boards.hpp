#pragma once

#include "emulate/emulation_target.hpp"

namespace mote::test {

inline constexpr MemoryRegion kMps2Flash = {0, 0x400000}, kMps2Ram = {0x20000000, 0x400000};

inline EmulationTarget host() { return {.name = "host", .host = true}; }

inline EmulationTarget board(const char* name, const char* cpu_flags, const char* machine, const char* timing = "") {
  return {.name = name, .cpu_flags = cpu_flags, .qemu_machine = machine, .timing = timing,
          .flash = kMps2Flash, .ram = kMps2Ram};
}

inline EmulationTarget cortex_m0plus() { return board("cortex-m0plus", "-mcpu=cortex-m0plus -mthumb", "mps2-an385"); }
inline EmulationTarget cortex_m3() { return board("cortex-m3", "-mcpu=cortex-m3 -mthumb", "mps2-an385"); }
inline EmulationTarget cortex_m4() {
  return board("cortex-m4", "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16", "mps2-an386", "m4");
}
inline EmulationTarget cortex_m7() {
  return board("cortex-m7", "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16", "mps2-an500");
}
inline EmulationTarget cortex_m33() {
  EmulationTarget target =
      board("cortex-m33", "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16", "mps2-an505");
  target.flash = {0x10000000, 0x400000};
  target.ram = {0x38000000, 0x400000};
  return target;
}
inline EmulationTarget cortex_m55() {
  EmulationTarget target = board("cortex-m55", "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard", "mps3-an547");
  target.vectors = {0x10000000, 0x80000};
  target.flash = {0x11000000, 0x200000};
  target.ram = {0x30000000, 0x80000};
  return target;
}

}  // namespace mote::test
