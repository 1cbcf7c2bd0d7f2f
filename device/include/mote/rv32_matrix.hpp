#pragma once

#include "mote/conv_2d_scalar.hpp"

namespace mote {

// Matrix products as in scalar_matrix.hpp for cores with 31 registers: eight sums at a time. Rows are interleaved in blocks of
// kRv32Sums / columns; the last block is filled up with rows of 0.
//
// Four words per row: as in scalar_matrix.hpp, or with a common shift to the right (fitted) an offset, a multiplier, 0, and
// corrections * 256: the output is high((sum << 8) + offset, multiplier) >> shift, saturated, where high is the upper word of the
// product.

constexpr int32_t kRv32Sums = 8;
/// Rows whose sums are kept at a time, a multiple of every block's.
constexpr int32_t kRv32Rows = 16;

// Without barriers GCC loads all weights of a group and forms its products before it sums them, and spills.
#if defined(__GNUC__)
#define MOTE_KEEP_SUM(x) __asm__ volatile("" : "+r"(x) : : "memory")
#else
#define MOTE_KEEP_SUM(x) (void)(x)
#endif

/// Sums of `blocks` blocks: for each row its kColumns sums. The columns' words alternate.
template <int32_t kSteps, int32_t kColumns>
MOTE_FUNCTION void sum_blocks(const uint32_t* columns, const int32_t* weights, int32_t* sums, int32_t blocks, int32_t groups) {
  constexpr int32_t kRows = kRv32Sums / kColumns;
  const uint32_t* end = columns + groups * kSteps * kColumns;
#pragma GCC unroll 1
  for (; blocks > 0; --blocks, sums += kRv32Sums) {
    int32_t total[kRv32Sums];
#pragma GCC unroll 8
    for (int32_t i = 0; i < kRv32Sums; ++i) total[i] = 0;
#pragma GCC unroll 1
    for (const uint32_t* x = columns; x != end; x += kSteps * kColumns, weights += kSteps * kRows) {
      uint32_t group[kRv32Sums];
#pragma GCC unroll 4
      for (int32_t s = 0; s < kSteps; ++s) {
        uint32_t values[kColumns];
#pragma GCC unroll 2
        for (int32_t c = 0; c < kColumns; ++c) values[c] = x[s * kColumns + c];
#pragma GCC unroll 8
        for (int32_t r = 0; r < kRows; ++r) {
          const auto weight = static_cast<uint32_t>(weights[s * kRows + r]);
#pragma GCC unroll 2
          for (int32_t c = 0; c < kColumns; ++c) {
            uint32_t& sum = group[r * kColumns + c];
            sum = (s == 0 ? 0x8000U : sum) + values[c] * weight;
            MOTE_KEEP_SUM(sum);
          }
        }
      }
#pragma GCC unroll 8
      for (int32_t i = 0; i < kRv32Sums; ++i) total[i] += static_cast<int32_t>(group[i]) >> 16;
    }
#pragma GCC unroll 8
    for (int32_t i = 0; i < kRv32Sums; ++i) sums[i] = total[i];
  }
}

#undef MOTE_KEEP_SUM

/// Adds what a block of rows lacks for two columns, and returns the rest of the list. A correction is the first of its pair's two
/// words, and a word of weights of which one is 0; a row's number of corrections is in its scaling.
MOTE_FUNCTION const int32_t* correct_pairs(const uint32_t* columns, const int32_t* corrections, const int32_t* scaling,
                                           int32_t* sums, int32_t rows) {
  const int32_t* end = sums + 2 * rows;
#pragma GCC unroll 1
  for (; sums != end; sums += 2, scaling += 4) {
    const int32_t* last = corrections + (scaling[3] >> 8) * 2;
    if (corrections == last) continue;
    int32_t first_sum = sums[0];
    int32_t second_sum = sums[1];
#pragma GCC unroll 1
    for (; corrections != last; corrections += 2) {
      const uint32_t* pair = columns + corrections[0];
      const auto weight = static_cast<uint32_t>(corrections[1]);
      first_sum += static_cast<int32_t>(pair[0] * weight + 0x8000U) >> 16;
      second_sum += static_cast<int32_t>(pair[1] * weight + 0x8000U) >> 16;
    }
    sums[0] = first_sum;
    sums[1] = second_sum;
  }
  return corrections;
}

MOTE_INLINE int8_t fitted_output(int32_t sum, int32_t offset, int32_t multiplier, int32_t shift) {
  const int32_t scaled = wrap_add(shift_left(sum, 8), offset);
  int32_t value = static_cast<int32_t>((static_cast<int64_t>(scaled) * multiplier) >> 32) >> shift;
  if (static_cast<uint32_t>(value) + 128U > 255U) value = (value >> 31) ^ 127;
  return static_cast<int8_t>(value);
}

/// Outputs of rows from their sums with two columns: those of the second `out_stride` bytes behind those of the first.
MOTE_FUNCTION void scale_pairs_fitted(const int32_t* sums, const int32_t* scaling, int8_t* out, const int32_t* end,
                                      int32_t out_stride, int32_t shift) {
#pragma GCC unroll 1
  for (; sums != end; sums += 2, scaling += 4, ++out) {
    out[0] = fitted_output(sums[0], scaling[0], scaling[1], shift);
    out[out_stride] = fitted_output(sums[1], scaling[0], scaling[1], shift);
  }
}

/// Outputs of pairs of sums from `sums` to `end`: the first at `out`, the second `out_stride` behind.
inline void scale_pairs(const int32_t* sums, const int32_t* scaling, int8_t* out, const int32_t* end, int32_t out_stride) {
  for (; sums != end; sums += 2, scaling += 4, ++out) {
    out[0] = static_cast<int8_t>(clamp<int32_t>(scale_sum(sums[0] + scaling[0], scaling), -128, 127));
    out[out_stride] = static_cast<int8_t>(clamp<int32_t>(scale_sum(sums[1] + scaling[0], scaling), -128, 127));
  }
}

}  // namespace mote
