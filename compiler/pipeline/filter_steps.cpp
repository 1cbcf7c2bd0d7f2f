#include "pipeline/filter_steps.hpp"

#include <algorithm>
#include <cmath>

#include "pipeline/filter_design.hpp"

namespace mote {

namespace {

/// Filters take samples; in float32 unless `integers` says that int16 stays.
void take_samples(PipelineBuilder& builder, Section& section) {
  if (!builder.are_samples)
    section.fail("op", "filters take samples [hop, channels], and these are no longer", "put it before `frames`");
  if (!section.flag("integers").value_or(false)) return make_real(builder);
  const Tensor& tensor = builder.graph.tensor(builder.value);
  if (tensor.type != DataType::kInt16 || tensor.zero_point() != 0)
    section.fail("integers", "filters of integers take int16 samples with zero 0",
                 "leave it out, and the filter computes in float32");
}

bool is_real(const PipelineBuilder& builder) { return is_float(builder.graph.type(builder.value)); }

TensorId add_state(PipelineBuilder& builder, DataType type, const Shape& shape) {
  Tensor state{fmt::format("filter_{}", builder.graph.graph().tensors.size()), type, shape, {}, nullptr};
  state.is_state = true;
  return builder.graph.add_tensor(state);
}

/// How a band is called: one of lowpass, highpass or bandpass. Nothing when none is there.
std::optional<PassBand> pass_band(const PipelineBuilder& builder, Section& section) {
  const double rate = builder.sample_rate();
  const auto low_pass = section.number("lowpass");
  const auto high_pass = section.number("highpass");
  const auto band_pass = section.numbers("bandpass");
  if (low_pass.has_value() + high_pass.has_value() + band_pass.has_value() > 1)
    section.fail("op", "one of lowpass, highpass and bandpass is enough");
  PassBand band{0, rate / 2, rate};
  std::string_view key;
  if (low_pass) {
    band.high = *low_pass;
    key = "lowpass";
  } else if (high_pass) {
    band.low = *high_pass;
    key = "highpass";
  } else if (band_pass) {
    key = "bandpass";
    if (band_pass->size() != 2) section.fail(key, "must be two frequencies: [LOW, HIGH]");
    band.low = (*band_pass)[0];
    band.high = (*band_pass)[1];
  } else {
    return std::nullopt;
  }
  const bool sound = band.low >= 0 && band.high <= rate / 2 && band.low < band.high && (!high_pass || band.low > 0) &&
                     (high_pass || band.high < rate / 2) && (!band_pass || band.low > 0);
  if (!sound) section.fail(key, fmt::format("must lie between 0 and half of the rate, {} Hz", rate / 2));
  return band;
}

/// Runs until so many samples have gone by.
std::int64_t runs_of(const PipelineBuilder& builder, double samples) {
  return static_cast<std::int64_t>(std::ceil(std::min(samples, 1e9) / builder.shape()[0]));
}

/// The size of the larger pole.
double largest_pole(const Section2& section) {
  const double half = section[3] / 2;
  const double square = half * half - section[4];
  return square < 0 ? std::sqrt(section[4]) : std::abs(half) + std::sqrt(square);
}

/// Runs until a thousandth is left of what a filter without samples before makes of the first ones: a level that a high-pass
/// takes off.
std::int64_t settling_runs(const PipelineBuilder& builder, const std::vector<Section2>& sections) {
  double samples = 2;
  for (const Section2& section : sections) {
    const double pole = largest_pole(section);
    if (pole > 0) samples = std::max(samples, std::log(1e-3) / std::log(std::min(pole, 1 - 1e-12)));
  }
  return runs_of(builder, samples);
}

void add_biquads(PipelineBuilder& builder, const std::vector<Section2>& sections) {
  const auto count = static_cast<std::int32_t>(sections.size());
  std::vector<float> coefficients;
  for (const Section2& section : sections)
    for (const double value : section) coefficients.push_back(static_cast<float>(value));
  const std::int32_t channels = builder.shape()[1];
  const bool real = is_real(builder);
  const TensorId state =
      add_state(builder, real ? DataType::kFloat32 : DataType::kInt32, {channels, real ? count : count + 1, 2});
  builder.value =
      builder.graph.add("signal_biquads", {builder.value, builder.graph.constant<float>({count, 5}, coefficients), state});
}

void add_fir(PipelineBuilder& builder, const std::vector<double>& taps, std::int32_t decimation = 1) {
  const Shape in = builder.shape();
  const auto count = static_cast<std::int32_t>(taps.size());
  const bool real = is_real(builder);
  int shift = 15;
  TensorId coefficients = kNoTensor;
  if (real) {
    coefficients = builder.graph.constant<float>({count}, std::vector<float>(taps.begin(), taps.end()));
  } else {
    // As many bits of fraction as int16 and sums of 32 bits allow.
    double sum = 0;
    double largest = 0;
    for (const double tap : taps) {
      sum += std::abs(tap);
      largest = std::max(largest, std::abs(tap));
    }
    while (shift > 1 && (std::ldexp(largest, shift) > 32767 || std::ldexp(sum, shift) > 65000)) --shift;
    std::vector<std::int16_t> fixed;
    for (const double tap : taps)
      fixed.push_back(static_cast<std::int16_t>(std::clamp(std::lround(std::ldexp(tap, shift)), -32768L, 32767L)));
    coefficients = builder.graph.constant<std::int16_t>({count}, fixed);
  }
  const TensorId state = add_state(builder, builder.graph.type(builder.value), {in[1], count - 1 + in[0]});
  builder.warm_up_runs += runs_of(builder, count - 1);
  builder.value =
      builder.graph.add("signal_fir", {builder.value, coefficients, state}, {{"decimation", decimation}, {"shift", shift}});
}

/// Sections of five numbers each.
std::vector<Section2> given_sections(Section& section, const std::vector<double>& numbers) {
  if (numbers.empty() || numbers.size() % 5 != 0)
    section.fail("coefficients", "must be five numbers for each section: b0, b1, b2, a1, a2");
  std::vector<Section2> sections(numbers.size() / 5);
  for (std::size_t i = 0; i < numbers.size(); ++i) sections[i / 5][i % 5] = numbers[i];
  for (const Section2& s : sections)
    if (!(std::abs(s[4]) < 1 && std::abs(s[3]) < 1 + s[4]))
      section.fail("coefficients", fmt::format("a section with a1 = {}, a2 = {} is not stable", s[3], s[4]));
  return sections;
}

}  // namespace

void build_preemphasis(PipelineBuilder& builder, Section& section) {
  take_samples(builder, section);
  const double coefficient = section.number("coefficient").value_or(0.97);
  if (!(coefficient >= 0 && coefficient <= 1)) section.fail("coefficient", "must be between 0 and 1");
  add_fir(builder, {1, -coefficient});
}

void build_difference(PipelineBuilder& builder, Section& section) {
  take_samples(builder, section);
  add_fir(builder, {1, -1});
}

void build_biquads(PipelineBuilder& builder, Section& section) {
  take_samples(builder, section);
  const auto coefficients = section.numbers("coefficients");
  const std::optional<PassBand> band = pass_band(builder, section);
  const auto order = section.integer("order", 1, 12);
  if (coefficients.has_value() == band.has_value())
    section.fail("op", "needs either a band (lowpass, highpass or bandpass, in Hz) or coefficients");
  if (coefficients && order) section.fail("order", "is that of a band; coefficients are given");
  const std::vector<Section2> sections =
      coefficients ? given_sections(section, *coefficients) : butterworth(*band, static_cast<int>(order.value_or(2)));
  builder.warm_up_runs += settling_runs(builder, sections);
  add_biquads(builder, sections);
}

void build_band_passes(PipelineBuilder& builder, Section& section) {
  take_samples(builder, section);
  if (builder.shape()[1] != 1) section.fail("op", "takes one channel");
  const auto edges = section.numbers("edges");
  if (!edges || edges->size() < 2 || edges->size() % 2 != 0)
    section.fail("edges", "must be pairs of frequencies: [LOW, HIGH, LOW, HIGH, ...]");
  const int order = static_cast<int>(section.integer("order", 1, 12).value_or(1));
  const TensorId samples = builder.value;
  std::int64_t settling = 0;
  std::vector<TensorId> bands;
  for (std::size_t i = 0; i < edges->size(); i += 2) {
    const PassBand band{(*edges)[i], (*edges)[i + 1], builder.sample_rate()};
    if (!(band.low > 0 && band.low < band.high && band.high < band.rate / 2))
      section.fail("edges", fmt::format("{} to {} Hz is no band below half of the rate", band.low, band.high));
    builder.value = samples;
    const std::vector<Section2> sections = butterworth(band, order);
    settling = std::max(settling, settling_runs(builder, sections));
    add_biquads(builder, sections);
    bands.push_back(builder.value);
  }
  builder.warm_up_runs += settling;
  builder.value = bands.size() == 1 ? bands[0] : builder.graph.add("concatenation", bands, {{"axis", 1}});
}

void build_fir(PipelineBuilder& builder, Section& section) {
  take_samples(builder, section);
  const auto coefficients = section.numbers("coefficients");
  const std::optional<PassBand> band = pass_band(builder, section);
  const auto taps = section.integer("taps", 1, 4095);
  if (coefficients.has_value() == band.has_value())
    section.fail("op", "needs either a band (lowpass, highpass or bandpass, in Hz) or coefficients");
  if (coefficients) {
    if (taps) section.fail("taps", "is that of a band; coefficients are given");
    const bool sound = !coefficients->empty() && std::ranges::all_of(*coefficients, [](double x) { return std::isfinite(x); });
    if (!sound) section.fail("coefficients", "must be numbers");
    return add_fir(builder, *coefficients);
  }
  if (!band->low_pass() && taps.value_or(31) % 2 == 0) section.fail("taps", "must be odd, unless the filter is a low-pass");
  add_fir(builder, windowed_sinc(*band, static_cast<std::int32_t>(taps.value_or(31))));
}

void build_decimate(PipelineBuilder& builder, Section& section) {
  take_samples(builder, section);
  const auto by = static_cast<std::int32_t>(section.required_integer("by", 2, 1024));
  const auto taps = static_cast<std::int32_t>(section.integer("taps", 1, 4095).value_or(std::min(4095, 16 * by + 1)));
  if (builder.shape()[0] % by != 0)
    section.fail("by", fmt::format("a hop of {} samples is no multiple of it", builder.shape()[0]), "change the source's hop");
  // From 0.8 of the new half of the rate on, the window's slope falls.
  add_fir(builder, windowed_sinc({0, 0.4 * builder.sample_rate() / by, builder.sample_rate()}, taps), by);
  builder.decimation *= by;
  builder.rows_per_second /= by;
}

}  // namespace mote
