#pragma once

#include "mote/rv32_matrix.hpp"

namespace mote {

/// FULLY_CONNECTED, int8: tables as in rv32_matrix.hpp, for one column. Scratch: a column.
template <typename L>
MOTE_KERNEL void fully_connected_rv32(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, const int32_t* MOTE_RESTRICT scaling,
                                      const int32_t* MOTE_RESTRICT corrections, int8_t* out, uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kWords = L::steps * L::groups;
  auto* column = reinterpret_cast<uint32_t*>(scratch);
  for (int32_t b = 0; b < L::rows; ++b, in += L::depth, out += L::units) {
    uint32_t* rest = pair_values<L::depth, 1>(in, column);
    while (rest < column + kWords) *rest++ = 0;
    const int32_t* row = matrix;
    const int32_t* scale = scaling;
    [[maybe_unused]] const int32_t* correction = corrections;
    for (int32_t first = 0; first < L::units; first += kRv32Rows, row += kRv32Rows * kWords) {
      const int32_t rows = smaller<int32_t>(kRv32Rows, L::units - first);
      int32_t sums[kRv32Rows];
      sum_blocks<L::steps, 1>(column, row, sums, (rows + kRv32Sums - 1) / kRv32Sums, L::groups);
      for (int32_t c = 0; c < rows; ++c, scale += 4) {
        int32_t sum = sums[c];
        if constexpr (L::corrects) {
          for (const int32_t* last = correction + (scale[3] >> 8) * 2; correction != last; correction += 2) {
            sum += static_cast<int32_t>(column[correction[0]] * static_cast<uint32_t>(correction[1]) + 0x8000U) >> 16;
          }
        }
        if constexpr (L::fitted) {
          out[first + c] = fitted_output(sum, scale[0], scale[1], L::scale_shift);
        } else {
          out[first + c] = static_cast<int8_t>(clamp<int32_t>(scale_sum(sum + scale[0], scale), L::clamp_min, L::clamp_max));
        }
      }
    }
  }
}

}  // namespace mote
