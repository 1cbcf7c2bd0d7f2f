#pragma once

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

// What SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND share: images of one or two axes cut into blocks, where the place within a block
// is part of the batch. Inputs: values, block extents, and a row of two numbers per axis: borders that are added or cut off.

/// The image has height x width pixels of `channels`; the cut one has `blocks` times the batch, rows x columns pixels. Pixel (y,
/// x) of the image is pixel
/// ((y + top) / block_h, (x + left) / block_w) of block (y + top) % block_h * block_w + (x + left) % block_w.
struct BatchBlocks {
  std::int64_t batch = 1, height = 1, width = 1, channels = 1;
  std::int64_t block_h = 1, block_w = 1, top = 0, left = 0;
  std::int64_t rows = 1, columns = 1;

  void describe(KernelCall& call) const;
};

/// `cut`: whether the input is the image. Error when extents do not fit.
BatchBlocks batch_blocks(const NodeView& node, bool cut);
/// The shape of the output.
Shape batch_blocks_shape(const NodeView& node, bool cut);
/// Copies one way or the other; what no pixel of the image goes to is `border`.
void evaluate_batch_blocks(const Evaluation& e, bool cut, std::int32_t border);
double batch_blocks_cycles(const NodeView& node);

}  // namespace mote
