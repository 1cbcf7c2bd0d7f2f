#pragma once

#include "mote/kernel.hpp"

namespace mote {

// Images of L::batch x L::height x L::width x L::channels, and the same cut into blocks of L::block_h x L::block_w: the batch of
// the cut ones is block_h * block_w * batch, with the place in the block outermost, and they have L::rows x L::columns pixels.
// The image begins L::top and L::left pixels inside the first block.

/// Copies every pixel of the cut images that lies in the image: `inside(pixel of the image, pixel of the blocks)`, otherwise
/// `outside(pixel of the blocks)`.
template <typename L, typename Inside, typename Outside>
MOTE_INLINE void for_each_block_pixel(Inside inside, Outside outside) {
  int32_t pixel = 0;
  for (int32_t down = 0; down < L::block_h; ++down)
    for (int32_t right = 0; right < L::block_w; ++right)
      for (int32_t b = 0; b < L::batch; ++b)
        for (int32_t row = 0; row < L::rows; ++row)
          for (int32_t column = 0; column < L::columns; ++column, pixel += L::channels) {
            const int32_t y = row * L::block_h + down - L::top;
            const int32_t x = column * L::block_w + right - L::left;
            if (y >= 0 && y < L::height && x >= 0 && x < L::width) {
              inside(((b * L::height + y) * L::width + x) * L::channels, pixel);
            } else {
              outside(pixel);
            }
          }
}

/// What lies outside of the image is L::border.
template <typename L>
MOTE_KERNEL void space_to_batch_nd(const typename L::Value* MOTE_RESTRICT in, typename L::Value* MOTE_RESTRICT out) {
  for_each_block_pixel<L>(
      [=](int32_t from, int32_t to) {
        memcpy(out + to, in + from, sizeof(typename L::Value) * static_cast<size_t>(L::channels));
      },
      [=](int32_t to) {
        for (int32_t c = 0; c < L::channels; ++c) out[to + c] = static_cast<typename L::Value>(L::border);
      });
}

template <typename L>
MOTE_KERNEL void batch_to_space_nd(const typename L::Value* MOTE_RESTRICT in, typename L::Value* MOTE_RESTRICT out) {
  for_each_block_pixel<L>(
      [=](int32_t to, int32_t from) {
        memcpy(out + to, in + from, sizeof(typename L::Value) * static_cast<size_t>(L::channels));
      },
      [](int32_t) {});
}

}  // namespace mote
