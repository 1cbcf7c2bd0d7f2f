#include "emulate/emulator.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>

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

/// Tells how many of all samples are done, over the parts that run side by side.
class SampleCounter {
 public:
  SampleCounter(const Progress& progress, std::size_t samples) : progress_(progress), samples_(static_cast<double>(samples)) {
    if (progress_) progress_("run", 0);
  }

  /// To be called now and then while a part runs; its output's size tells how far it is.
  std::function<void()> ticker(const fs::path& directory, const EmulationJob& job, const Part& part) {
    if (!progress_) return nullptr;
    const auto whole = static_cast<double>(run_output_bytes(job, part.size()));
    return [this, file = directory / "output.bin", whole, part] {
      std::error_code not_yet;
      const std::uintmax_t bytes = fs::file_size(file, not_yet);
      tell(part.begin, not_yet ? 0 : static_cast<double>(part.size()) * static_cast<double>(bytes) / whole);
    };
  }

 private:
  void tell(std::size_t part, double samples) {
    const std::lock_guard lock(mutex_);
    done_[part] = samples;
    double sum = 0;
    for (const auto& [begin, count] : done_) sum += count;
    progress_("run", sum / samples_);
  }

  const Progress& progress_;
  double samples_;
  std::mutex mutex_;
  std::map<std::size_t, double> done_;
};

/// Runs the part whose `input.bin` is in `directory`, to its `output.bin`.
using RunPart = std::function<void(const fs::path& directory, std::function<void()> on_tick)>;

RunPart native_runner(const EmulationJob& job, const fs::path& program) {
  return [&job, program](const fs::path& directory, std::function<void()> on_tick) {
    const ProcessResult result =
        run_process({program.string()}, {.directory = directory, .timeout = job.timeout, .on_tick = std::move(on_tick)});
    if (!result.succeeded()) {
      throw Error(fmt::format("{} on this machine stopped with {}: {}", job.model_name, result.describe(), result.errors));
    }
  };
}

RunPart board_runner(const BoardBoot& board) {
  return [board](const fs::path& directory, std::function<void()> on_tick) {
    BoardBoot boot = board;
    boot.directory = directory;
    boot.on_tick = std::move(on_tick);
    check_board(boot_board(boot), boot);
  };
}

/// The parts of a job: one for each lane, and on boards no more samples than they run within the time for a boot.
std::vector<Part> parts_of(const EmulationJob& job, bool on_board) {
  constexpr std::size_t kMostSamplesOfABoot = 1000;
  const std::size_t boots = on_board ? (job.samples.size() + kMostSamplesOfABoot - 1) / kMostSamplesOfABoot : 1;
  return cut_into_parts(job.samples.size(), std::max(job.lanes, boots),
                        [&](std::size_t i) { return !job.keeps_state || job.samples[i].reset_before; });
}

/// Runs all samples in parts, each in a directory of its own.
void run_in_parts(const EmulationJob& job, const std::vector<Part>& parts, const RunPart& run, const Progress& progress,
                  const fs::path& directory, EmulationResult& result) {
  SampleCounter counter(progress, job.samples.size());
  std::vector<RunOutput> outputs(parts.size());
  run_side_by_side(parts.size(), job.lanes, [&](std::size_t i) {
    const fs::path place = directory / fmt::format("part_{}", i);
    fs::create_directory(place);
    write_run_input(place, job, parts[i], 0);
    run(place, counter.ticker(place, job, parts[i]));
    outputs[i] = read_run_output(place, job, parts[i].size());
    fs::remove_all(place);
  });
  std::uint32_t stack_bytes = 0;
  for (RunOutput& output : outputs) {
    stack_bytes = std::max(stack_bytes, output.trailer.stack_bytes);
    std::move(output.samples.begin(), output.samples.end(), std::back_inserter(result.outputs));
  }
  result.stack_bytes = stack_bytes;
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

/// One boot that counts instructions, in `directory` itself.
void run_measured(const Target& target, const EmulationJob& job, const Firmware& firmware, BoardBoot boot, const Progress& progress,
                  EmulationResult& result) {
  MOTE_CHECK(job.lanes == 1);
  const Part all{0, job.samples.size()};
  SampleCounter counter(progress, all.size());
  write_run_input(boot.directory, job, all, 0);
  boot.on_tick = counter.ticker(boot.directory, job, all);
  Measurement measurement = measure(target, job, firmware, boot);
  result.instructions = measurement.instructions;
  result.cycles_estimate = measurement.cycles_estimate;
  result.instruction_spread = measurement.spread;
  result.layers = std::move(measurement.layers);
  result.notes = std::move(measurement.notes);
  RunOutput output = read_run_output(boot.directory, job, all.size());
  result.outputs = std::move(output.samples);
  result.stack_bytes = output.trailer.stack_bytes;
}

void run_on_board(const Target& target, const EmulationJob& job, const Progress& progress, const fs::path& directory,
                  EmulationResult& result) {
  BoardBoot boot{.qemu = find_qemu(target),
                 .directory = directory,
                 .machine = target.machine,
                 .firmware = fs::absolute(directory / "firmware.elf").string(),
                 .more_arguments = {},
                 .timeout = job.timeout,
                 .on_tick = nullptr};
  const Firmware firmware = build_firmware(target, job, directory);
  result.flash_bytes = firmware.flash_bytes;
  result.flash_code_bytes = firmware.flash_code_bytes;
  result.ram_bytes = firmware.ram_bytes;
  if (job.profile)
    run_measured(target, job, firmware, boot, progress, result);
  else
    run_in_parts(job, parts_of(job, true), board_runner(boot), progress, directory, result);
}

void run_on_host(const EmulationJob& job, const Progress& progress, const fs::path& directory, EmulationResult& result) {
  const fs::path program = build_native(job, directory);
  run_in_parts(job, parts_of(job, false), native_runner(job, program), progress, directory, result);
  result.stack_bytes.reset();
}

}  // namespace

EmulationResult emulate(const Target& target, const EmulationJob& job, const Progress& progress) {
  MOTE_CHECK(!job.samples.empty() && job.lanes >= 1);
  const TemporaryDirectory directory;
  if (progress) progress("compile", 0);
  EmulationResult result;
  if (target.is_host()) {
    run_on_host(job, progress, directory.path(), result);
  } else {
    run_on_board(target, job, progress, directory.path(), result);
  }
  if (progress) progress("run", 1);
  return result;
}

}  // namespace mote
