#pragma once

#include <cstdint>

#include "thumb.hpp"

namespace mote {

/// Cycles that a taken branch adds: the pipeline refill, 1 to 3 in the manual depending on the target's alignment and width.
constexpr unsigned kM4TakenBranchCycles = 2;

/// Cycles of straight-line code on a Cortex-M4, from "Arm Cortex-M4 Processor Technical Reference Manual r0p1", sections 3.3.1
/// (instruction timings), 3.3.3 (load and store timings) and 7.2.3 (floating point).
///
/// An estimate. Counted: the instruction's own cycles; a load or a store to a register offset right behind a single load takes 1
/// cycle less when its address does not need the loaded value. Where the manual gives a range: divide 6 of 2 to 12, exclusive
/// accesses and system instructions 2. Not counted: flash wait states, bus contention, a full store buffer, the stall of an
/// address that the instruction before has computed, folding of IT.
class M4Timing {
 public:
  /// Cycles of the next instruction in a straight line. A block of code begins with a new M4Timing.
  unsigned issue(ThumbInstruction instruction);

 private:
  static constexpr int kNoLoad = -1;
  int loaded_register_ = kNoLoad;  // of the instruction before, when it was a single load
};

}  // namespace mote
