#pragma once

#include "mote/depthwise_conv_2d_rows.hpp"

namespace mote {

// DEPTHWISE_CONV_2D of int8 with kernels of up to 8 columns, depth multiplier 1, for rows of outputs short enough to be unrolled.
// Four channels at a time are turned into rows of their own, without padding; a word holds two neighbours. Several outputs are
// summed at once. Which taps meet which columns is known at compile time, so taps beside the image cost nothing, and each row of
// taps is loaded once for all outputs of a group.

/// Which pairs of a row of taps w are needed. Windows that begin with a column of even number want (w0 w1), (w2 w3), ...; those
/// that begin with an odd one (w1 w2), (w3 w4), ... and w0. Where only one kind occurs the tap left alone is paired with 0.
enum class TapPairs : int32_t { kBoth, kEven, kOdd };

constexpr TapPairs tap_pairs(int32_t stride_w, int32_t pad_left) {
  return stride_w % 2 != 0 ? TapPairs::kBoth : (pad_left % 2 != 0 ? TapPairs::kOdd : TapPairs::kEven);
}

/// Words of a row of taps: for kBoth the even pairs, then the odd ones, without a tap left alone, which is half of another pair.
constexpr int32_t tap_pair_words(int32_t k_w, TapPairs pairs) {
  return pairs == TapPairs::kBoth ? larger<int32_t>(k_w - 1, 1) : (pairs == TapPairs::kEven ? (k_w + 1) / 2 : k_w / 2 + 1);
}

/// Sizes of a slide, all compile-time constants. `words`: of a channel's row; `tap_pitch`: words from the inputs of a row of taps
/// to those of the next; `step`: bytes between outputs; `shift`: the common shift of fitted scaling, 0 for the exact one.
template <int32_t OutW, int32_t StrideW, int32_t PadLeft, int32_t KernelW, int32_t KernelH, int32_t Words, int32_t TapPitch,
          int32_t Step, int32_t Shift, int32_t ZeroPoint, int32_t Low, int32_t High>
struct RowSlideSizes {
  static constexpr int32_t out_w = OutW, stride_w = StrideW, pad_left = PadLeft, k_w = KernelW, k_h = KernelH;
  static constexpr int32_t words = Words, tap_pitch = TapPitch, step = Step, shift = Shift;
  static constexpr int32_t zero_point = ZeroPoint, low = Low, high = High;
  static constexpr TapPairs pairs = tap_pairs(StrideW, PadLeft);
  static constexpr int32_t tap_words = tap_pair_words(KernelW, pairs);
  static constexpr int32_t even_words = KernelW == 1 ? 1 : KernelW / 2;  // of kBoth
  static constexpr int32_t scaling_words = Shift != 0 ? 2 : 3;
  // Outputs summed at once: registers r2 or r3 to r12 hold sums and taps. A count of rows in r2, or its sum in a tight group.
  static constexpr int32_t most = smaller<int32_t>(8, 11 - tap_words);
  static constexpr int32_t groups = (OutW + most - 1) / most;
  static constexpr int32_t group = OutW / groups;  // the first `larger_groups` have one more
  static constexpr int32_t larger_groups = OutW % groups;
  static constexpr bool tight = group + (larger_groups > 0 ? 1 : 0) > 10 - tap_words;
};

#if MOTE_DSP

/// One row of outputs of each of `channels` channels, from `rows` rows of taps. Channels are S::words words apart in `data`,
/// their taps S::k_h rows. Scaling per channel: bias, multiplier, and shift if it is not common.
///
/// r0 data, r1 taps, r2 rows left, from r3 sums and then taps, lr (and r12, where it is free) data. Registers and columns are
/// numbers computed by the assembler, so the instructions with them are put together from their encodings.
template <class S>
MOTE_ASSEMBLY void slide_pairs(const uint32_t* /*data*/, const uint32_t* /*taps*/, int8_t* /*out*/, int32_t /*rows*/,
                               const int32_t* /*scaling*/, int32_t /*channels*/) {
  __asm__ volatile(
      R"(
  .macro smlad%= acc, data, tap
    .inst.w 0xFB200000 | (\data) << 16 | (\acc) << 12 | (\acc) << 8 | (\tap)
  .endm
  .macro smla_half%= halves, acc, data, tap
    .inst.w 0xFB100000 | (\data) << 16 | (\acc) << 12 | (\acc) << 8 | (\halves) << 4 | (\tap)
  .endm
  .macro load_word%= to, base, offset
    .inst.w 0xF8D00000 | (\base) << 16 | (\to) << 12 | (\offset)
  .endm
  .macro load_tap%= to
    .inst.w 0xF8510B04 | (\to) << 12
  .endm
  .macro word%= data
    .set ACC%=, FIRST%=
    .set TAP%=, 2 * J%= - (X%= * %c[stride] - %c[left])
    .rept N%=
      .if TAP%= >= -1 && TAP%= < %c[k_w]
        .if %c[pairs] == 1
          smlad%= ACC%=, \data, TAPS%= + TAP%= / 2
        .elseif %c[pairs] == 2
          smlad%= ACC%=, \data, TAPS%= + (TAP%= + 1) / 2
        .elseif TAP%= == -1
          smla_half%= 2, ACC%=, \data, TAPS%=
        .elseif %c[k_w] == 1
          smla_half%= 0, ACC%=, \data, TAPS%=
        .elseif TAP%= == %c[k_w] - 1
          smla_half%= 1, ACC%=, \data, TAPS%= + %c[tap_words] - 1 - (1 - %c[k_w] %% 2) * (%c[tap_words] - %c[even])
        .elseif TAP%= %% 2
          smlad%= ACC%=, \data, TAPS%= + %c[even] + TAP%= / 2
        .else
          smlad%= ACC%=, \data, TAPS%= + TAP%= / 2
        .endif
      .endif
      .set ACC%=, ACC%= + 1
      .set TAP%=, TAP%= - %c[stride]
    .endr
    .set J%=, J%= + 1
  .endm
  .macro store%= acc
    .if OUT%= > 4095
      addw r0, r0, #4095
      .set OUT%=, OUT%= - 4095
    .endif
    .if %c[shift]
      .inst.w 0xFB50F001 | (\acc) << 16 | (\acc) << 8
      .inst.w 0xF3200007 | (\acc) << 16 | (\acc) << 8 | (%c[shift] >> 2) << 12 | (%c[shift] & 3) << 6
      .inst.w 0xF8800000 | (\acc) << 12 | OUT%=
    .else
      .inst.w 0xFB500011 | (\acc) << 16 | TAPS%= << 12 | 14 << 8
      .inst.w 0xEB0E7EE0 | (\acc)
      .inst.w 0xFA40F000 | 14 << 16 | 14 << 8 | (TAPS%= + 1)
      .if %c[low] == -128 && %c[high] == 127
        ssat lr, #8, lr
      .else
        cmp lr, #%c[low]
        it lt
        movlt lr, #%c[low]
        cmp lr, #%c[high]
        it gt
        movgt lr, #%c[high]
      .endif
      .inst.w 0xF8800000 | 14 << 12 | OUT%=
    .endif
    .set OUT%=, OUT%= + %c[step]
  .endm

  push {r4-r11, lr}
  ldr r4, [sp, #36]
  ldr r5, [sp, #40]
  movw r6, #4 * %c[tap_pitch]
  mla r6, r3, r6, r0
  push {r0-r6}
0:
  .set X%=, 0
  .set OUT%=, 0
  .rept %c[groups]
    .set N%=, %c[group]
    .if %c[larger]
      .if X%= < %c[larger] * (%c[group] + 1)
        .set N%=, %c[group] + 1
      .endif
    .endif
    .set FIRST%=, 3 - %c[tight]
    .set TAPS%=, FIRST%= + N%=
    .set TWO%=, TAPS%= + %c[tap_words] <= 12
    .set FROM%=, X%= * %c[stride] - %c[left]
    .set TO%=, (FROM%= + (N%= - 1) * %c[stride] + %c[k_w] - 1) / 2
    .if FROM%= < 0
      .set FROM%=, 0
    .endif
    .set FROM%=, FROM%= / 2
    .if TO%= >= %c[words]
      .set TO%=, %c[words] - 1
    .endif
    ldr r1, [sp, #16]
    ldr r0, [sp]
    load_word%= FIRST%=, 1, 0
    ldr r1, [sp, #4]
    .if !%c[tight]
      ldr r2, [sp, #12]
    .endif
    .set ACC%=, FIRST%= + 1
    .rept N%= - 1
      .inst.w 0xEA4F0000 | (ACC%= << 8) | FIRST%=
      .set ACC%=, ACC%= + 1
    .endr
1:
    .set TAP%=, TAPS%=
    .rept %c[tap_words]
      load_tap%= TAP%=
      .set TAP%=, TAP%= + 1
    .endr
    .set J%=, FROM%=
    .if TWO%=
      .rept (TO%= - FROM%= + 1) / 2
        load_word%= 14, 0, 4 * J%=
        load_word%= 12, 0, 4 * J%= + 4
        word%= 14
        word%= 12
      .endr
    .endif
    .rept TO%= + 1 - J%=
      load_word%= 14, 0, 4 * J%=
      word%= 14
    .endr
    .if 4 * %c[tap_pitch] > 4095
      movw lr, #4 * %c[tap_pitch]
      add r0, r0, lr
    .else
      addw r0, r0, #4 * %c[tap_pitch]
    .endif
    .if %c[tight]
      ldr lr, [sp, #24]
      cmp r0, lr
    .else
      subs r2, r2, #1
    .endif
    bne 1b
    ldr r1, [sp, #16]
    ldr r0, [sp, #8]
    .if %c[shift] == 0
      load_word%= TAPS%= + 1, 1, 8
    .endif
    ldr r1, [r1, #4]
    .if OUT%= > 4095
      movw lr, #OUT%=
      add r0, r0, lr
      .set OUT%=, 0
    .endif
    .if %c[shift] == 0
      movw lr, #(2 * %c[zero_point] + 1) & 0xFFFF
      sxth lr, lr
      .inst.w 0xF1A00001 | (TAPS%= + 1) << 16 | TAPS%= << 8
      .inst.w 0xFA00F000 | 14 << 16 | TAPS%= << 8 | TAPS%=
    .endif
    .set ACC%=, FIRST%=
    .rept N%=
      store%= ACC%=
      .set ACC%=, ACC%= + 1
    .endr
    .set X%=, X%= + N%=
    .set OUT%=, X%= * %c[step]
  .endr
  ldm sp, {r0-r6}
  addw r0, r0, #4 * %c[words]
  addw r6, r6, #4 * %c[words]
  addw r1, r1, #4 * %c[tap_words] * %c[k_h]
  add r2, r2, #1
  add r4, r4, #4 * %c[scaling_words]
  subs r5, r5, #1
  stm sp, {r0-r6}
  bne 0b
  add sp, sp, #28
  pop {r4-r11, pc}
  .purgem smlad%=
  .purgem smla_half%=
  .purgem load_word%=
  .purgem load_tap%=
  .purgem word%=
  .purgem store%=
)" ::[stride] "i"(S::stride_w),
      [left] "i"(S::pad_left), [k_w] "i"(S::k_w), [k_h] "i"(S::k_h), [words] "i"(S::words), [tap_pitch] "i"(S::tap_pitch),
      [step] "i"(S::step), [shift] "i"(S::shift), [zero_point] "i"(S::zero_point), [low] "i"(S::low), [high] "i"(S::high),
      [pairs] "i"(static_cast<int32_t>(S::pairs)), [tap_words] "i"(S::tap_words), [even] "i"(S::even_words),
      [scaling_words] "i"(S::scaling_words), [groups] "i"(S::groups), [group] "i"(S::group), [larger] "i"(S::larger_groups),
      [tight] "i"(S::tight ? 1 : 0));
}

#else

template <class S>
MOTE_KERNEL void slide_pairs(const uint32_t* data, const uint32_t* taps, int8_t* out, int32_t rows, const int32_t* scaling,
                             int32_t channels) {
  for (; channels > 0; --channels, data += S::words, taps += S::k_h * S::tap_words, scaling += S::scaling_words, ++out) {
    for (int32_t x = 0; x < S::out_w; ++x) {
      int32_t sum = scaling[0];
      for (int32_t ky = 0; ky < rows; ++ky) {
        const uint32_t* const row = data + ky * S::tap_pitch;
        const uint32_t* const tap = taps + ky * S::tap_words;
        for (int32_t j = 0; j < S::words; ++j) {
          const int32_t t = 2 * j - (x * S::stride_w - S::pad_left);
          if (t < -1 || t >= S::k_w) continue;
          if (S::pairs == TapPairs::kEven) {
            sum = multiply_add_pairs(row[j], tap[t / 2], sum);
          } else if (S::pairs == TapPairs::kOdd) {
            sum = multiply_add_pairs(row[j], tap[(t + 1) / 2], sum);
          } else if (t == -1) {
            sum = wrap_add(sum, high_of(row[j]) * low_of(tap[0]));
          } else if (S::k_w == 1) {
            sum = wrap_add(sum, low_of(row[j]) * low_of(tap[0]));
          } else if (t == S::k_w - 1) {
            sum = wrap_add(sum, low_of(row[j]) * high_of(tap[(S::k_w % 2 != 0 ? S::tap_words : S::even_words) - 1]));
          } else {
            sum = multiply_add_pairs(row[j], tap[(t % 2 != 0 ? S::even_words : 0) + t / 2], sum);
          }
        }
      }
      if (S::shift != 0) {
        const auto scaled = static_cast<int32_t>((static_cast<int64_t>(sum) * scaling[1]) >> 32);
        out[x * S::step] = static_cast<int8_t>(clamp<int32_t>(scaled >> S::shift, -128, 127));
      } else {
        const int32_t offset = shift_left(2 * S::zero_point + 1, scaling[2] - 1);
        const int32_t scaled = wrap_add(multiply_high_add(sum, scaling[1], offset), sum >> 31);
        out[x * S::step] = static_cast<int8_t>(clamp<int32_t>(scaled >> scaling[2], S::low, S::high));
      }
    }
  }
}

#endif

/// A row of k_w taps, as slide_pairs takes them: weights times 256, or times 2. Reads 8 bytes.
template <int32_t kWidth, TapPairs kPairs, bool kFitted>
MOTE_INLINE void unpack_tap_pairs(const int8_t* weights, uint32_t* to) {
  constexpr uint32_t kMask = kWidth % 4 == 0 ? ~0U : (1U << (8 * (kWidth % 4))) - 1;
  constexpr uint32_t kTop = 0xFF00FF00U;
  // Taps 0 2, 1 3, 4 6, 5 7.
  uint32_t halves[5] = {0, 0, 0, 0, 0};
  for (int32_t i = 0; i < (kWidth > 4 ? 2 : 1); ++i) {
    const uint32_t bytes = load_4(weights + 4 * i) & (i == (kWidth - 1) / 4 ? kMask : ~0U);
    halves[2 * i] = kFitted ? (bytes << 8) & kTop : add_pairs(widen_even(bytes), widen_even(bytes));
    halves[2 * i + 1] = kFitted ? bytes & kTop : add_pairs(widen_odd(bytes), widen_odd(bytes));
  }
  const uint32_t even[4] = {join_low(halves[0], halves[1]), join_high(halves[0], halves[1]), join_low(halves[2], halves[3]),
                            join_high(halves[2], halves[3])};
  // From taps 1 and 2 on.
  const uint32_t odd[4] = {(halves[1] & 0xFFFFU) | (halves[0] & 0xFFFF0000U), (halves[1] >> 16) | (halves[2] << 16),
                           (halves[3] & 0xFFFFU) | (halves[2] & 0xFFFF0000U), halves[3] >> 16};
  constexpr int32_t kCount = tap_pair_words(kWidth, kPairs);
  constexpr int32_t kEven = kPairs == TapPairs::kEven ? kCount : (kPairs == TapPairs::kOdd ? 0 : larger<int32_t>(kWidth / 2, 1));
#pragma GCC unroll 8
  for (int32_t i = 0; i < kEven; ++i) to[i] = even[i];
  if constexpr (kPairs == TapPairs::kOdd) to[0] = halves[0] << 16;
#pragma GCC unroll 8
  for (int32_t i = kPairs == TapPairs::kOdd ? 1 : kEven; i < kCount; ++i) to[i] = odd[i - (kPairs == TapPairs::kOdd ? 1 : kEven)];
}

/// Weights [channel][k_h][k_w], 8 bytes more. Scaling per channel: for fitted thresholds (scale_shift > 0) 256 times the bias
/// plus what they want, multiplier; else doubled bias, multiplier, shift 1 to 31, exact where every doubled sum and every offset
/// stays within int32. L::chunk rows of outputs are made at a time; `scratch` holds the rows they are made from, then unpacked
/// weights. With L::split rows of taps are parts of one row, L::tap_pitch words apart. `out` may be `in` where no row of outputs
/// reaches beyond the rows read for it. Every output row has a row of taps inside the image.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_row_slide(const int8_t* in, const int8_t* weights, const int32_t* scaling, int8_t* out,
                                             uint8_t* scratch) {
  using S = RowSlideSizes<L::out_w, L::stride_w, L::pad_left, L::k_w, L::k_h, L::channel_words, L::tap_pitch, L::in_c,
                          L::scale_shift, L::output_zero_point, L::clamp_min, L::clamp_max>;
  constexpr int32_t kRead = smaller<int32_t>(L::in_c, 4);
  constexpr int32_t kReach = L::split ? 1 : (L::k_h - 1) * L::dilation_h + 1;
  constexpr int32_t kRowWords = 4 * L::channel_words;
  uint32_t* const held = reinterpret_cast<uint32_t*>(scratch);
  uint32_t* const taps = held + ((L::chunk - 1) * L::stride_h + kReach) * kRowWords;
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c, out += L::out_h * L::out_w * L::in_c) {
    for (int32_t c = 0; c < L::in_c; c += 4) {
      // The last group reads four channels too, and skips those that it shares with the group before.
      const int32_t begin = L::in_c >= 4 ? smaller<int32_t>(c, L::in_c - 4) : 0;
      const int32_t skipped = c - begin;
      const int32_t channels = smaller<int32_t>(L::in_c - c, 4);
      const int8_t* from = weights + c * L::k_h * L::k_w;
      for (int32_t i = 0; i < channels * L::k_h; ++i, from += L::k_w)
        unpack_tap_pairs<L::k_w, S::pairs, L::scale_shift != 0>(from, taps + i * S::tap_words);
      const RowSource source = {in + begin, L::in_h, L::in_w, L::in_c, L::input_zero_point};
      int32_t first = 0;  // row of the image that is held first
      int32_t have = 0;
      for (int32_t y = 0; y < L::out_h; y += L::chunk) {
        const int32_t rows = smaller<int32_t>(L::chunk, L::out_h - y);
        const int32_t need = larger<int32_t>(0, y * L::stride_h - L::pad_top);
        const int32_t end = smaller<int32_t>(L::in_h, (y + rows - 1) * L::stride_h - L::pad_top + kReach);
        if (need > first) {
          have = larger<int32_t>(0, have - (need - first));
          if (have > 0)
            memmove(held, held + (need - first) * kRowWords, sizeof(uint32_t) * static_cast<size_t>(have * kRowWords));
          first = need;
        }
        for (; first + have < end; ++have) read_row<kRead>(source, first + have, 0, L::channel_words, held + have * kRowWords);
        int8_t* to = out + y * L::out_w * L::in_c + c;
        for (int32_t i = 0; i < rows; ++i, to += L::out_w * L::in_c) {
          const int32_t top = (y + i) * L::stride_h - L::pad_top;
          const int32_t before = L::split || top >= 0 ? 0 : (-top + L::dilation_h - 1) / L::dilation_h;
          const int32_t behind =
              L::split ? L::k_h : smaller<int32_t>(L::k_h, (L::in_h - top + L::dilation_h - 1) / L::dilation_h);
          slide_pairs<S>(held + (top + before * L::dilation_h - first) * kRowWords + skipped * L::channel_words,
                         taps + before * S::tap_words, to, behind - before, scaling + c * S::scaling_words, channels);
        }
      }
    }
  }
}

}  // namespace mote
