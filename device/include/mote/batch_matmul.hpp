#pragma once

#include "mote/weighted.hpp"

namespace mote {

/// BATCH_MATMUL: L::rows x L::depth times L::depth x L::columns for each of L::batches (three axes). Rows, columns, depth and
/// batches of x and y lie apart by the steps that L states, so that a transposed or repeated matrix needs no copy.
template <typename L>
MOTE_KERNEL void batch_matmul(const typename L::Value* MOTE_RESTRICT x, const typename L::Value* MOTE_RESTRICT y,
                              typename L::Value* MOTE_RESTRICT out) {
  using Value = typename L::Value;
  using Sum = typename L::Sum;
  for (int32_t i = 0; i < L::batches[0]; ++i)
    for (int32_t j = 0; j < L::batches[1]; ++j)
      for (int32_t k = 0; k < L::batches[2]; ++k) {
        const Value* row = x + i * L::x_batches[0] + j * L::x_batches[1] + k * L::x_batches[2];
        const Value* matrix = y + i * L::y_batches[0] + j * L::y_batches[1] + k * L::y_batches[2];
        for (int32_t r = 0; r < L::rows; ++r, row += L::x_row) {
          const Value* column = matrix;
          for (int32_t c = 0; c < L::columns; ++c, column += L::y_column) {
            Sum sum = 0;
            for (int32_t d = 0; d < L::depth; ++d) {
              if constexpr (SameType<Value, float>::value) {
                sum += row[d * L::x_depth] * column[d * L::y_depth];
              } else {
                sum = multiply_add(sum, static_cast<Sum>(row[d * L::x_depth] - L::x_zero_point),
                                   static_cast<Sum>(column[d * L::y_depth] - L::y_zero_point));
              }
            }
            if constexpr (SameType<Value, float>::value) {
              *out++ = sum;
            } else {
              *out++ = finish<L>(sum, L::multiplier, L::shift);
            }
          }
        }
      }
}

}  // namespace mote
