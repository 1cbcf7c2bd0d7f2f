#include "emulate/run_files.hpp"

#include <cstring>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {
namespace {

std::size_t sum(const std::vector<std::size_t>& parts) { return std::accumulate(parts.begin(), parts.end(), std::size_t{0}); }

template <typename Record>
void append(std::string& bytes, const Record& record) {
  bytes.append(reinterpret_cast<const char*>(&record), sizeof record);
}

std::uint32_t flags_of(const Sample& sample) {
  std::uint32_t flags = 0;
  if (sample.reset_before) flags |= MOTE_SAMPLE_RESET;
  if (sample.events.restart_before) flags |= MOTE_SAMPLE_RESTART;
  if (sample.events.restore_before) flags |= MOTE_SAMPLE_RESTORE;
  if (sample.events.teach) flags |= (static_cast<std::uint32_t>(*sample.events.teach) + 1) << MOTE_SAMPLE_TEACH_SHIFT;
  return flags;
}

}  // namespace

void write_run_input(const std::filesystem::path& directory, const EmulationJob& job, const Part& part, std::uint32_t options) {
  const std::size_t sample_count = part.size();
  MOTE_CHECK(sample_count <= std::numeric_limits<std::uint32_t>::max());
  const std::size_t sample_bytes = sum(job.input_bytes);
  constexpr std::size_t kBlockBytes = 1 << 18;  // memory for all samples would cost more time than most models
  const std::filesystem::path path = directory / "input.bin";
  std::ofstream file(path, std::ios::binary);
  std::string bytes;
  append(bytes, RunHeader{MOTE_INPUT_MAGIC, static_cast<std::uint32_t>(sample_count), options});
  for (std::size_t i = part.begin; i < part.end; ++i) {
    const Sample& sample = job.samples[i];
    MOTE_CHECK(sample.bytes.size() == sample_bytes);
    append(bytes, flags_of(sample));
    bytes.append(reinterpret_cast<const char*>(sample.bytes.data()), sample_bytes);
    if (bytes.size() < kBlockBytes && i + 1 < part.end) continue;
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.clear();
  }
  file.close();
  if (!file) throw Error(fmt::format("{}: cannot be written", path.string()));
}

std::size_t run_output_bytes(const EmulationJob& job, std::size_t sample_count) {
  return sample_count * sum(job.output_bytes) + sizeof(RunTrailer);
}

RunOutput read_run_output(const std::filesystem::path& directory, const EmulationJob& job, std::size_t sample_count) {
  const std::vector<std::uint8_t> bytes = read_file(directory / "output.bin");
  RunOutput output{};
  const bool is_whole = bytes.size() == run_output_bytes(job, sample_count);
  if (is_whole) std::memcpy(&output.trailer, bytes.data() + bytes.size() - sizeof(RunTrailer), sizeof(RunTrailer));
  if (!is_whole || output.trailer.magic != MOTE_OUTPUT_MAGIC || output.trailer.sample_count != sample_count) {
    throw Error(fmt::format("the run of {} ended before all {} samples were done", job.model_name, sample_count));
  }
  const std::size_t sample_bytes = sum(job.output_bytes);
  for (std::size_t i = 0; i < sample_count; ++i) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(i * sample_bytes);
    output.samples.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(sample_bytes));
  }
  return output;
}

}  // namespace mote
