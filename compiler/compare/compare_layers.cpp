#include "compare/compare_layers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/error.hpp"

namespace mote {

namespace {

bool is_quantized(const Tensor& tensor) { return !is_float(tensor.type) && !tensor.quantization.empty(); }

double step_of(const Tensor& tensor) { return is_quantized(tensor) ? static_cast<double>(tensor.scale()) : 0.0; }

/// The real numbers that a quantized tensor's type can hold; everything for others.
std::pair<double, double> real_range(const Tensor& tensor) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!is_quantized(tensor)) return {-kInfinity, kInfinity};
  const Interval ends = whole_ranges(tensor)[0];
  const auto real = [&](double stored) { return (stored - tensor.zero_point()) * static_cast<double>(tensor.scale()); };
  return {real(ends.lowest), real(ends.highest)};
}

/// `value` stands at an end of its range and `other` lies beyond.
bool saturates(double value, double other, std::pair<double, double> range) {
  return (value == range.first && other < value) || (value == range.second && other > value);
}

double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double difference = std::abs(a - b);
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

template <typename Body>
void for_each_pair(const TensorValues& a, const TensorValues& b, Body&& body) {
  MOTE_CHECK(a.tensor.elements() == b.tensor.elements() && a.values.size() == b.values.size());
  const auto elements = static_cast<std::size_t>(a.tensor.elements());
  for (std::size_t inference = 0; inference < a.values.size(); ++inference)
    for (std::size_t i = 0; i < elements; ++i) {
      body(ValuePair{inference, i, real_value(a.tensor, a.values[inference], i), real_value(b.tensor, b.values[inference], i)});
    }
}

double largest(const TensorValues& values) {
  double result = 0;
  for_each_pair(values, values, [&](const ValuePair& pair) {
    if (std::isfinite(pair.a)) result = std::max(result, std::abs(pair.a));
  });
  return result;
}

/// `bound`: the largest difference that is within the tolerance.
Deviation deviation(const TensorValues& a, const TensorValues& b, double bound, double saturated_part) {
  Deviation result;
  const auto range_a = real_range(a.tensor);
  const auto range_b = real_range(b.tensor);
  double noise = 0;
  double signal = 0;
  for_each_pair(a, b, [&](const ValuePair& pair) {
    ++result.values;
    const double difference = distance(pair.a, pair.b);
    result.differing += difference > 0 ? 1 : 0;
    if (difference > bound && (saturates(pair.a, pair.b, range_a) || saturates(pair.b, pair.a, range_b))) {
      ++result.saturated;
      return;
    }
    signal += std::isfinite(pair.a) ? pair.a * pair.a : 0;
    noise += difference * difference;
    if (difference > result.max_abs) {
      result.max_abs = difference;
      result.worst = pair;
    }
    if (difference > bound && !result.first_bad) result.first_bad = pair;
  });
  const auto measured = static_cast<double>(std::max<std::int64_t>(result.values - result.saturated, 1));
  result.rms = std::sqrt(noise / measured);
  result.signal_to_noise_db = noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
  result.within = !result.first_bad && static_cast<double>(result.saturated) <= saturated_part * static_cast<double>(result.values);
  return result;
}

LayerDifference compare_layer(const LayerPair& pair, const Tolerance& tolerance) {
  LayerDifference result;
  result.op = pair.op;
  result.node = pair.node;
  result.tensor_a = pair.a.tensor.name;
  result.tensor_b = pair.b.tensor.name;
  result.type_a = pair.a.tensor.type;
  result.type_b = pair.b.tensor.type;
  result.shape = pair.b.tensor.shape;
  result.step = std::max(step_of(pair.a.tensor), step_of(pair.b.tensor));
  result.allowed = result.step > 0 ? tolerance.steps * result.step : tolerance.relative * largest(pair.a);
  // Stored integers become real numbers by products that are not exact.
  const double bound = result.allowed * (1 + 1e-6) + result.step * 1e-6;
  result.total = deviation(pair.a, pair.b, bound, tolerance.saturated_part);
  if (pair.alone) result.alone = deviation(pair.alone->a, pair.alone->b, bound, tolerance.saturated_part);
  return result;
}

}  // namespace

std::vector<LayerDifference> compare_layers(const std::vector<LayerPair>& pairs, const Tolerance& tolerance) {
  std::vector<LayerDifference> result;
  for (const LayerPair& pair : pairs) result.push_back(compare_layer(pair, tolerance));
  return result;
}

const LayerDifference* first_divergence(const std::vector<LayerDifference>& layers) {
  const auto found = std::find_if(layers.begin(), layers.end(), [](const LayerDifference& each) { return !each.judged().within; });
  return found == layers.end() ? nullptr : &*found;
}

}  // namespace mote
