#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "graph/types.hpp"

namespace mote {

/// What a sensor's driver hands over, one value per channel and instant. kUint16 becomes int16 on its way into the graph: `zero` is
/// subtracted and the result saturated.
enum class SampleFormat : std::uint8_t { kInt8, kUint8, kInt16, kUint16, kFloat32 };

/// What is known of a format: its word, its type in C, the type that it has in the graph (as many bytes), and the least and the greatest
/// sample.
struct SampleFormatInfo {
  std::string_view name, type_in_c;
  DataType in_graph;
  double lowest, highest;
};
inline constexpr double kNoEnd = std::numeric_limits<double>::infinity();
inline constexpr SampleFormatInfo kSampleFormats[] = {{"int8", "int8_t", DataType::kInt8, -128, 127},
                                                      {"uint8", "uint8_t", DataType::kUint8, 0, 255},
                                                      {"int16", "int16_t", DataType::kInt16, -32768, 32767},
                                                      {"uint16", "uint16_t", DataType::kInt16, 0, 65535},
                                                      {"float32", "float", DataType::kFloat32, -kNoEnd, kNoEnd}};
constexpr const SampleFormatInfo& info_of(SampleFormat format) { return kSampleFormats[static_cast<std::size_t>(format)]; }

/// The signal that a graph runs on, when it is a pipeline: its one input is a hop of samples, [hop, channels], and one run takes it in.
/// What concerns the sensor and time, and no operator, stands here: it becomes the `Pipeline` class of the generated library.
struct Source {
  double rate_hz = 0;         ///< instants per second
  std::int32_t channels = 1;  ///< interleaved
  std::int32_t hop = 0;       ///< instants that one run takes in
  SampleFormat format = SampleFormat::kInt16;
  std::int32_t zero = 0;              ///< kUint16: what is subtracted
  bool has_range = false;             ///< whether the sensor has ends that it saturates at:
  double lowest = 0, highest = 0;     ///< as samples
  std::int64_t saturated = 0;         ///< so many in a row at an end are a fault; 0: not watched
  std::int64_t stuck = 0;             ///< so many equal ones in a row are a fault; 0: not watched
  bool restarts_after_gap = true;     ///< windows and filters begin anew after lost samples
  std::int64_t ring = 0;              ///< instants that the ring between producer and consumer holds, a power of two
  std::int64_t warm_up = 0;           ///< runs at the beginning and after a gap whose results rest on samples that never were
  std::int32_t event_output = -1;     ///< the output that is an event, int32 [1], below 0 for none; -1: each run is a result
  std::vector<std::string> event_names = {};

  double hop_seconds() const { return hop / rate_hz; }
  bool operator==(const Source&) const = default;
};

/// Calls `v(name, field)` for each field but the names of events, in the order in which they are printed.
template <typename AnySource, typename Visitor>
void visit_fields(AnySource& source, Visitor&& v) {
  v("rate", source.rate_hz);
  v("channels", source.channels);
  v("hop", source.hop);
  v("format", source.format);
  v("zero", source.zero);
  v("has_range", source.has_range);
  v("lowest", source.lowest);
  v("highest", source.highest);
  v("saturated", source.saturated);
  v("stuck", source.stuck);
  v("restarts_after_gap", source.restarts_after_gap);
  v("ring", source.ring);
  v("warm_up", source.warm_up);
  v("event_output", source.event_output);
}

}  // namespace mote
