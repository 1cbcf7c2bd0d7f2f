#pragma once

#include "mote/isa/mve.hpp"

namespace mote {

/// How sums become outputs. kRectified: the clamp's low end is the zero point or above it, so that it does not matter how halves
/// below zero are rounded. kSigned: any clamp. Both need a shift right of at least 1. kGeneral: any shift.
enum class MveScaling : int32_t { kRectified, kSigned, kGeneral };

}  // namespace mote
