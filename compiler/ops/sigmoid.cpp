#include "ops/sigmoid.hpp"

#include <cmath>

#include "ops/fixed_point_curves.hpp"

namespace mote {

std::optional<int> power_of_two(float scale) {
  const float power = std::log(scale) * (1.0F / std::log(2.0F));
  const float rounded = std::round(power);
  if (!(std::abs(power - rounded) < 1e-3F)) return std::nullopt;
  return static_cast<int>(rounded);
}

float logistic_of_float(float x) {
  if (x > 16.619047F) return 1.0F;
  return x < -9.0F ? std::exp(x) : 1.0F / (1.0F + std::exp(-x));
}

SigmoidInt8 sigmoid_int8(const Tensor& input) {
  const Multiplier multiplier = quantize_multiplier(std::ldexp(static_cast<double>(input.scale()), 27));
  return {multiplier, input_radius(4, multiplier.shift)};
}

SigmoidInt16 sigmoid_int16(const Tensor& input, int largest_power) {
  const std::optional<int> power = power_of_two(input.scale());
  if (power && *power >= -12 && *power <= largest_power - 12) return {3 << (12 + *power), 0};
  double multiplier = static_cast<double>(input.scale()) * 3.0 * 4096.0;
  std::int32_t shift = 0;
  for (; multiplier <= 32767.0 / 2.0 && shift <= 30; ++shift) multiplier *= 2.0;
  if (!(multiplier < 32768.0)) {
    throw Error(fmt::format("tensor '{}' has scale {}, too large for this operator", input.name, input.scale()));
  }
  return {static_cast<std::int32_t>(multiplier), shift};
}

std::vector<TensorType> infer_sigmoid(const NodeView& node, int int8_bits, std::int32_t int8_zero_point) {
  const auto result = infer_unary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
  if (is_float(result[0].type)) return result;
  const Tensor& out = node.output();
  const bool is_int8 = out.type == DataType::kInt8;
  const int bits = is_int8 ? int8_bits : 15;
  const std::int32_t zero_point = is_int8 ? int8_zero_point : 0;
  if (power_of_two(out.scale()) != -bits || out.zero_point() != zero_point) {
    throw Error(fmt::format("output '{}' has scale {} and zero point {}; 1/{} and {} are needed", out.name, out.scale(),
                            out.zero_point(), 1 << bits, zero_point));
  }
  if (is_int8) {
    sigmoid_int8(node.input(0));
  } else {
    sigmoid_int16(node.input(0), 0);
  }
  return result;
}

KernelCall lower_sigmoid(const NodeView& node, std::string_view function, int largest_power) {
  KernelCall call = describe_unary(node, "activation", function);
  if (is_float(node.input(0).type)) {
    call.null();
  } else {
    const SigmoidInt16 scaling = sigmoid_int16(node.input(0), largest_power);
    const auto& table = sigmoid_table();
    call.set("multiplier", scaling.multiplier).set("shift", scaling.shift);
    call.constant("table", std::vector<std::int16_t>(table.begin(), table.end()));
  }
  return finish_unary(std::move(call), node);
}

}  // namespace mote
