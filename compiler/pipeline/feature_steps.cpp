#include "pipeline/feature_steps.hpp"

#include <algorithm>
#include <cmath>

#include "ops/signal/statistics.hpp"
#include "support/files.hpp"
#include "support/npy.hpp"

namespace mote {

namespace {

/// The places of names in a list.
template <std::size_t N>
std::vector<std::int32_t> places_of(Section& section, std::string_view key, const std::array<std::string_view, N>& known) {
  std::vector<std::int32_t> places;
  for (const std::string& name : section.texts(key).value_or(std::vector<std::string>{})) {
    const auto found = std::ranges::find(known, name);
    if (found == known.end())
      section.fail(key, fmt::format("there is no '{}'", name), fmt::format("known: {}", fmt::join(known, ", ")));
    places.push_back(static_cast<std::int32_t>(found - known.begin()));
  }
  return places;
}

/// Numbers of a .npz in float32 or float64.
std::vector<float> array_named(Section& section, const std::map<std::string, NpyArray>& arrays, const std::string& name) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) section.fail("file", fmt::format("holds no array '{}'", name));
  const NpyArray& array = found->second;
  std::vector<float> values(static_cast<std::size_t>(array.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (array.descr == "<f4") {
      std::memcpy(&values[i], &array.bytes[4 * i], 4);
    } else if (array.descr == "<f8") {
      double value = 0;
      std::memcpy(&value, &array.bytes[8 * i], 8);
      values[i] = static_cast<float>(value);
    } else {
      section.fail("file", fmt::format("array '{}' is {}, not float32 or float64", name, array.descr));
    }
  }
  return values;
}

std::vector<float> list_of(Section& section, std::string_view key, float missing) {
  const auto numbers = section.numbers(key);
  if (!numbers) return {missing};
  return {numbers->begin(), numbers->end()};
}

}  // namespace

void build_statistics(PipelineBuilder& builder, Section& section) {
  const Shape shape = builder.shape();
  if (builder.are_samples || shape.size() < 2 || shape.size() > 3)
    section.fail("op", fmt::format("takes frames [frames, length] or [frames, length, channels], not {}", to_string(shape)),
                 "put it behind `frames`");
  const std::vector<std::int32_t> which = places_of(section, "values", kStatisticNames);
  if (which.empty()) section.fail("values", "must name statistics", fmt::format("of: {}", fmt::join(kStatisticNames, ", ")));
  require_no_blocks(builder);
  const Tensor& from = builder.graph.tensor(builder.value);
  if (!from.quantization.empty()) make_real(builder);
  builder.value =
      builder.graph.add("signal_statistics", {builder.value}, {{"channels", shape.size() == 3 ? shape[2] : 0}, {"which", which}},
                        {.type = DataType::kFloat32, .quantization = Quantization{}});
}

void build_spectral_features(PipelineBuilder& builder, Section& section) {
  const Shape shape = builder.shape();
  if (builder.are_samples || shape.size() != 2)
    section.fail("op", fmt::format("takes spectra [frames, bins], not {}", to_string(shape)), "put it behind `power_spectrum`");
  make_real(builder);
  const std::vector<std::int32_t> which = places_of(section, "values", kSpectralFeatureNames);
  const double hertz = builder.sample_rate() / (2.0 * std::max(1, shape[1] - 1));
  std::vector<std::int32_t> edges;
  const auto bands = section.numbers("bands").value_or(std::vector<double>{});
  if (bands.size() % 2 != 0) section.fail("bands", "must be pairs of frequencies: [LOW, HIGH, LOW, HIGH, ...]");
  for (std::size_t i = 0; i < bands.size(); i += 2) {
    // Bins from `low` on, below `high`.
    const double first = std::ceil(bands[i] / hertz - 1e-9);
    const double end = std::min(std::ceil(bands[i + 1] / hertz - 1e-9), static_cast<double>(shape[1]));
    if (!(first >= 0 && first < end))
      section.fail("bands", fmt::format("no bin lies between {} and {} Hz", bands[i], bands[i + 1]),
                   fmt::format("bins are {:.6g} Hz apart", hertz));
    edges.push_back(static_cast<std::int32_t>(first));
    edges.push_back(static_cast<std::int32_t>(end));
  }
  if (which.empty() && edges.empty())
    section.fail("values", "must name features, or `bands` give some",
                 fmt::format("of: {}", fmt::join(kSpectralFeatureNames, ", ")));
  const double roll_off = section.number("roll_off").value_or(0.85);
  if (!(roll_off > 0 && roll_off <= 1)) section.fail("roll_off", "must be above 0 and at most 1");
  builder.value = builder.graph.add(
      "signal_spectral_features", {builder.value},
      {{"hertz", static_cast<float>(hertz)}, {"roll_off", static_cast<float>(roll_off)}, {"which", which}, {"edges", edges}});
}

void build_autocorrelation(PipelineBuilder& builder, Section& section) {
  const Shape shape = builder.shape();
  if (builder.are_samples || shape.size() != 2)
    section.fail("op", fmt::format("takes frames [frames, length], not {}", to_string(shape)), "put it behind `frames`");
  make_real(builder);
  const auto lags = static_cast<std::int32_t>(section.required_integer("lags", 1, shape[1]));
  builder.value = builder.graph.add("signal_autocorrelation", {builder.value},
                                    {{"lags", lags}, {"normalized", section.flag("normalized").value_or(false)}});
}

void build_standardize(PipelineBuilder& builder, Section& section) {
  std::vector<float> mean, deviation;
  if (section.has("file")) {
    if (section.has("mean") || section.has("deviation")) section.fail("file", "says what mean and deviation say");
    const auto arrays = parse_npz(read_file(section.file("file")));
    mean = array_named(section, arrays, "mean");
    deviation = array_named(section, arrays, "deviation");
  } else {
    mean = list_of(section, "mean", 0.0F);
    deviation = list_of(section, "deviation", 1.0F);
  }
  make_real(builder);
  const std::int32_t columns = builder.shape().back();
  for (const auto& [name, values] : {std::pair("mean", &mean), std::pair("deviation", &deviation)}) {
    const std::string key = section.has("file") ? "file" : name;
    if (values->size() != 1 && values->size() != static_cast<std::size_t>(columns))
      section.fail(key, fmt::format("{} has {} values for {} columns", name, values->size(), columns),
                   "one, or one for each column");
    for (const float value : *values)
      if (!std::isfinite(value)) section.fail(key, fmt::format("{} holds what is no number", name));
  }
  std::vector<float> factors;
  for (const float value : deviation) {
    if (!(value > 0) || !std::isnormal(1.0F / value)) section.fail(section.has("file") ? "file" : "deviation", "must be above 0");
    factors.push_back(1.0F / value);
  }
  ImportedGraph& graph = builder.graph;
  const auto row = [&](const std::vector<float>& values) {
    return graph.constant<float>({static_cast<std::int32_t>(values.size())}, values);
  };
  builder.value = graph.add("sub", {builder.value, row(mean)});
  builder.value = graph.add("mul", {builder.value, row(factors)});
}

}  // namespace mote
