#pragma once

#include "ops/packed_convolution.hpp"

namespace mote {

/// Whether device/include/mote/conv_2d_tiles.hpp can run this convolution, provably exact for every int8 input.
bool tiles_apply(const PackedConvolution& convolution);
/// Whether the layer is large enough for code of its own.
bool tiles_pay(const PackedConvolution& convolution);
double tiles_cycles(const PackedConvolution& convolution);
KernelCall lower_tiles(const PackedConvolution& convolution, std::int32_t input_zero_point);
/// Machine code for a convolution of this node's weights [out_c][k_h][k_w][in_c], or [1][k_h][k_w][out_c]: unrolled over a
/// window.
std::int64_t tiles_code_bytes(const NodeView& node);

}  // namespace mote
