#pragma once

#include <string>

#include "targets/target.hpp"

namespace mote {

/// A core and the board that QEMU emulates it on, or the workstation itself.
struct EmulationTarget {
  std::string name = {};
  std::string cpu_flags = {};     // of the cross compiler, separated by spaces
  std::string qemu_machine = {};  // "mps2-an386"
  std::string timing = {};        // "m4": cycles are estimated; "": they are not
  // Of the emulated board. Vectors of length 0, or that begin where flash does, are put in flash.
  MemoryRegion vectors = {}, flash = {}, ram = {};
  bool host = false;  // built with the workstation's compiler and run there; of the above only `name` is used
};

}  // namespace mote
