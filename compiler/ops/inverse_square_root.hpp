#pragma once

#include "ops/quantized_math.hpp"

namespace mote {

/// 1 / sqrt(x) for x > 0 by five steps of Newton's method in Q3, as TensorFlow Lite's integer kernels take it.
Multiplier inverse_square_root(std::int32_t x);

}  // namespace mote
