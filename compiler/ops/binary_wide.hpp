#pragma once

#include "ops/binary.hpp"

namespace mote {

// ADD (sign 1) and SUB (sign -1) of int8 by device/include/mote/binary_wide.hpp.

/// Whether inputs and output are int8 of one shape.
bool wide_sum_applies(const NodeView& node);
double wide_sum_cycles(const NodeView& node);
KernelCall lower_wide_sum(const NodeView& node, int sign, Activation activation);

}  // namespace mote
