#ifndef MOTE_RUN_FORMAT_H
#define MOTE_RUN_FORMAT_H

/// The two files that the runner and the workstation exchange, little-endian. `input.bin`: a RunHeader, then per sample a word
/// of flags and all inputs one after another. `output.bin`: per sample all outputs one after another, then a RunTrailer, whose
/// presence says that the run is complete.

#include <stdint.h>

#define MOTE_INPUT_MAGIC 0x494d4f4dU
#define MOTE_OUTPUT_MAGIC 0x4f4d4f4dU

/// Flags of a sample, what comes before it: Model::reset(); Model::restart(); what lasts is saved, everything is forgotten, and
/// it is restored. Above them one more than the label that is taught behind it, or 0.
#define MOTE_SAMPLE_RESET 1U
#define MOTE_SAMPLE_RESTART 2U
#define MOTE_SAMPLE_RESTORE 4U
#define MOTE_SAMPLE_TEACH_SHIFT 8U

/// Option of a run: read the board's timer around run(), under QEMU's -icount.
#define MOTE_OPTION_TIMER 1U

/// Instructions that the runner spins through for the timer's rate.
#define MOTE_CALIBRATION_INSTRUCTIONS 200000U

struct RunHeader {
  uint32_t magic, sample_count, options;
};

/// `stack_bytes`: the deepest that run() went over all samples. Timer ticks are those of the last sample: around run(), around a
/// function that only returns, and those that MOTE_CALIBRATION_INSTRUCTIONS take.
struct RunTrailer {
  uint32_t magic, sample_count, stack_bytes, timer_interrupts;
  uint64_t run_ticks, empty_ticks, calibration_ticks;
};

#endif
