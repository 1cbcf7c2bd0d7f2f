#pragma once

#include "ops/binary.hpp"

namespace mote {

// ADD (sign 1) and SUB (sign -1) of int8 by device/include/mote/binary_mve.hpp.

/// Whether both inputs have the output's shape, and every scaling is to the right, which is exact for every int8 input.
bool mve_sum_applies(const NodeView& node);
double mve_sum_cycles(const NodeView& node);
KernelCall lower_mve_sum(const NodeView& node, int sign, Activation activation);

}  // namespace mote
