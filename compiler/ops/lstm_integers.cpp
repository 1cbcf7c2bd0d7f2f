// UNIDIRECTIONAL_SEQUENCE_LSTM in integers: what TFLite's quantization makes of its weights, biases and states.
// Source: TensorFlow Lite 8-bit quantization specification, and TensorFlow Lite's converter for LSTM: weights symmetric with one
// scale for each gate, biases in the scale of the input sums, the output state as the output, the cell int16 with a power of two.

#include <cmath>

#include "ops/unidirectional_sequence_lstm.hpp"

namespace mote {

namespace {

using Lstm = UnidirectionalSequenceLstm;

template <typename T>
std::shared_ptr<const std::vector<std::uint8_t>> bytes_of(const std::vector<T>& values) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(values.data());
  return std::make_shared<const std::vector<std::uint8_t>>(begin, begin + values.size() * sizeof(T));
}

double largest(std::span<const float> values) {
  double result = 0;
  for (const float value : values) result = std::max(result, std::abs(static_cast<double>(value)));
  return result;
}

/// Fine enough for the weights, and coarse enough that the bias takes no more than 30 bits.
float weight_scale(std::span<const float> weights, std::span<const float> bias, float activation_scale) {
  constexpr double kLargestBias = 1 << 30;
  const double scale = std::max(largest(weights) / 127.0, largest(bias) / kLargestBias / static_cast<double>(activation_scale));
  return scale > 0 ? static_cast<float>(scale) : 1.0F;
}

Tensor integer_weights(const Tensor& weights, float scale) {
  std::vector<std::int8_t> values;
  for (const float value : weights.values<float>()) {
    const double steps = std::round(static_cast<double>(value) / static_cast<double>(scale));
    values.push_back(static_cast<std::int8_t>(std::clamp(steps, -127.0, 127.0)));
  }
  return {weights.name, DataType::kInt8, weights.shape, {{scale}, {0}, 0}, bytes_of(values)};
}

Tensor integer_bias(const Tensor& bias, float scale, DataType activation) {
  std::vector<std::int64_t> values;
  for (const float value : bias.values<float>())
    values.push_back(std::llround(static_cast<double>(value) / static_cast<double>(scale)));
  const Quantization quantization{{scale}, {0}, 0};
  if (activation == DataType::kInt16) return {bias.name, DataType::kInt64, bias.shape, quantization, bytes_of(values)};
  const std::vector<std::int32_t> narrow(values.begin(), values.end());
  return {bias.name, DataType::kInt32, bias.shape, quantization, bytes_of(narrow)};
}

/// The scale of a cell that holds numbers up to `peak`. Below 16 nothing is gained: tanh of a step is beneath an output's step.
float cell_scale(float peak, float clip) {
  constexpr float kLeastPeak = 16.0F;
  if (clip > 0.0F) peak = std::min(peak, clip);
  int power = 0;
  std::frexp(std::max(peak, kLeastPeak) * (1.0F - 1.0F / 65536.0F), &power);
  return std::ldexp(1.0F, power - 15);
}

Tensor state(const Tensor& from, DataType type, Quantization quantization) {
  return {from.name, type, from.shape, std::move(quantization), nullptr, true};
}

}  // namespace

QuantizationRule Lstm::quantization(const NodeView&, DataType) const { return QuantizationRule::measured({0}); }

std::vector<IntegerInput> Lstm::integer_inputs(const NodeView& node, const Tensor& activation, const Tensor& output,
                                               const std::function<float(int)>& peak) const {
  std::vector<IntegerInput> result;
  for (int gate = 0; gate < kGates; ++gate) {
    const Tensor& weights = node.input(kWeights + gate);
    const Tensor& recurrent = node.input(kRecurrentWeights + gate);
    const Tensor& bias = node.input(kBias + gate);
    const float scale = weight_scale(weights.values<float>(), bias.values<float>(), activation.scale());
    result.push_back({kWeights + gate, integer_weights(weights, scale)});
    result.push_back({kBias + gate, integer_bias(bias, scale * activation.scale(), activation.type)});
    result.push_back({kRecurrentWeights + gate, integer_weights(recurrent, weight_scale(recurrent.values<float>(), {}, 1.0F))});
  }
  result.push_back({kOutputState, state(node.input(kOutputState), output.type, output.quantization)});
  const float scale = cell_scale(peak(kCellState), cell_clip);
  result.push_back({kCellState, state(node.input(kCellState), DataType::kInt16, {{scale}, {0}, 0})});
  return result;
}

}  // namespace mote
