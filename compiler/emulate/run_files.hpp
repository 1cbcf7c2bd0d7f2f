#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "emulate/emulator.hpp"
#include "emulate/runtime/run_format.h"
#include "emulate/side_by_side.hpp"

namespace mote {

/// Writes `input.bin` for the runner: a part of the job's samples, with `options` of MOTE_OPTION_*.
void write_run_input(const std::filesystem::path& directory, const EmulationJob& job, const Part& part, std::uint32_t options);

struct RunOutput {
  std::vector<std::vector<std::uint8_t>> samples;
  RunTrailer trailer;
};

/// Bytes of a whole `output.bin`.
std::size_t run_output_bytes(const EmulationJob& job, std::size_t sample_count);

/// Reads `output.bin`. Error when the runner has not written all of it.
RunOutput read_run_output(const std::filesystem::path& directory, const EmulationJob& job, std::size_t sample_count);

}  // namespace mote
