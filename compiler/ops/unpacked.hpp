#pragma once

#include <optional>

#include "ops/packed_convolution.hpp"
#include "ops/weight_codes.hpp"

namespace mote {

// Rows whose weights are coded in flash (ops/weight_codes.hpp) and unpacked into scratch, for some output channels at a time,
// before the kernel of another row runs on them. Unpacking is paid once for all pixels.

/// A kernel on the channels of a convolution, and its predicted cycles.
struct LoweredBlock {
  KernelCall call;
  double cycles = 0;
};

/// The kernel that runs inside on some channels of a layer; nothing when it cannot.
using LowerBlock = std::optional<LoweredBlock> (*)(const PackedConvolution& channels, const NodeView& node);

/// The layer in blocks, or nothing when the weights are too many different ones, the inner kernel does not run on them or its
/// tables would not become smaller.
std::optional<LoweredBlock> lower_unpacked(const PackedConvolution& layer, WeightCode code, Isa isa, LowerBlock inner,
                                           const NodeView& node);

/// Machine code of such a layer: the inner kernel's, and what unpacks.
std::int64_t unpacked_code_bytes(const NodeView& node);

/// `Kernel` has applies(), cycles() and lower(node).
template <typename Kernel>
std::optional<LoweredBlock> lower_block(const PackedConvolution& channels, const NodeView& node) {
  const Kernel kernel{channels};
  if (!kernel.applies()) return std::nullopt;
  return LoweredBlock{kernel.lower(node), kernel.cycles()};
}

}  // namespace mote
