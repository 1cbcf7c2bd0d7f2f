#pragma once

#include "mote/packed_matrix.hpp"

namespace mote {

/// FULLY_CONNECTED, int8: four units at a time (see packed_matrix.hpp; an odd number of steps is filled up with one of zeros;
/// `paired` tells what kind of matrix it is, `whole_words` and `last_words` how many words its full blocks and the last one have
/// that is not). Scratch: a column.
template <typename L>
MOTE_KERNEL void fully_connected_packed(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, int8_t* out,
                                        uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kFilled = window_steps(1, L::depth);
  constexpr int32_t kSteps = kFilled + kFilled % 2;
  constexpr int32_t kWholeBlocks = L::units / 4;
  constexpr int32_t kRest = L::units % 4;
  static constexpr PackedMatrix kWhole{kSteps, L::whole_words * 4, 0};
  constexpr auto multiply = L::paired ? multiply_column : multiply_column_by_bytes;
  uint32_t* column = reinterpret_cast<uint32_t*>(scratch);
  int8_t* to = out;
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, to += L::units) {
    widen_window<1, L::depth, 1>([&](int32_t) { return in; }, column);
    if constexpr (kFilled % 2 == 1) column[kFilled] = 0;
    if constexpr (kWholeBlocks > 0) multiply(column, matrix, to, &kWhole);
    if constexpr (kRest > 0) {
      static constexpr PackedMatrix kLastBlock{kSteps, L::last_words * 4, 0};
      int8_t last[4];
      multiply(column, matrix + L::whole_words, last, &kLastBlock);
      for (int32_t i = 0; i < kRest; ++i) to[kWholeBlocks * 4 + i] = last[i];
    }
  }
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) clamp_bytes(out, L::rows * L::units, L::clamp_min, L::clamp_max);
}

/// The same without scratch; the depth is a multiple of four.
template <typename L>
MOTE_KERNEL void fully_connected_streamed(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, int8_t* out) {
  static_assert(L::depth % 4 == 0, "inputs are read four at a time");
  constexpr int32_t kSteps = L::depth / 2;
  constexpr int32_t kWholeBlocks = L::units / 4;
  constexpr int32_t kRest = L::units % 4;
  static constexpr PackedMatrix kWhole{kSteps, L::whole_words * 4, 0};
  constexpr auto multiply = L::paired ? multiply_bytes : multiply_bytes_by_bytes;
  int8_t* to = out;
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, to += L::units) {
    if constexpr (kWholeBlocks > 0) multiply(in, matrix, to, &kWhole);
    if constexpr (kRest > 0) {
      static constexpr PackedMatrix kLastBlock{kSteps, L::last_words * 4, 0};
      int8_t last[4];
      multiply(in, matrix + L::whole_words, last, &kLastBlock);
      for (int32_t i = 0; i < kRest; ++i) to[kWholeBlocks * 4 + i] = last[i];
    }
  }
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) clamp_bytes(out, L::rows * L::units, L::clamp_min, L::clamp_max);
}

}  // namespace mote
