#pragma once

#include "ops/packed_convolution.hpp"

namespace mote {

/// Whether device/include/mote/conv_2d_tiles.hpp can run this convolution, provably exact for every int8 input.
bool tiles_apply(const PackedConvolution& convolution);
double tiles_cycles(const PackedConvolution& convolution);
KernelCall lower_tiles(const PackedConvolution& convolution, std::int32_t input_zero_point);

}  // namespace mote
