#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulate/build_firmware.hpp"
#include "emulate/emulator.hpp"
#include "emulate/qemu.hpp"

namespace mote {

/// The part of an EmulationResult that profiling fills.
struct Measurement {
  std::optional<std::uint64_t> instructions, cycles_estimate;
  std::optional<InstructionSpread> spread;
  std::vector<LayerProfile> layers;
  std::vector<std::string> notes;
};

/// Boots the board with the counting plugin, over all samples of its `input.bin`. Nothing when this QEMU cannot load the plugin,
/// and `reason` says why; Error when the board fails.
std::optional<Measurement> measure_with_plugin(BoardBoot boot, const Target& target, const EmulationJob& job,
                                               const Firmware& firmware, std::string& reason);

/// Boots the board anew under -icount with the first sample and reads its timer: the total, exact to one instruction, no layers
/// and no cycles. Works in a directory of its own under the boot's.
Measurement measure_with_timer(BoardBoot boot, const EmulationJob& job);

}  // namespace mote
