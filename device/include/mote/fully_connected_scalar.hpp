#pragma once

#include "mote/conv_2d_scalar.hpp"

namespace mote {

/// The column for sum_column_by_bytes, or sum_column_by_codes: `base` is what weights lack, in both halves.
template <typename L>
MOTE_INLINE void group_pairs(const int8_t* in, uint32_t* column, uint32_t base) {
  constexpr int32_t kValues = 2 * L::steps;
  int32_t i = 0;
  for (int32_t g = 0; g < L::groups; ++g, column += L::steps + 1) {
    uint32_t sum = 0;
    for (int32_t s = 0; s < L::steps; ++s, i += 2) {
      const uint32_t pair = g * kValues + kValues <= L::depth || i + 1 < L::depth ? scalar_pair(in[i], in[i + 1])
                            : i < L::depth                                        ? scalar_pair(in[i], 0)
                                                                                  : 0;
      column[s + 1] = pair;
      sum += pair;
    }
    column[0] = 0x8000U + base * sum;
  }
}

/// FULLY_CONNECTED, int8: tables as in conv_2d_scalar.hpp; `by_bytes`: those of sum_column_by_bytes. Scratch: a column.
template <typename L>
MOTE_KERNEL void fully_connected_scalar(const int8_t* in, const int32_t* MOTE_RESTRICT matrix,
                                        const int32_t* MOTE_RESTRICT scaling, const int16_t* MOTE_RESTRICT corrections,
                                        int8_t* out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kWords = L::steps * L::groups;
  constexpr int32_t kRowWords = L::by_bytes ? kWords / 2 : kWords;
  auto* column = reinterpret_cast<uint32_t*>(scratch);
  for (int32_t b = 0; b < L::rows; ++b, in += L::depth, out += L::units) {
    if constexpr (L::by_bytes) {
      group_pairs<L>(in, column, -0x00800080U);
    } else {
      uint32_t* rest = pair_values<L::depth, 1>(in, column);
      while (rest < column + kWords) *rest++ = 0;
    }
    const int32_t* row = matrix;
    const int32_t* scale = scaling;
    [[maybe_unused]] const int16_t* correction = corrections;
    for (int32_t first = 0; first < L::units; first += kScalarRows, row += kScalarRows * kRowWords) {
      const int32_t rows = smaller<int32_t>(kScalarRows, L::units - first);
      int32_t sums[kScalarRows] = {};
      if constexpr (L::by_bytes) {
        sum_column_by_bytes<L::steps>(column, row, sums, sums + rows, L::groups);
      } else {
        sum_column<L::steps>(column, row, sums, sums + rows, L::groups);
      }
      for (int32_t c = 0; c < rows; ++c, scale += 4) {
        if constexpr (L::corrects)
          correction = correct_sums < 1, L::by_bytes ? L::steps : 0 > (column, correction, scale[3] >> 8, sums + c);
        out[first + c] = static_cast<int8_t>(clamp<int32_t>(scale_sum(sums[c] + scale[0], scale), L::clamp_min, L::clamp_max));
      }
    }
  }
}

/// The same with weights of 4 bits, see sum_column_by_codes: codes plus L::base. Scratch: a column of L::groups groups.
template <typename L>
MOTE_KERNEL void fully_connected_scalar_codes(const int8_t* in, const int32_t* MOTE_RESTRICT matrix,
                                              const int32_t* MOTE_RESTRICT scaling, int8_t* out, uint8_t* MOTE_RESTRICT scratch) {
  static_assert(L::steps == 4, "a group is a word of eight codes");
  auto* column = reinterpret_cast<uint32_t*>(scratch);
  for (int32_t b = 0; b < L::rows; ++b, in += L::depth, out += L::units) {
    group_pairs<L>(in, column, static_cast<uint32_t>(L::base) * 0x00010001U);
    const int32_t* row = matrix;
    const int32_t* scale = scaling;
    for (int32_t first = 0; first < L::units; first += kScalarRows, row += kScalarRows * L::groups) {
      const int32_t rows = smaller<int32_t>(kScalarRows, L::units - first);
      int32_t sums[kScalarRows];
      sum_column_by_codes(column, row, sums, sums + rows, L::groups);
      for (int32_t c = 0; c < rows; ++c, scale += 4)
        out[first + c] = static_cast<int8_t>(clamp<int32_t>(scale_sum(sums[c] + scale[0], scale), L::clamp_min, L::clamp_max));
    }
  }
}

}  // namespace mote
