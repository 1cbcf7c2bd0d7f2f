#include <cmath>

#include "emulate/measure.hpp"
#include "emulate/run_files.hpp"
#include "support/error.hpp"

namespace mote {
namespace {

// Every instruction takes 2^7 ns of the board's time, which is more than one tick of its timer (20 to 32 MHz) and so seen in it.
constexpr const char* kInstructionClock = "shift=7,sleep=off";
constexpr double kNanosecondsPerInstruction = 128;
constexpr std::uint64_t kInstructionsPerInterrupt = 5;

std::uint64_t count_instructions(const RunTrailer& trailer) {
  // Timers run at a whole number of MHz, so rounding makes the measured rate exact.
  const double calibration_us = MOTE_CALIBRATION_INSTRUCTIONS * kNanosecondsPerInstruction / 1000;
  const double megahertz = std::round(static_cast<double>(trailer.calibration_ticks) / calibration_us);
  if (megahertz < 1) throw Error("the emulated board's timer stands still", "use a QEMU with TCG plugins");
  const double ticks = static_cast<double>(trailer.run_ticks - trailer.empty_ticks);
  const auto instructions = static_cast<std::uint64_t>(std::llround(ticks * 1000 / (megahertz * kNanosecondsPerInstruction)));
  constexpr std::uint64_t kReturnOfEmptyFunction = 1;
  return instructions + kReturnOfEmptyFunction - trailer.timer_interrupts * kInstructionsPerInterrupt;
}

}  // namespace

Measurement measure_with_timer(BoardBoot boot, const EmulationJob& job) {
  boot.directory /= "timer";
  boot.more_arguments = {"-icount", kInstructionClock};
  boot.on_tick = nullptr;
  std::filesystem::create_directory(boot.directory);
  write_run_input(boot.directory, job, {0, 1}, MOTE_OPTION_TIMER);
  check_board(boot_board(boot), boot);
  Measurement measurement;
  measurement.instructions = count_instructions(read_run_output(boot.directory, job, 1).trailer);
  return measurement;
}

}  // namespace mote
