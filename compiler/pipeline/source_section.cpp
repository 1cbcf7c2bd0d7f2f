#include "pipeline/source_section.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mote {

namespace {

void read_range(Section& section, Source& source) {
  const SampleFormatInfo& ends = info_of(source.format);
  const auto range = section.numbers("range");
  if (range) {
    if (range->size() != 2 || !((*range)[0] < (*range)[1])) section.fail("range", "must be two numbers, the lower one first");
    if ((*range)[0] < ends.lowest || (*range)[1] > ends.highest)
      section.fail("range", fmt::format("is wider than {} can hold", ends.name));
  }
  source.has_range = range.has_value() || source.format != SampleFormat::kFloat32;
  if (source.has_range) {
    source.lowest = range ? (*range)[0] : ends.lowest;
    source.highest = range ? (*range)[1] : ends.highest;
  }
}

}  // namespace

SourceSettings read_source(Section& section) {
  SourceSettings settings;
  Source& source = settings.source;
  if (const auto period = section.text("period")) {
    const std::optional<double> seconds = seconds_of(*period);
    if (!seconds || !(*seconds > 0)) section.fail("period", "must be a duration", "for example: period = \"5 min\"");
    if (section.has("rate")) section.fail("period", "says what rate says");
    source.rate_hz = 1 / *seconds;
  } else {
    source.rate_hz = section.required_number("rate");
  }
  if (!(source.rate_hz > 0 && source.rate_hz <= 1e8)) section.fail("rate", "must be above 0 and at most 1e8 samples per second");
  source.channels = static_cast<std::int32_t>(section.integer("channels", 1, 1024).value_or(1));
  const std::string format = section.one_of("format", {"int16", "int8", "uint8", "uint16", "float32"});
  source.format = static_cast<SampleFormat>(std::ranges::find(kSampleFormats, format, &SampleFormatInfo::name) - std::begin(kSampleFormats));
  source.hop = static_cast<std::int32_t>(section.required_steps("hop", source.rate_hz, "samples"));
  if (std::int64_t{source.hop} * source.channels > 1 << 24) section.fail("hop", "holds more than 2^24 values");
  settings.scale = section.number("scale").value_or(1);
  if (!(settings.scale > 0) || !std::isfinite(settings.scale)) section.fail("scale", "must be a number above 0");
  settings.zero = section.number("zero").value_or(0);
  if (source.format != SampleFormat::kFloat32 && settings.zero != std::floor(settings.zero))
    section.fail("zero", "must be a whole number: it is a sample of an integer format");
  const SampleFormatInfo& ends = info_of(source.format);
  if (!std::isfinite(settings.zero) || settings.zero < ends.lowest || settings.zero > ends.highest) section.fail("zero", "is no value of the format");
  if (source.format == SampleFormat::kUint16) {
    source.zero = static_cast<std::int32_t>(settings.zero);
    settings.zero = 0;
  }
  read_range(section, source);
  source.saturated = section.steps("saturated", source.rate_hz, "samples", 0).value_or(0);
  if (source.saturated > 0 && !source.has_range) section.fail("saturated", "is watched at the ends of a range", "say it: range = [LOWEST, HIGHEST]");
  source.stuck = section.steps("stuck", source.rate_hz, "samples", 0).value_or(0);
  source.restarts_after_gap = section.one_of("gap", {"restart", "ignore"}) == "restart";
  const std::int64_t ring = section.steps("ring", source.rate_hz, "samples").value_or(2 * std::int64_t{source.hop});
  if (ring < source.hop) section.fail("ring", fmt::format("holds {} samples, less than a hop of {}", ring, source.hop));
  source.ring = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(ring, 2))));
  return settings;
}

}  // namespace mote
