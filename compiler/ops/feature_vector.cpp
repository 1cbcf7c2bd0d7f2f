#include "ops/feature_vector.hpp"

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

std::int32_t feature_count(const NodeView& node, int input) {
  constexpr std::int64_t kMost = 1 << 16;
  const Tensor& tensor = node.input(input);
  require_type(tensor, {DataType::kFloat32});
  require_elements(tensor);
  if (tensor.elements() > kMost)
    throw Error(fmt::format("'{}' has {} values; {} are supported", tensor.name, tensor.elements(), kMost));
  return static_cast<std::int32_t>(tensor.elements());
}

void require_constant_floats(const NodeView& node, int input, const Shape& shape, std::string_view meaning) {
  const Tensor& tensor = node.input(input);
  require_type(tensor, {DataType::kFloat32});
  require_constant(tensor, meaning);
  if (tensor.shape != shape)
    throw Error(fmt::format("{} '{}' are {}, not {}", meaning, tensor.name, to_string(tensor.shape), to_string(shape)));
  for (const float value : tensor.values<float>()) {
    if (!std::isfinite(value)) throw Error(fmt::format("{} '{}' hold a value that is no number", meaning, tensor.name));
  }
}

void require_within(std::string_view name, double value, double lowest, double highest) {
  if (value >= lowest && value <= highest) return;
  throw Error(fmt::format("{} is {}; it must be from {} to {}", name, value, lowest, highest));
}

bool measured(std::span<const float> values) {
  constexpr float kMost = 1e9F;
  return std::all_of(values.begin(), values.end(), [](float value) { return std::abs(value) <= kMost; });
}

float squared_difference_sum(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += rounded_product(a[i] - b[i], a[i] - b[i]);
  return sum;
}

float reference_exp(float x) {
  constexpr float kLog2OfE = 1.44269504F;
  return reference_power_of_two(rounded_product(x, kLog2OfE));
}

}  // namespace mote
