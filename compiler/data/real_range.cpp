#include "data/real_range.hpp"

#include <cmath>

#include "ops/quantized_math.hpp"

namespace mote {

bool RealRange::is(double low, double high) const {
  const double tolerance = (high - low) / 20;
  return std::abs(lowest - low) <= tolerance && std::abs(highest - high) <= tolerance;
}

RealRange real_range(const Tensor& tensor) {
  const auto [lowest, highest] = type_range(tensor.type);
  const auto scale = static_cast<double>(tensor.scale());
  return {scale * (static_cast<double>(lowest) - tensor.zero_point()), scale * (static_cast<double>(highest) - tensor.zero_point())};
}

}  // namespace mote
