#include "data/sound_input.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/input_array.hpp"
#include "data/real_range.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

constexpr double kHalfRange = 32768;

void set_scaling(SoundInput& input) {
  const Tensor& tensor = input.tensor;
  const bool scaled = !tensor.quantization.empty() && !tensor.quantization.per_channel();
  if (!scaled && tensor.type == DataType::kInt16) {
    input.rule = "16-bit samples are stored as they are";
    return;
  }
  input.rule = "samples are from -1 to 1";
  if (is_float(tensor.type)) return;
  const std::string ways = "give --mean and --scale: value = (sample - mean) * scale, samples are from -1 to 1";
  if (!scaled) throw Error(fmt::format("the input '{}' is {} without a scale", tensor.name, type_name(tensor.type)), ways);
  const RealRange range = real_range(tensor);
  if (range.is(-1, 1)) return;
  if (!range.is(-kHalfRange, kHalfRange))
    throw Error(fmt::format("the input '{}' takes numbers from {:.4g} to {:.4g}: how sound is scaled into that is not known", tensor.name,
                            range.lowest, range.highest),
                ways);
  input.scaling.scale = {kHalfRange};
  input.rule = "samples are from -32768 to 32767";
}

template <typename T>
NpyArray array_of(std::string descr, const std::vector<T>& values) {
  NpyArray array{std::move(descr), {static_cast<std::int64_t>(values.size())}, Bytes(values.size() * sizeof(T))};
  std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

}  // namespace

SoundInput sound_input_of(const Tensor& tensor, const DataOptions& options) {
  const auto long_axes = std::count_if(tensor.shape.begin(), tensor.shape.end(), [](std::int32_t extent) { return extent > 1; });
  if (long_axes != 1 || tensor.elements() < kLeastRawSamples) {
    throw Error(fmt::format("the input '{}' ({}) takes features, not raw sound", tensor.name, to_string(tensor.shape)),
                "compute the features as in training and give them as .npz: x and labels y");
  }
  SoundInput input{tensor, options, "samples from -1 to 1 are scaled by --mean and --scale"};
  input.tensor.file_axes.clear();
  input.scaling.labels.clear();
  if (!options.rescales()) set_scaling(input);
  return input;
}

Bytes sound_bytes(const Sound& sound, const SoundInput& input) {
  std::vector<float> samples = sound.samples;
  samples.resize(static_cast<std::size_t>(input.tensor.elements()), 0.0F);
  const bool stored = input.tensor.type == DataType::kInt16 && input.tensor.quantization.empty() && !input.scaling.rescales();
  if (!stored) return input_bytes(array_of("<f4", samples), input.tensor, input.scaling);
  std::vector<std::int16_t> words;
  for (const float sample : samples)
    words.push_back(static_cast<std::int16_t>(std::clamp(std::round(static_cast<double>(sample) * kHalfRange), -kHalfRange, kHalfRange - 1)));
  return input_bytes(array_of("<i2", words), input.tensor, input.scaling);
}

}  // namespace mote
