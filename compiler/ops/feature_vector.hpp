#pragma once

#include <span>

#include "graph/operator.hpp"

namespace mote {

// What operators on one vector of features have in common: anomaly scores, learning, events.

/// How many values the float32 input has, whatever its shape.
std::int32_t feature_count(const NodeView& node, int input = 0);

/// A float32 constant of that shape whose values are finite.
void require_constant_floats(const NodeView& node, int input, const Shape& shape, std::string_view meaning);

/// Error unless lowest <= value <= highest; `name` is the attribute's.
void require_within(std::string_view name, double value, double lowest, double highest);

/// Whether all are numbers of at most 1e9 in size, which is what may be learned from.
bool measured(std::span<const float> values);

/// The sum of squared differences, one after another, each product rounded by itself.
float squared_difference_sum(std::span<const float> a, std::span<const float> b);

/// e to the power of x, as device/include/mote/float_vectors.hpp has it.
float reference_exp(float x);

}  // namespace mote
