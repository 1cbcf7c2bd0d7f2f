#pragma once

#include "mote/conv_2d_scalar.hpp"

namespace mote {

/// FULLY_CONNECTED, int8: tables as in conv_2d_scalar.hpp. Scratch: a column.
template <typename L>
MOTE_KERNEL void fully_connected_scalar(const int8_t* MOTE_RESTRICT in, const int32_t* MOTE_RESTRICT matrix,
                                        const int32_t* MOTE_RESTRICT scaling, const int16_t* MOTE_RESTRICT corrections,
                                        int8_t* MOTE_RESTRICT out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kWords = L::steps * L::groups;
  auto* column = reinterpret_cast<uint32_t*>(scratch);
  for (int32_t b = 0; b < L::rows; ++b, in += L::depth, out += L::units) {
    uint32_t* rest = pair_values<L::depth, 1>(in, column);
    while (rest < column + kWords) *rest++ = 0;
    const int32_t* row = matrix;
    const int32_t* scale = scaling;
    [[maybe_unused]] const int16_t* correction = corrections;
    for (int32_t first = 0; first < L::units; first += kScalarRows, row += kScalarRows * kWords) {
      const int32_t rows = smaller<int32_t>(kScalarRows, L::units - first);
      int32_t sums[kScalarRows];
      sum_column<L::steps>(column, row, sums, sums + rows, L::groups);
      for (int32_t c = 0; c < rows; ++c, scale += 4) {
        if constexpr (L::corrects) correction = correct_sums<1>(column, correction, scale[3] >> 8, sums + c);
        out[first + c] = static_cast<int8_t>(clamp<int32_t>(scale_sum(sums[c] + scale[0], scale), L::clamp_min, L::clamp_max));
      }
    }
  }
}

}  // namespace mote
