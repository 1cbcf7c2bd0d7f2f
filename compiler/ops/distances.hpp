#pragma once

#include "ops/define.hpp"

namespace mote {

// What PAIRWISE_DISTANCE, TOP_K and NEAREST_NEIGHBORS share.

/// Rows [rows][features] and points [points][features] that fit each other.
struct PointSet {
  std::int64_t rows = 0, points = 0, features = 0;
};
/// Error unless input 0 holds rows and input 1 points of as many features.
PointSet check_points(const NodeView& node);

/// The sum of squared differences (or of their sizes), in float32 as the kernels sum it.
float distance_between(const Evaluation& e, std::int64_t row, std::int64_t point, bool manhattan);

struct Ranked {
  float value = 0;
  std::int32_t index = 0;
};
/// The first k of the values in ascending order, of equal ones those that stand first.
std::vector<Ranked> smallest(const std::vector<float>& values, std::int32_t k);

}  // namespace mote
