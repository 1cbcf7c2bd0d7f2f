#include "data/recording.hpp"

#include <algorithm>
#include <cmath>

#include "data/convert.hpp"
#include "data/csv.hpp"
#include "data/labels.hpp"
#include "data/sound.hpp"
#include "ops/quantized_math.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

namespace fs = std::filesystem;

/// Real numbers as samples, by the scale and zero that the graph's input has.
double sample_of(double real, const Graph& graph) {
  const Tensor& input = graph.tensor(graph.inputs[0]);
  if (graph.source->format == SampleFormat::kFloat32) return real;
  const double scale = input.quantization.empty() ? 1 : double{input.scale()};
  const double zero = input.quantization.empty() ? 0 : input.zero_point();
  return std::nearbyint(real / scale + zero) + graph.source->zero;
}

void check_numbers(const Recording& recording, const Graph& graph, const DataOptions& options) {
  if (options.allow_nan && graph.source->format == SampleFormat::kFloat32) return;
  const auto bad = std::find_if(recording.values.begin(), recording.values.end(), [](double value) { return !std::isfinite(value); });
  if (bad == recording.values.end()) return;
  throw Error(fmt::format("instant {} is not a number", (bad - recording.values.begin()) / graph.source->channels + 1),
              "fill it in, or give --allow-nan when the source's format is float32");
}

Recording from_wav(std::span<const std::uint8_t> bytes, const Source& source) {
  if (source.channels != 1) throw Error(fmt::format("a .wav is read as one channel, the source has {}", source.channels), "use a .npy file [instants, channels]");
  const Sound sound = decode_wav(bytes);
  if (sound.sample_rate != source.rate_hz)
    throw Error(fmt::format("{} samples a second, the source has {:.6g}", sound.sample_rate, source.rate_hz),
                fmt::format("convert it: sox IN.wav -r {:.6g} OUT.wav", source.rate_hz));
  // Full scale, -1 to 1, is the whole of an integer format.
  const SampleFormatInfo& format = info_of(source.format);
  const double factor = (format.highest - format.lowest + 1) / 2;
  const double zero = (format.highest + format.lowest + 1) / 2;
  Recording recording;
  for (const float value : sound.samples)
    recording.values.push_back(source.format == SampleFormat::kFloat32 ? double{value} : std::nearbyint(double{value} * factor) + zero);
  return recording;
}

Recording from_npy(const NpyArray& array, const Graph& graph) {
  const Source& source = *graph.source;
  const bool fits = array.shape.size() == 1 ? source.channels == 1 : array.shape.size() == 2 && array.shape[1] == source.channels;
  if (!fits)
    throw Error(fmt::format("the array is [{}]; a recording is [instants, {}]", fmt::join(array.shape, ", "), source.channels),
                "a .npz or an array with an axis per run is read as hops");
  Recording recording;
  const bool real = array.descr.find('f') != std::string::npos;
  for (std::int64_t i = 0; i < array.elements(); ++i) recording.values.push_back(real ? sample_of(number_at(array, i), graph) : number_at(array, i));
  return recording;
}

/// Columns that hold samples: all that are numbers and were not asked to be something else.
std::vector<std::size_t> sample_columns(const CsvTable& table, const Source& source, const DataOptions& options) {
  std::vector<std::size_t> others, columns;
  std::vector<std::string> names;
  for (const std::string& each : options.ignored) others.push_back(find_column(table, each, "--ignore"));
  for (const std::string& each : options.labels) others.push_back(find_column(table, each, "--label"));
  for (std::size_t c = 0; c < table.rows[0].cells.size(); ++c) {
    double value = 0;
    const std::string& cell = table.rows[0].cells[c];
    if (std::find(others.begin(), others.end(), c) != others.end() || !(parse_number(cell, value) || is_missing(cell))) continue;
    columns.push_back(c);
    names.push_back(c < table.heading.size() ? table.heading[c] : fmt::format("{}", c + 1));
  }
  if (columns.size() != static_cast<std::size_t>(source.channels))
    throw Error(fmt::format("{} columns hold numbers ({}), the source has {} channels", columns.size(), fmt::join(names, ", "), source.channels),
                "name columns to leave out with --ignore, and the answers with --label");
  return columns;
}

Recording from_csv(std::string_view text, const Graph& graph, const DataOptions& options) {
  const CsvTable table = parse_csv(text);
  if (table.rows.empty()) throw Error("there are no rows of values");
  if (options.labels.size() > 1) throw Error("the answers of a recording are one column", "give --label once");
  const auto columns = sample_columns(table, *graph.source, options);
  Recording recording;
  const auto is_real = [](std::string_view cell) { return cell.find_first_of(".eE") != std::string_view::npos; };
  const bool real = std::any_of(table.rows.begin(), table.rows.end(), [&](const CsvRow& row) {
    return std::any_of(columns.begin(), columns.end(), [&](std::size_t c) { return is_real(row.cells[c]); });
  });
  for (const CsvRow& row : table.rows) {
    for (const std::size_t c : columns) {
      double value = 0;
      if (is_missing(row.cells[c])) {
        value = NAN;
      } else if (!parse_number(row.cells[c], value)) {
        throw Error(fmt::format("line {}, column {}: '{}' is no number", row.line, c + 1, row.cells[c]));
      }
      recording.values.push_back(real ? sample_of(value, graph) : value);
    }
  }
  if (!options.labels.empty()) {
    const std::size_t label = find_column(table, options.labels[0], "--label");
    for (const CsvRow& row : table.rows) recording.answers.push_back(row.cells[label]);
  }
  return recording;
}

