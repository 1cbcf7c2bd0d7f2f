#pragma once

#include <cmath>

#include "ops/checks.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

// Operators that follow what each channel of frames float32 [..., channels] always holds. Input 1 is the estimate, a state
// [channels].

/// Error unless inputs are such frames and such a state.
inline void require_estimates(const NodeView& node) {
  require_inputs(node, 2, 2);
  require_type(node.input(0), {DataType::kFloat32});
  require_rank(node.input(0), 1, 8);
  require_elements(node.input(0));
  require_type(node.input(1), {DataType::kFloat32});
  if (!node.input(1).is_state || node.input(1).shape != Shape{node.input(0).shape.back()})
    throw Error(fmt::format("tensor '{}' is no state of {} values that could hold the estimates", node.input(1).name,
                            node.input(0).shape.back()));
}

inline void require_part(float value, std::string_view name) {
  if (!(value > 0 && value <= 1)) throw Error(fmt::format("{} is {}, not above 0 and at most 1", name, value));
}

/// Moves an estimate by a part of its distance to a value.
inline float move_estimate(float& estimate, float value, float part) {
  return estimate += rounded_product(value - estimate, part);
}

}  // namespace mote
