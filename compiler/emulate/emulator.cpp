#include "emulate/emulator.hpp"

#include "emulate/build_firmware.hpp"
#include "emulate/build_native.hpp"
#include "emulate/measure.hpp"
#include "emulate/qemu.hpp"
#include "emulate/run_files.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace fs = std::filesystem;

namespace {

/// How far a run is, told by the size of its output.
std::function<void()> tell_progress(const Progress& progress, const fs::path& directory, const EmulationJob& job) {
  if (!progress) return nullptr;
  const double whole = static_cast<double>(run_output_bytes(job, job.samples.size()));
  return [&progress, file = directory / "output.bin", whole] {
    std::error_code not_yet;
    const std::uintmax_t bytes = fs::file_size(file, not_yet);
    progress("run", not_yet ? 0 : static_cast<double>(bytes) / whole);
  };
}

void run_native(const EmulationJob& job, const Progress& progress, const fs::path& directory) {
  const fs::path program = build_native(job, directory);
  if (progress) progress("run", 0);
  const ProcessResult result = run_process(
      {program.string()}, {.directory = directory, .timeout = job.timeout, .on_tick = tell_progress(progress, directory, job)});
  if (!result.succeeded()) {
    throw Error(fmt::format("{} on this machine stopped with {}: {}", job.model_name, result.describe(), result.errors));
  }
}

Measurement measure(const Target& target, const EmulationJob& job, const Firmware& firmware, const BoardBoot& boot) {
  std::string reason;
  if (auto measurement = measure_with_plugin(boot, target, job, firmware, reason)) return *measurement;
  check_board(boot_board(boot), boot);
  Measurement measurement = measure_with_timer(boot, job);
  measurement.notes.push_back(
      fmt::format("instructions are counted by the board's timer, to within 1; there are no figures by layer and no cycles, "
                  "because this QEMU does not load mote's plugin ({}). A QEMU with TCG plugins does: Debian's and Ubuntu's, "
                  "or one configured with --enable-plugins",
                  reason));
  return measurement;
}

void run_on_board(const Target& target, const EmulationJob& job, const Progress& progress, const fs::path& directory,
                  EmulationResult& result) {
  BoardBoot boot{.qemu = find_qemu(target),
                 .directory = directory,
                 .machine = target.machine,
                 .firmware = "firmware.elf",
                 .more_arguments = {},
                 .timeout = job.timeout,
                 .on_tick = tell_progress(progress, directory, job)};
  const Firmware firmware = build_firmware(target, job, directory);
  result.flash_bytes = firmware.flash_bytes;
  result.flash_code_bytes = firmware.flash_code_bytes;
  result.ram_bytes = firmware.ram_bytes;

  if (progress) progress("run", 0);
  if (!job.profile) {
    check_board(boot_board(boot), boot);
    return;
  }
  Measurement measurement = measure(target, job, firmware, boot);
  result.instructions = measurement.instructions;
  result.cycles_estimate = measurement.cycles_estimate;
  result.instruction_spread = measurement.spread;
  result.layers = std::move(measurement.layers);
  result.notes = std::move(measurement.notes);
}

}  // namespace

EmulationResult emulate(const Target& target, const EmulationJob& job, const Progress& progress) {
  MOTE_CHECK(!job.samples.empty());
  const TemporaryDirectory directory;
  if (progress) progress("compile", 0);
  write_run_input(directory.path(), job, job.samples.size(), 0);

  EmulationResult result;
  if (target.is_host()) {
    run_native(job, progress, directory.path());
  } else {
    run_on_board(target, job, progress, directory.path(), result);
  }
  RunOutput output = read_run_output(directory.path(), job, job.samples.size());
  result.outputs = std::move(output.samples);
  if (!target.is_host()) result.stack_bytes = output.trailer.stack_bytes;
  if (progress) progress("run", 1);
  return result;
}

}  // namespace mote
