#include "pipeline/spectrum_steps.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace mote {

namespace {

/// The extent of frames [frames, length]; error for anything else.
std::int32_t row_length(const PipelineBuilder& builder, Section& section, std::string_view what) {
  if (builder.are_samples || builder.shape().size() != 2)
    section.fail("op", fmt::format("takes {}, not {}", what, to_string(builder.shape())),
                 "put it behind `frames`, which cuts one channel into them");
  return builder.shape()[1];
}

float positive(Section& section, std::string_view key, double missing) {
  const auto value = static_cast<float>(section.number(key).value_or(missing));
  if (!(value > 0) || !std::isnormal(value)) section.fail(key, "must be a number above 0");
  return value;
}

/// A part: above 0, at most 1.
float part(Section& section, std::string_view key, double missing) {
  const float value = positive(section, key, missing);
  if (value > 1) section.fail(key, "must be at most 1");
  return value;
}

/// Frames of int16 become blocks, times a window if there is one.
void make_blocks(PipelineBuilder& builder, Section& section, TensorId window, bool remove_mean) {
  const Tensor frames = builder.graph.tensor(builder.value);
  if (frames.type != DataType::kInt16)
    section.fail("integers", fmt::format("takes frames of int16, not {}", type_name(frames.type)));
  if (frames.zero_point() != 0 && !remove_mean)
    section.fail("integers", "takes samples whose zero is 0", "or remove_mean = true");
  const auto results =
      builder.graph.add_all("signal_block_window", {builder.value, window}, 2, {{"remove_mean", remove_mean}},
                            {.type = {}, .quantization = Quantization{}, .types = {DataType::kInt16, DataType::kInt32}});
  builder.value = results[0];
  builder.blocks = Blocks{results[1], frames.quantization.empty() ? 1.0 : static_cast<double>(frames.scale())};
}

void subtract_mean(PipelineBuilder& builder) {
  const TensorId mean = builder.graph.add("mean", {builder.value, builder.graph.integers({1})}, {{"keep_dims", true}});
  builder.value = builder.graph.add("sub", {builder.value, mean});
}

/// Whether the step computes in integers: as `integers` says; when it is missing, compound steps do so with frames of int16 whose
/// zero is 0.
bool wants_integers(const PipelineBuilder& builder, Section& section, bool compound) {
  const Tensor& value = builder.graph.tensor(builder.value);
  const bool possible = value.type == DataType::kInt16 && value.zero_point() == 0;
  return section.flag("integers").value_or(compound && possible);
}

void apply_window(PipelineBuilder& builder, Section& section, bool integers) {
  const std::int32_t length = row_length(builder, section, "frames [frames, length]");
  const std::string kind = section.one_of("kind", {"hann", "hamming", "blackman", "none"});
  const bool periodic = section.flag("periodic").value_or(true);
  const bool remove_mean = section.flag("remove_mean").value_or(false);
  std::vector<double> weights;
  for (std::int32_t i = 0; i < length; ++i) {
    const double phase = 2 * std::numbers::pi * i / std::max(1, periodic ? length : length - 1);
    if (kind == "blackman")
      weights.push_back(0.42 - 0.5 * std::cos(phase) + 0.08 * std::cos(2 * phase));
    else
      weights.push_back(kind == "hann" ? 0.5 - 0.5 * std::cos(phase) : 0.54 - 0.46 * std::cos(phase));
  }
  if (integers) {
    std::vector<std::int16_t> fixed;
    for (const double weight : weights) fixed.push_back(static_cast<std::int16_t>(std::lround(32767 * weight)));
    make_blocks(builder, section, kind == "none" ? kNoTensor : builder.graph.constant<std::int16_t>({length}, fixed),
                remove_mean);
    // The largest weight is 1, not 32767 / 32768.
    if (kind != "none") builder.blocks->unit *= 32768.0 / 32767.0;
    return;
  }
  make_real(builder);
  if (remove_mean) subtract_mean(builder);
  if (kind != "none")
    builder.value = builder.graph.add(
        "mul", {builder.value, builder.graph.constant<float>({length}, std::vector<float>(weights.begin(), weights.end()))});
}

void apply_spectrum(PipelineBuilder& builder, Section& section, bool magnitude, bool integers) {
  const std::int32_t length = row_length(builder, section, "frames [frames, length]");
  const auto points = static_cast<std::int32_t>(section.integer("points", length, 1 << 15).value_or(length));
  if (integers && !builder.blocks) make_blocks(builder, section, kNoTensor, false);
  if (!builder.blocks) {
    make_real(builder);
    builder.value = builder.graph.add("signal_rfft", {builder.value}, {{"fft_length", points}});
    builder.value = builder.graph.add("signal_power", {builder.value}, {{"magnitude", magnitude}});
    return;
  }
  const auto spectrum =
      builder.graph.add_all("signal_block_rfft", {builder.value, builder.blocks->exponents}, 2, {{"fft_length", points}},
                            {.type = {}, .quantization = {}, .types = {DataType::kInt16, DataType::kInt32}});
  const auto power = builder.graph.add_all("signal_power", spectrum, 2, {{"magnitude", magnitude}},
                                           {.type = {}, .quantization = {}, .types = {DataType::kUint32, DataType::kInt32}});
  builder.value = power[0];
  builder.blocks = Blocks{power[1], magnitude ? builder.blocks->unit : builder.blocks->unit * builder.blocks->unit};
}

/// The points of the transform behind a spectrum.
std::int32_t points_of(const PipelineBuilder& builder) { return 2 * (builder.shape()[1] - 1); }

void apply_mel(PipelineBuilder& builder, Section& section, std::int64_t bands_when_missing) {
  row_length(builder, section, "spectra [frames, bins]");
  const double rate = builder.sample_rate();
  const double low = section.number("low").value_or(0);
  const double high = section.number("high").value_or(rate / 2);
  if (!(low >= 0 && low < high && high <= rate / 2))
    section.fail("high", fmt::format("0 <= low < high <= {} Hz must hold", rate / 2));
  const bool slaney = section.one_of("scale", {"htk", "slaney"}) == "slaney";
  const bool unit_area = section.one_of("triangles", {"height", "area"}) == "area";
  const bool in_mels = section.one_of("straight", {"hertz", "mel"}) == "mel";
  const auto bands = bands_when_missing > 0 ? section.integer("bands", 1, 1024).value_or(bands_when_missing)
                                            : section.required_integer("bands", 1, 1024);
  const Attributes attributes{{"slaney", slaney},
                              {"unit_area", unit_area},
                              {"in_mels", in_mels},
                              {"rate", static_cast<float>(rate)},
                              {"low", static_cast<float>(low)},
                              {"high", static_cast<float>(high)},
                              {"fft_length", points_of(builder)},
                              {"bands", static_cast<std::int32_t>(bands)}};
  if (!builder.blocks) {
    make_real(builder);
    builder.value = builder.graph.add("signal_mel", {builder.value}, attributes);
    return;
  }
  const auto mel = builder.graph.add_all("signal_mel", {builder.value, builder.blocks->exponents}, 2, attributes,
                                         {.type = {}, .quantization = {}, .types = {DataType::kUint32, DataType::kInt32}});
  builder.value = mel[0];
  builder.blocks->exponents = mel[1];
}

void apply_log(PipelineBuilder& builder, Section& section) {
  const std::string unit = section.one_of("unit", {"natural", "decibels", "base 2"});
  const double factor = unit == "decibels" ? 10 / std::numbers::ln10 : unit == "base 2" ? 1 / std::numbers::ln2 : 1;
  const double multiply = positive(section, "multiply", 1);
  const float floor = positive(section, "floor", 1e-10);
  Attributes attributes{{"factor", static_cast<float>(factor)}, {"unit", static_cast<float>(multiply)}, {"floor", floor}};
  if (!builder.blocks) {
    make_real(builder);
    builder.value = builder.graph.add("signal_log", {builder.value}, attributes);
    return;
  }
  const auto whole = static_cast<float>(multiply * builder.blocks->unit);
  if (!std::isnormal(whole)) section.fail("multiply", "leaves no number of float32");
  attributes["unit"] = whole;
  const Quantization steps{{std::ldexp(unit == "decibels" ? 4.0F : 1.0F, -8)}, {0}};
  builder.value = builder.graph.add("signal_log", {builder.value, builder.blocks->exponents}, attributes,
                                    {.type = DataType::kInt16, .quantization = steps});
  builder.blocks.reset();
}

void apply_dct(PipelineBuilder& builder, Section& section) {
  const std::int32_t depth = row_length(builder, section, "rows [frames, values]");
  const auto first = static_cast<std::int32_t>(section.integer("first", 0, depth - 1).value_or(0));
  const auto count =
      static_cast<std::int32_t>(section.integer("coefficients", 1, depth - first).value_or(std::min(13, depth - first)));
  const bool orthonormal = section.flag("orthonormal").value_or(true);
  const Attributes attributes{{"first", first}, {"coefficients", count}, {"orthonormal", orthonormal}};
  require_no_blocks(builder);
  const Tensor from = builder.graph.tensor(builder.value);
  if (from.type != DataType::kInt16 || from.quantization.empty() || from.zero_point() != 0) {
    make_real(builder);
    builder.value = builder.graph.add("signal_dct", {builder.value}, attributes);
    return;
  }
  // Logarithms of powers of int16 samples fill three tenths of int16, coefficients at most so many times as much.
  const double growth = orthonormal ? std::sqrt(depth) : 2.0 * depth;
  const int bits = std::max(0, static_cast<int>(std::ceil(std::log2(0.3 * growth))));
  const Quantization steps{{std::ldexp(from.scale(), bits)}, {0}};
  builder.value = builder.graph.add("signal_dct", {builder.value}, attributes, {.type = DataType::kInt16, .quantization = steps});
}

/// The state of running means, which are none before they have moved for a while.
TensorId add_estimates(PipelineBuilder& builder, float smoothing) {
  make_real(builder);
  builder.warm_up_runs +=
      static_cast<std::int64_t>(std::ceil(std::min(1e9, 1.0 / static_cast<double>(smoothing)) / builder.shape()[0]));
  Tensor state{fmt::format("estimates_{}", builder.graph.graph().tensors.size()),
               DataType::kFloat32,
               {builder.shape().back()},
               {},
               nullptr};
  state.is_state = true;
  return builder.graph.add_tensor(state);
}

void apply_log_mel(PipelineBuilder& builder, Section& section) {
  const bool integers = wants_integers(builder, section, true);
  const std::int32_t length = row_length(builder, section, "frames [frames, length]");
  apply_window(builder, section, integers);
  if (!section.has("points")) {
    // The next power of two.
    const auto points = static_cast<std::int32_t>(std::bit_ceil(static_cast<std::uint32_t>(std::max(length, 4))));
    const ConfigTable given{{"points", ConfigValue{std::int64_t{points}, {}}}};
    Section table(section.title(), given, section.place("op"), section.directory());
    apply_spectrum(builder, table, false, integers);
  } else {
    apply_spectrum(builder, section, false, integers);
  }
  apply_mel(builder, section, 40);
  apply_log(builder, section);
}

}  // namespace

