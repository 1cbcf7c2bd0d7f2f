#pragma once

#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

// The references of float layers with several output channels at once. Every sum adds in the order of the plain loops, so that
// not a bit differs.

/// CONV_2D without groups: input 1 is [out_c][k_h][k_w][in_c].
void convolve_floats(const Evaluation& e, const Window& window, const Finish& finish);

/// DEPTHWISE_CONV_2D with one output channel for each input channel: input 1 is [1][k_h][k_w][channels].
void convolve_floats_depthwise(const Evaluation& e, const Window& window, const Finish& finish);

/// FULLY_CONNECTED: input 1 is [units][depth].
void multiply_floats(const Evaluation& e, std::size_t depth, std::size_t units, const Finish& finish);

}  // namespace mote
