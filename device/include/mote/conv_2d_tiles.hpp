#pragma once

#include "mote/conv_2d_packed.hpp"

namespace mote {

// Convolutions of small windows: tiles of three pixels by three output channels, whose inputs stay in floating-point registers
// and on the stack while the weights pass by as int16 pairs.
//
// The matrix is cut into blocks of three output channels; the last has what is left. A block of T channels is a run of words:
//   T                  start sums (bias with the input's zero point folded in)
//   steps * T          pairs of weights, in the order of widen_window (packed_matrix.hpp)
//   T * 1, 2 or 3      scaling of a sum s:
//     fitted             multiplier: high(s * multiplier) >> shift, saturated to int8
//     one shift          multiplier, offset: (high(s * multiplier) + offset + (s < 0 ? -1 : 0)) >> shift, saturated
//     shifts of its own  multiplier, offset, shift: likewise
// Start sums and weights are times 256 when fitted, else times 2; high rounds, except when fitted.

constexpr int32_t kMostTileValues = 32;
constexpr int32_t kMostTileRows = 3;
constexpr int32_t kTilePixels = 3;
constexpr int32_t kTileChannels = 3;

/// How a call walks over an image: three pixels at a time, `triples` times; `pitch`: bytes between rows of a window.
struct TileWalk {
  int32_t triples, pitch;
};

/// Sizes of a layer, all compile-time constants. A window is `Rows` runs of `RowBytes` values; windows of neighbouring pixels lie
/// `PixelStep` bytes apart. `Shift` 0: each channel has its own.
template <int32_t Rows, int32_t RowBytes, int32_t PixelStep, int32_t Channels, bool Fitted, int32_t Shift>
struct TileShape {
  static_assert(Channels >= kTileChannels, "a block must be whole");
  static constexpr int32_t rows = Rows, row_bytes = RowBytes, pixel_step = PixelStep, channels = Channels, shift = Shift;
  static constexpr int32_t steps = window_steps(Rows, RowBytes), quads = RowBytes / 4, rest_bytes = RowBytes % 4;
  static constexpr bool fitted = Fitted, own_shift = !Fitted && Shift == 0;
  static constexpr int32_t scaling_words = fitted ? 1 : (own_shift ? 3 : 2);
  static constexpr int32_t words_per_channel = 1 + steps + scaling_words;
  static constexpr int32_t rest = channels % kTileChannels;  ///< channels of the last block if it is not whole
  static constexpr int32_t whole_bytes = (channels - rest) * words_per_channel * 4;
};

#if MOTE_DSP

/// Pixels of one output row.
///
/// r3-r5 sums of pixel 0, r6-r8 of pixel 1, r9-r11 of pixel 2, r0-r2 weights, r12 inputs, lr the matrix. Step i of pixel 2 is
/// word i of the stack, of pixels 0 and 1 the halves of d register i (without a floating-point unit, words of the stack). Behind
/// the 16 steps: 64 out, 68 triples left, 72 matrix, 76 end of its whole blocks, 80 in, 84 pitch.
template <class S>
MOTE_ASSEMBLY void multiply_tiles(const int8_t* /*in*/, const int32_t* /*matrix*/, int8_t* /*out*/, const TileWalk* /*walk*/) {
  __asm__ volatile(
      R"(
  .macro keep%= i, j, a, b, c
  .if %c[fpu]
    vmov s\i, \a
    vmov s\j, \b
  .else
    str \a, [sp, #88+8*\i]
    str \b, [sp, #92+8*\i]
  .endif
    str \c, [sp, #4*\i]
  .endm
  .macro fetch%= s, at
  .if %c[fpu]
    vmov r12, s\s
  .else
    ldr r12, [sp, #88+\at]
  .endif
  .endm
  .macro gather_quad%= i, j, next_i, next_j, row
    ldr r4, [\row, #4*(\i/2 %% %c[quads])]
    ldr r6, [\row, #%c[pixel_step]+4*(\i/2 %% %c[quads])]
    ldr r8, [\row, #2*%c[pixel_step]+4*(\i/2 %% %c[quads])]
    sxtb16 r5, r4
    sxtb16 r7, r6
    sxtb16 r9, r8
    sxtb16 r4, r4, ror #8
    sxtb16 r6, r6, ror #8
    sxtb16 r8, r8, ror #8
    keep%= \i, \j, r5, r7, r9
    keep%= \next_i, \next_j, r4, r6, r8
  .endm
  .macro gather_two_steps%= i, j, next_i, next_j
  .if \i < 2*%c[quads]
    gather_quad%= \i, \j, \next_i, \next_j, r0
  .elseif \i < 4*%c[quads] && %c[rows] > 1
    gather_quad%= \i, \j, \next_i, \next_j, r1
  .elseif \i < 6*%c[quads] && %c[rows] > 2
    gather_quad%= \i, \j, \next_i, \next_j, r2
  .endif
  .endm
  .macro load_bytes%= a, b, c, row, at
    ldrsb \a, [\row, #\at]
    ldrsb \b, [\row, #%c[pixel_step]+\at]
    ldrsb \c, [\row, #2*%c[pixel_step]+\at]
  .endm
  .macro gather_bytes%= a, b, c, n
  .if (\n) < %c[rest_bytes]
    load_bytes%= \a, \b, \c, r0, 4*%c[quads]+(\n)
  .elseif (\n) < 2*%c[rest_bytes]
    load_bytes%= \a, \b, \c, r1, 4*%c[quads]+(\n)-%c[rest_bytes]
  .else
    load_bytes%= \a, \b, \c, r2, 4*%c[quads]+(\n)-2*%c[rest_bytes]
  .endif
  .endm
  .macro gather_rest%= i, j, unused
  .if \i >= 2*%c[rows]*%c[quads] && \i < %c[steps]
    gather_bytes%= r4, r5, r6, 2*(\i-2*%c[rows]*%c[quads])
    .if 2*(\i-2*%c[rows]*%c[quads])+1 < %c[rows]*%c[rest_bytes]
    gather_bytes%= r7, r8, r9, 2*(\i-2*%c[rows]*%c[quads])+1
    pkhbt r4, r4, r7, lsl #16
    pkhbt r5, r5, r8, lsl #16
    pkhbt r6, r6, r9, lsl #16
    .else
    uxth r4, r4
    uxth r5, r5
    uxth r6, r6
    .endif
    keep%= \i, \j, r4, r5, r6
  .endif
  .endm
  .macro load%= width, from, a, b, c
    ldr \a, [lr, #\from]
  .if \width > 1
    ldr \b, [lr, #\from+4]
  .endif
  .if \width > 2
    ldr \c, [lr, #\from+8]
  .endif
  .endm
  .macro add_products%= width, a, b, c, to_a, to_b, to_c
    smlad \a, r12, r0, \to_a
  .if \width > 1
    smlad \b, r12, r1, \to_b
  .endif
  .if \width > 2
    smlad \c, r12, r2, \to_c
  .endif
  .endm
  .macro step%= i, j, width
  .if \i < %c[steps]
    load%= \width, 4*\width*(\i+1), r0, r1, r2
    .if \i == 0
    fetch%= 0, 0
    add_products%= \width, r3, r4, r5, r9, r10, r11
    fetch%= 16, 4
    add_products%= \width, r6, r7, r8, r9, r10, r11
    ldr r12, [sp]
    add_products%= \width, r9, r10, r11, r9, r10, r11
    .else
    ldr r12, [sp, #4*\i]
    add_products%= \width, r9, r10, r11, r9, r10, r11
    fetch%= \i, 8*\i
    add_products%= \width, r3, r4, r5, r3, r4, r5
    fetch%= \j, 8*\i+4
    add_products%= \width, r6, r7, r8, r6, r7, r8
    .endif
  .endif
  .endm
  .macro each_step%= do, width=0
    \do 0, 16, \width
    \do 1, 17, \width
    \do 2, 18, \width
    \do 3, 19, \width
    \do 4, 20, \width
    \do 5, 21, \width
    \do 6, 22, \width
    \do 7, 23, \width
    \do 8, 24, \width
    \do 9, 25, \width
    \do 10, 26, \width
    \do 11, 27, \width
    \do 12, 28, \width
    \do 13, 29, \width
    \do 14, 30, \width
    \do 15, 31, \width
  .endm
  .macro finish_fitted%= multiplier, a, b, c
    smmul \a, \a, \multiplier
    smmul \b, \b, \multiplier
    smmul \c, \c, \multiplier
    ssat \a, #8, \a, asr #%c[shift]
    ssat \b, #8, \b, asr #%c[shift]
    ssat \c, #8, \c, asr #%c[shift]
  .endm
  .macro finish_exact%= from, a, b, c
    ldr r0, [lr, #\from]
    ldr r1, [lr, #\from+4]
  .if %c[own_shift]
    ldr r2, [lr, #\from+8]
  .endif
  .irp sum, \a, \b, \c
    smmlar r12, \sum, r0, r1
    add r12, r12, \sum, asr #31
  .if %c[own_shift]
    asr r12, r12, r2
    ssat \sum, #8, r12
  .else
    ssat \sum, #8, r12, asr #%c[shift]
  .endif
  .endr
  .endm
  .macro store%= channel, a, b, c
    strb \a, [r12, #\channel]
    strb \b, [r12, #%c[channels]+\channel]
    strb \c, [r12, #2*%c[channels]+\channel]
  .endm
  .macro block%= width
    load%= \width, 0, r9, r10, r11
    each_step%= step%=, \width
  .if %c[fitted]
    load%= \width, 4*\width*(%c[steps]+1), r0, r1, r2
    ldr r12, [sp, #64]
    finish_fitted%= r0, r3, r6, r9
    .if \width > 1
    finish_fitted%= r1, r4, r7, r10
    .endif
    .if \width > 2
    finish_fitted%= r2, r5, r8, r11
    .endif
  .else
    finish_exact%= 4*\width*(%c[steps]+1), r3, r6, r9
    .if \width > 1
    finish_exact%= 4*\width*(%c[steps]+1)+4*%c[scaling], r4, r7, r10
    .endif
    .if \width > 2
    finish_exact%= 4*\width*(%c[steps]+1)+8*%c[scaling], r5, r8, r11
    .endif
    ldr r12, [sp, #64]
  .endif
    store%= 0, r3, r6, r9
  .if \width > 1
    store%= 1, r4, r7, r10
  .endif
  .if \width > 2
    store%= 2, r5, r8, r11
  .endif
    add r12, r12, #\width
  .endm

  push {r4-r11, lr}
  .if %c[fpu]
  vpush {d8-d15}
  sub sp, sp, #92
  .else
  sub sp, sp, #220
  .endif
  ldr r4, [r3]
  ldr r5, [r3, #4]
  str r2, [sp, #64]
  str r4, [sp, #68]
  str r5, [sp, #84]
  str r1, [sp, #72]
  movw r2, #%c[whole_bytes]
  add r2, r2, r1
  str r2, [sp, #76]
1:
  .if %c[rows] > 1
  ldr r3, [sp, #84]
  add r1, r0, r3
  add r2, r1, r3
  .endif
  gather_two_steps%= 0, 16, 1, 17
  gather_two_steps%= 2, 18, 3, 19
  gather_two_steps%= 4, 20, 5, 21
  gather_two_steps%= 6, 22, 7, 23
  gather_two_steps%= 8, 24, 9, 25
  gather_two_steps%= 10, 26, 11, 27
  gather_two_steps%= 12, 28, 13, 29
  gather_two_steps%= 14, 30, 15, 31
  each_step%= gather_rest%=
  addw r0, r0, #3*%c[pixel_step]
  str r0, [sp, #80]
  ldr lr, [sp, #72]
2:
  block%= 3
  ldr r0, [sp, #76]
  add lr, lr, #12*%c[words]
  str r12, [sp, #64]
  cmp lr, r0
  bne 2b
  .if %c[rest]
  block%= %c[rest]
  .endif
  ldr r0, [sp, #80]
  ldr r1, [sp, #68]
  addw r12, r12, #2*%c[channels]
  str r12, [sp, #64]
  subs r1, r1, #1
  str r1, [sp, #68]
  bne 1b
  .if %c[fpu]
  add sp, sp, #92
  vpop {d8-d15}
  .else
  add sp, sp, #220
  .endif
  pop {r4-r11, pc}
)" ::[fpu] "i"(MOTE_FPU),
      [rows] "i"(S::rows), [quads] "i"(S::quads), [rest_bytes] "i"(S::rest_bytes), [pixel_step] "i"(S::pixel_step),
      [channels] "i"(S::channels), [steps] "i"(S::steps), [fitted] "i"(S::fitted), [shift] "i"(S::shift),
      [own_shift] "i"(S::own_shift), [scaling] "i"(S::scaling_words), [words] "i"(S::words_per_channel),
      [whole_bytes] "i"(S::whole_bytes), [rest] "i"(S::rest));
}

#else

template <class S>
inline void multiply_tiles(const int8_t* in, const int32_t* matrix, int8_t* out, const TileWalk* walk) {
  uint32_t columns[kTilePixels][S::steps];
  for (int32_t pixel = 0; pixel < kTilePixels * walk->triples; ++pixel, out += S::channels) {
    for (int32_t i = 0; pixel % kTilePixels == 0 && i < kTilePixels; ++i, in += S::pixel_step)
      widen_window<S::rows, S::row_bytes, 1>([&](int32_t y) { return in + y * walk->pitch; }, columns[i]);
    const uint32_t* column = columns[pixel % kTilePixels];
    const int32_t* block = matrix;
    for (int32_t first = 0; first < S::channels; first += kTileChannels) {
      const int32_t width = smaller(kTileChannels, S::channels - first);
      const int32_t* scaling = block + width * (1 + S::steps);
      for (int32_t k = 0; k < width; ++k, scaling += S::scaling_words) {
        int32_t sum = block[k];
        for (int32_t i = 0; i < S::steps; ++i)
          sum = multiply_add_pairs(static_cast<uint32_t>(block[width * (i + 1) + k]), column[i], sum);
        int32_t scaled = 0;
        if constexpr (S::fitted) {
          scaled = static_cast<int32_t>((static_cast<int64_t>(sum) * scaling[0]) >> 32) >> S::shift;
        } else {
          const int32_t shift = S::own_shift ? scaling[2] : S::shift;
          scaled = wrap_add(multiply_high_add(sum, scaling[0], scaling[1]), sum >> 31) >> shift;
        }
        out[first + k] = static_cast<int8_t>(clamp<int32_t>(scaled, -128, 127));
      }
      block += width * S::words_per_channel;
    }
  }
}

#endif

/// CONV_2D, int8, 1x1 and stride 1, of at most kMostTileValues input channels, at least three output channels and at least three
/// pixels; `matrix` as above. The
/// last pixels are done twice where their number is no multiple of three.
template <typename L>
MOTE_KERNEL void conv_2d_pointwise_tiles(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, int8_t* out) {
  using Shape = TileShape<1, L::in_c, L::in_c, L::out_c, L::fitted, L::shift>;
  static_assert(L::in_c <= kMostTileValues && L::pixels >= kTilePixels, "a tile must fit");
  static constexpr TileWalk kWhole{L::pixels / kTilePixels, 0};
  static constexpr TileWalk kOne{1, 0};
  multiply_tiles<Shape>(in, matrix, out, &kWhole);
  if constexpr (L::pixels % kTilePixels != 0) {
    constexpr int32_t kFirst = L::pixels - kTilePixels;
    multiply_tiles<Shape>(in + kFirst * L::in_c, matrix, out + kFirst * L::out_c, &kOne);
  }
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) clamp_bytes(out, L::pixels * L::out_c, L::clamp_min, L::clamp_max);
}

/// CONV_2D, int8, of at least three output channels, at most three rows and kMostTileValues values in a window, without dilation
/// along rows, over rows of at least three output pixels and at least as wide as three windows; `matrix` as above. Three pixels
/// whose windows reach over a border read a copy with zero points around it.
template <typename L>
MOTE_KERNEL void conv_2d_tiles(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, int8_t* out) {
  using Shape = TileShape<L::k_h, L::k_w * L::in_c, L::stride_w * L::in_c, L::out_c, L::fitted, L::shift>;
  constexpr int32_t kImageRow = L::in_w * L::in_c;
  constexpr int32_t kSpan = 2 * Shape::pixel_step + Shape::row_bytes;  // bytes of a row that three windows see
  static_assert(Shape::rows <= kMostTileRows && Shape::rows * Shape::row_bytes <= kMostTileValues, "a window must fit");
  static_assert(L::out_w >= kTilePixels && kImageRow >= kSpan, "three windows must fit");
  constexpr int32_t kTriples = L::out_w / kTilePixels;
  // Of the whole triples of a row those that reach over no side.
  constexpr int32_t kBegin = smaller(((L::pad_left + L::stride_w - 1) / L::stride_w + kTilePixels - 1) / kTilePixels, kTriples);
  constexpr int32_t kLastPixel = (L::in_w + L::pad_left - L::k_w) / L::stride_w;
  constexpr int32_t kEnd = larger(smaller((kLastPixel + 1) / kTilePixels, kTriples), kBegin);
  static constexpr TileWalk kInside{kEnd - kBegin, L::dilation_h * kImageRow};
  static constexpr TileWalk kOne{1, L::dilation_h * kImageRow};
  static constexpr TileWalk kCopied{1, 3 * kSpan};
  int8_t fill[kSpan];
  int8_t copy[L::k_h * 3 * kSpan];  // each row with room around it: see copy_clipped_row
  memset(fill, L::input_zero_point, kSpan);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * kImageRow) {
    for (int32_t y = 0; y < L::out_h; ++y, out += L::out_w * L::out_c) {
      const int32_t top = y * L::stride_h - L::pad_top;
      const bool over = L::pads && (top < 0 || top + (L::k_h - 1) * L::dilation_h >= L::in_h);
      const int8_t* row = in + top * kImageRow - L::pad_left * L::in_c;
      const auto copied = [&](int32_t x) {
        const int32_t left = x * L::stride_w - L::pad_left;
        const int32_t first = larger<int32_t>(0, -left * L::in_c);
        const int32_t last = smaller<int32_t>(kSpan, (L::in_w - left) * L::in_c);
        if (!over && first == 0 && last == kSpan)
          return multiply_tiles<Shape>(row + x * Shape::pixel_step, matrix, out + x * L::out_c, &kOne);
        int8_t* to = copy + kSpan;
        for (int32_t ky = 0; ky < L::k_h; ++ky, to += 3 * kSpan) {
          const int32_t iy = top + ky * L::dilation_h;
          if (iy < 0 || iy >= L::in_h) {
            memcpy(to, fill, kSpan);
          } else {
            copy_clipped_row<kSpan>(to, in + iy * kImageRow + left * L::in_c, first, last, fill);
          }
        }
        multiply_tiles<Shape>(copy + kSpan, matrix, out + x * L::out_c, &kCopied);
      };
      const int32_t begin = over ? kTriples : kBegin;
      const int32_t end = over ? kTriples : kEnd;
      for (int32_t i = 0; i < begin; ++i) copied(i * kTilePixels);
      if (!over && kEnd > kBegin) {
        multiply_tiles<Shape>(row + kBegin * kTilePixels * Shape::pixel_step, matrix, out + kBegin * kTilePixels * L::out_c,
                              &kInside);
      }
      for (int32_t i = end; i < kTriples; ++i) copied(i * kTilePixels);
      if constexpr (L::out_w % kTilePixels != 0) copied(L::out_w - kTilePixels);
    }
  }
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) {
    constexpr int32_t kBytes = L::batch * L::out_h * L::out_w * L::out_c;
    clamp_bytes(out - kBytes, kBytes, L::clamp_min, L::clamp_max);
  }
}

}  // namespace mote
