#pragma once

#include <filesystem>

#include "data/samples.hpp"

namespace mote {

/// What one file holds of the signal that a graph's source names: samples as push() would take them, instant by instant.
struct Recording {
  std::string name;
  std::vector<double> values;              ///< [instants][channels]
  std::vector<std::string> answers = {};   ///< one per instant, when the file has them
  std::int64_t instants(const Source& source) const { return static_cast<std::int64_t>(values.size()) / source.channels; }
};

/// A .wav (of the source's rate, one channel), a .csv (a row per instant, a column per channel: those that are numbers and neither labels
/// nor ignored), or a .npy ([instants] or [instants, channels]). Integers are samples; real numbers are turned into samples by the scale
/// and zero of the graph's input, saturated. NaN and infinity are refused unless allowed, and then only where samples are float32.
Recording parse_recording(std::span<const std::uint8_t> bytes, std::string_view ending, const Graph& graph, const DataOptions& options);

/// The recording in hops, as input of the graph; what is left at its end and makes no hop is not in it.
std::vector<std::vector<Bytes>> hops_of(const Recording& recording, const Graph& graph);

/// A recording, or a directory of them (with a folder per class or without), each a case of its own that begins with empty windows. Answers
/// are those of a hop's last instant.
Samples samples_from_recordings(const std::filesystem::path& path, const Graph& graph, const DataOptions& options);

/// Whether the ending is that of a recording.
bool is_recording(std::string_view ending);

}  // namespace mote
