#include "ops/distances.hpp"

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"

namespace mote {

PointSet check_points(const NodeView& node) {
  require_inputs(node, 2, 2);
  require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kUint8, DataType::kInt16});
  require_type(node.input(1), {DataType::kFloat32});
  require_rank(node.input(0), 1, 2);
  require_rank(node.input(1), 2, 2);
  require_elements(node.input(0));
  require_elements(node.input(1));
  if (node.input(0).shape.back() != node.input(1).shape[1])
    throw Error(fmt::format("rows of {} features meet points of {}", node.input(0).shape.back(), node.input(1).shape[1]));
  return {rows_and_depth(node.input(0).shape).rows, node.input(1).shape[0], node.input(1).shape[1]};
}

float distance_between(const Evaluation& e, std::int64_t row, std::int64_t point, bool manhattan) {
  const std::int64_t width = e.input(1).shape[1];
  const auto value = [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(row * width + i);
    switch (e.input(0).type) {
      case DataType::kInt8:
        return static_cast<float>(e.in<std::int8_t>(0)[at]);
      case DataType::kUint8:
        return static_cast<float>(e.in<std::uint8_t>(0)[at]);
      case DataType::kInt16:
        return static_cast<float>(e.in<std::int16_t>(0)[at]);
      default:
        return e.in<float>(0)[at];
    }
  };
  float sum = 0;
  for (std::int64_t i = 0; i < width; ++i) {
    const float difference = value(i) - e.in<float>(1)[static_cast<std::size_t>(point * width + i)];
    sum += manhattan ? std::abs(difference) : difference * difference;
  }
  return sum;
}

std::vector<Ranked> smallest(const std::vector<float>& values, std::int32_t k) {
  std::vector<Ranked> list;
  for (std::size_t i = 0; i < values.size(); ++i) list.push_back({values[i], static_cast<std::int32_t>(i)});
  std::stable_sort(list.begin(), list.end(), [](const Ranked& a, const Ranked& b) { return a.value < b.value; });
  list.resize(static_cast<std::size_t>(k));
  return list;
}

}  // namespace mote
