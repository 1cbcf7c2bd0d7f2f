#pragma once

#include "mote/unpack.hpp"

namespace mote {

/// What stands for an argument of the inner kernel in L::steps, where it is not the number of elements from block to block.
constexpr int32_t kUnpackedTable = -1;
constexpr int32_t kInnerScratch = -2;
constexpr int32_t kOutputOfBlock = -3;

template <typename L, int32_t kStep, typename A>
MOTE_INLINE auto argument_of_block(A given, int32_t block, uint8_t* scratch) {
  if constexpr (kStep == kUnpackedTable) {
    (void)given, (void)block;
    return reinterpret_cast<const int32_t*>(scratch);
  } else if constexpr (kStep == kInnerScratch) {
    (void)given, (void)block;
    return scratch + L::table_bytes;
  } else if constexpr (kStep == kOutputOfBlock) {
    (void)scratch;
    return given + smaller(block * L::channels, L::last_channel);
  } else if constexpr (kStep == 0) {
    (void)block, (void)scratch;
    return given;
  } else {
    (void)scratch;
    return given + block * kStep;
  }
}

/// Calls the inner kernel: each argument in turn becomes the block's and moves to the back.
template <typename L, int32_t kDone, typename A, typename... Rest>
MOTE_INLINE void run_block(int32_t block, uint8_t* scratch, A first, Rest... rest) {
  if constexpr (kDone == 1 + static_cast<int32_t>(sizeof...(Rest))) {
    L::kernel(first, rest...);
  } else {
    run_block<L, kDone + 1>(block, scratch, rest..., argument_of_block<L, L::steps[kDone]>(first, block, scratch));
  }
}

/// A layer as L::blocks blocks of L::channels output channels, of which the last one starts at L::last_channel and may overlap
/// the one before: the weights of each are unpacked into scratch (see unpack.hpp; L::runs runs of a block, of L::bits bits each
/// code), then L::kernel runs on them. Scratch: L::table_bytes, a multiple of 4, and what the kernel asks for.
template <typename L, typename... Arguments>
MOTE_KERNEL void unpacked(const int16_t* MOTE_RESTRICT stream, const int8_t* MOTE_RESTRICT symbols,
                          const int16_t* MOTE_RESTRICT lengths, const int32_t* MOTE_RESTRICT runs, uint8_t* MOTE_RESTRICT scratch,
                          Arguments... arguments) {
  typename L::Values values(stream, symbols, lengths, L::bits);
  for (int32_t block = 0; block < L::blocks; ++block) {
    runs = unpack_runs<typename L::Cells>(values, runs, L::runs, reinterpret_cast<uint32_t*>(scratch));
    run_block<L, 0>(block, scratch, arguments...);
  }
}

}  // namespace mote