struct RecordingFile {
  fs::path path;
  std::string folder;
};

std::vector<RecordingFile> files_in(const fs::path& directory, const std::string& folder) {
  std::vector<RecordingFile> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().filename().string().starts_with('.')) continue;
    if (entry.is_directory() && folder.empty()) {
      const auto inside = files_in(entry.path(), entry.path().filename().string());
      files.insert(files.end(), inside.begin(), inside.end());
    } else if (is_recording(entry.path().extension().string())) {
      files.push_back({entry.path(), folder});
    }
  }
  std::sort(files.begin(), files.end(), [](const RecordingFile& a, const RecordingFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace

bool is_recording(std::string_view ending) { return ending == ".wav" || ending == ".csv" || ending == ".npy"; }

Recording parse_recording(std::span<const std::uint8_t> bytes, std::string_view ending, const Graph& graph, const DataOptions& options) {
  MOTE_CHECK(graph.source.has_value());
  if (options.rescales()) throw Error("a pipeline says itself how samples become real numbers", "leave --mean and --scale out; [source] has zero and scale");
  Recording recording;
  if (ending == ".wav") {
    recording = from_wav(bytes, *graph.source);
  } else if (ending == ".npy") {
    recording = from_npy(parse_npy(bytes), graph);
  } else if (ending == ".csv") {
    recording = from_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, graph, options);
  } else {
    throw Error(fmt::format("'{}' is no ending of a recording", ending), "known: .wav, .csv, .npy");
  }
  check_numbers(recording, graph, options);
  return recording;
}

std::vector<std::vector<Bytes>> hops_of(const Recording& recording, const Graph& graph) {
  const Source& source = *graph.source;
  const Tensor& input = graph.tensor(graph.inputs[0]);
  const std::int64_t hops = recording.instants(source) / source.hop;
  const auto [lowest, highest] = is_float(input.type) ? std::pair<double, double>(-INFINITY, INFINITY) : std::pair<double, double>(type_range(input.type));
  NpyArray values{"<f8", {hops * input.elements()}, Bytes(static_cast<std::size_t>(hops * input.elements()) * 8)};
  Tensor plain = input;
  plain.quantization = {};
  if (is_float(input.type)) {
    std::copy_n(reinterpret_cast<const std::uint8_t*>(recording.values.data()), values.bytes.size(), values.bytes.begin());
    return cut_into_samples(graph, {convert_to(values, plain)});
  }
  Bytes stored;
  for (std::int64_t i = 0; i < values.elements(); ++i) {
    const double sample = std::clamp(std::nearbyint(recording.values[static_cast<std::size_t>(i)]) - source.zero, lowest, highest);
    const auto whole = static_cast<std::int32_t>(sample);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&whole);
    stored.insert(stored.end(), bytes, bytes + type_bytes(input.type));
  }
  return cut_into_samples(graph, {stored});
}

Samples samples_from_recordings(const fs::path& path, const Graph& graph, const DataOptions& options) {
  const Source& source = *graph.source;
  const bool is_directory = fs::is_directory(path);
  const std::vector<RecordingFile> files = is_directory ? files_in(path, "") : std::vector<RecordingFile>{{path, ""}};
  if (files.empty()) throw Error("there are no recordings in this directory", "known: .wav, .csv, .npy");
  Samples samples;
  std::vector<std::string> answers;
  std::int64_t short_files = 0;
  for (const RecordingFile& file : files) {
    const auto add = [&] {
      const Recording recording = parse_recording(read_file(file.path), file.path.extension().string(), graph, options);
      const auto hops = hops_of(recording, graph);
      if (hops.empty()) ++short_files;
      for (std::size_t i = 0; i < hops.size(); ++i) {
        samples.inputs.push_back(hops[i]);
        samples.starts_case.push_back(i == 0);
        samples.sources.push_back(file.path.filename().string());
        if (!recording.answers.empty()) answers.push_back(recording.answers[(i + 1) * static_cast<std::size_t>(source.hop) - 1]);
        if (recording.answers.empty() && !file.folder.empty()) answers.push_back(file.folder);
      }
    };
    is_directory ? with_context(file.path.filename().string(), add) : add();
  }
  if (samples.inputs.empty()) throw Error(fmt::format("no recording is as long as a hop of {} samples", source.hop));
  samples.notes.push_back(fmt::format("{} recordings, {} runs of {} samples ({:.6g} ms)", files.size(), samples.inputs.size(), source.hop,
                                      1e3 * source.hop_seconds()));
  if (short_files > 0) samples.notes.push_back(fmt::format("{} of them are shorter than a run", short_files));
  if (!answers.empty() && answers.size() != samples.inputs.size()) throw Error("some recordings have answers and others have none");
  if (!answers.empty()) set_answers(samples, answers, graph);
  return samples;
}

}  // namespace mote
