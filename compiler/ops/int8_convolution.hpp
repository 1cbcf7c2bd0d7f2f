#pragma once

#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

// The references of int8 layers with several output channels at once. Sums are taken in float, never of more products than stay
// whole numbers below 2^24 whatever the values, so that they are those of the plain loops.

/// CONV_2D without groups: input 1 is [out_c][k_h][k_w][in_c].
void convolve_int8(const Evaluation& e, const Window& window, const Finish& finish);

/// DEPTHWISE_CONV_2D with one output channel for each input channel: input 1 is [1][k_h][k_w][channels].
void convolve_int8_depthwise(const Evaluation& e, const Window& window, const Finish& finish);

}  // namespace mote