void build_remove_mean(PipelineBuilder& builder, Section& section) {
  row_length(builder, section, "frames [frames, length]");
  make_real(builder);
  subtract_mean(builder);
}

void build_window(PipelineBuilder& builder, Section& section) {
  apply_window(builder, section, wants_integers(builder, section, false));
}

void build_power_spectrum(PipelineBuilder& builder, Section& section) {
  apply_spectrum(builder, section, false, wants_integers(builder, section, false));
}

void build_magnitude_spectrum(PipelineBuilder& builder, Section& section) {
  apply_spectrum(builder, section, true, wants_integers(builder, section, false));
}

void build_mel(PipelineBuilder& builder, Section& section) { apply_mel(builder, section, 0); }

void build_log(PipelineBuilder& builder, Section& section) { apply_log(builder, section); }

void build_dct(PipelineBuilder& builder, Section& section) { apply_dct(builder, section); }

void build_log_mel(PipelineBuilder& builder, Section& section) { apply_log_mel(builder, section); }

void build_mfcc(PipelineBuilder& builder, Section& section) {
  apply_log_mel(builder, section);
  apply_dct(builder, section);
}

void build_pcen(PipelineBuilder& builder, Section& section) {
  row_length(builder, section, "energies [frames, channels]");
  const float smoothing = part(section, "smoothing", 0.025);
  const Attributes attributes{{"smoothing", smoothing},
                              {"gain", part(section, "gain", 0.98)},
                              {"bias", positive(section, "bias", 2)},
                              {"power", part(section, "power", 0.5)},
                              {"epsilon", positive(section, "epsilon", 1e-6)}};
  const TensorId estimates = add_estimates(builder, smoothing);
  builder.value = builder.graph.add("signal_pcen", {builder.value, estimates}, attributes);
}

void build_noise_subtraction(PipelineBuilder& builder, Section& section) {
  row_length(builder, section, "energies [frames, channels]");
  const float smoothing = part(section, "smoothing", 0.025);
  const Attributes attributes{{"smoothing", smoothing}, {"least", part(section, "least", 0.05)}};
  const TensorId estimates = add_estimates(builder, smoothing);
  builder.value = builder.graph.add("signal_noise_subtraction", {builder.value, estimates}, attributes);
}

}  // namespace mote
