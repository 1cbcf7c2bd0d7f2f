#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulate/cmsis_nn.hpp"
#include "targets/target.hpp"

namespace mote {

/// What else happens to the state of a model around an inference.
struct StateEvents {
  bool restart_before = false;             // all but what lasts is forgotten: Model::restart()
  bool restore_before = false;             // what lasts is saved, all is forgotten, and it is restored
  std::optional<std::int32_t> teach = {};  // behind it, Model::teach() is told its class
};

struct Sample {
  bool reset_before = false;        // Model::reset() comes before it
  std::vector<std::uint8_t> bytes;  // all inputs, one after another
  StateEvents events = {};
};

/// A generated library and what to run it on.
struct EmulationJob {
  std::filesystem::path source_dir;    // holds NAME.hpp, NAME.cpp and mote/*.hpp
  std::string model_name;              // NAME, which is also the namespace
  std::vector<std::string> cxx_flags;  // more of them for the model, after mote's own
  LibrarySources library;              // C files of another library that the generated code calls
  std::size_t layer_count = 0;         // calls that Model::run() makes, one per layer
  std::vector<std::size_t> input_bytes, output_bytes;
  std::vector<Sample> samples;        // at least one
  bool fed_by_rows = false;           // the model takes its input row by row
  bool keeps_state = false;           // a sample depends on those before it, back to the last reset
  bool profile = false;               // count instructions, in all and by layer
  std::size_t lanes = 1;              // programs or boards that run side by side, each a part of the samples; 1 to profile
  std::chrono::seconds timeout{600};  // for one boot of the board
};

struct LayerProfile {
  std::uint64_t instructions = 0;
  std::optional<std::uint64_t> cycles_estimate;
};

struct InstructionSpread {
  std::uint64_t least = 0, greatest = 0;
  double mean = 0;
};

/// What is empty was not asked for, does not exist on the target, or is explained in `notes`.
struct EmulationResult {
  std::vector<std::vector<std::uint8_t>> outputs;  // per sample all outputs, one after another

  // Of Model::run() with all that it calls, on the first sample; the call itself is not in it. Instructions are exact.
  std::optional<std::uint64_t> instructions;
  std::optional<std::uint64_t> cycles_estimate;
  std::vector<LayerProfile> layers;  // sum to the two above

  std::optional<InstructionSpread> instruction_spread;  // over all samples

  // What the model adds to a firmware, its share of the C library included, and never the runner's.
  std::optional<std::size_t> flash_bytes;       // code, constants and the initial values of RAM
  std::optional<std::size_t> flash_code_bytes;  // of them, code
  std::optional<std::size_t> ram_bytes;         // one Model object and other static data
  std::optional<std::size_t> stack_bytes;       // the deepest that run() went, over all samples

  std::vector<std::string> notes;  // for the user: what is missing on this machine and how to get it
};

/// Called with the stage at work ("compile", "run") and how much of it is done, 0 to 1. May throw, which ends the emulation.
using Progress = std::function<void(std::string_view stage, double fraction)>;

/// Builds the library with a runner and runs it on the emulated board, or on the workstation for a host target.
/// ToolMissing when a compiler or QEMU is; Error when the model does not fit the board, the board faults or stops, or time is up.
EmulationResult emulate(const Target& target, const EmulationJob& job, const Progress& progress = {});

}  // namespace mote
