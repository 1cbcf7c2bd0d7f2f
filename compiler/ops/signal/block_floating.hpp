#pragma once

#include "ops/checks.hpp"

namespace mote {

// Block floating point: integers [..., n] and, in a tensor of its own, int32 [..., 1]: values of a frame are its integers times 2
// to the power of its exponent.

/// The shape of the exponents of frames of this shape.
inline Shape exponent_shape(Shape frames) {
  frames.back() = 1;
  return frames;
}

/// Input `exponents` holds those of the frames of input `frames`. Error if not.
inline void require_exponents(const NodeView& node, int frames, int exponents) {
  require_type(node.input(exponents), {DataType::kInt32});
  const Shape expected = exponent_shape(node.input(frames).shape);
  if (node.input(exponents).shape != expected) {
    throw Error(fmt::format("'{}' is {}, but frames {} have exponents {}", node.input(exponents).name,
                            to_string(node.input(exponents).shape), to_string(node.input(frames).shape), to_string(expected)));
  }
}

}  // namespace mote
