#pragma once

#include "mote/channel_rows.hpp"

namespace mote {

// DEPTHWISE_CONV_2D of int8, 3x3, depth multiplier 1, stride 1 or 2 along each axis, at most one column of padding at each side,
// any rows of padding. Four channels at a time are turned into rows of their own: a word holds two rows of one column, so that
// one instruction multiplies two taps; then a window slides along each row with its weights in registers.

/// One channel's weights and scaling as `slide_3x3` takes them: doubled weights as halfwords, then doubled bias, multiplier and
/// what is added before the last shift. `last` also holds the shift, in its low byte.
struct Taps3x3 {
  uint32_t pairs[3];  ///< by column
  uint32_t singles;   ///< columns 0 and 1
  uint32_t last;      ///< column 2 in the high half
  int32_t bias, multiplier, offset;
};

/// Sizes of a slide, all compile-time constants. `pitch`: bytes between pairs of rows; `step`: bytes between outputs.
template <int32_t OutW, int32_t StrideW, bool PadsLeft, bool PadsRight, int32_t Pitch, int32_t Step, int32_t RowGap, int32_t Low,
          int32_t High>
struct Slide3x3 {
  static constexpr int32_t out_w = OutW, stride_w = StrideW, pitch = Pitch, step = Step, row_gap = RowGap, low = Low, high = High;
  static constexpr bool pads_left = PadsLeft, pads_right = PadsRight;
  static constexpr int32_t columns = (OutW - 1) * StrideW + 3;
  static constexpr int32_t loads = columns - (PadsLeft ? 1 : 0) - (PadsRight ? 1 : 0);
  // Columns (at stride 2: outputs) that are all alike: in a loop of `turns` times `group`, then `rest`.
  static constexpr int32_t alike = larger<int32_t>(StrideW == 1 ? OutW - 2 : OutW - 1, 0);
  static constexpr int32_t group = StrideW == 1 ? (OutW <= 8 ? alike + 3 : (OutW >= 20 ? 6 : 3)) : (OutW <= 4 ? alike + 1 : 3);
  static constexpr int32_t turns = alike / group;
  static constexpr int32_t rest = alike % group;
};

#if MOTE_DSP

/// `rows` output rows of each of `channels` channels. A channel's pairs of rows begin at `pairs`, `pitch / 4` bytes after those
/// of the channel before; outputs of a row are `step` bytes apart, rows `row_gap` bytes after the end of the row before. Odd:
/// rows that begin with the second row of a pair.
///
/// r3-r5 pairs, r6 singles, r7 third single | turns left << 8 | shift, r8 bias, r9 multiplier, r10 offset, r12 second word. A
/// column finishes the sum in \p, continues \q and begins one in \a, the register of the column's first word; then the roles
/// rotate.
template <class S, bool Odd>
MOTE_ASSEMBLY void slide_3x3(const uint32_t* /*pairs*/, const Taps3x3* /*taps*/, int8_t* /*out*/, int32_t /*rows*/,
                             int32_t /*channels*/) {
  __asm__ volatile(
      R"(
  .macro taps%= acc, a, k, from
  .if %c[odd]
    .if \k == 0
      smlatb \acc, \a, r6, \from
    .elseif \k == 1
      smlatt \acc, \a, r6, \from
    .else
      smlatt \acc, \a, r7, \from
    .endif
    .if \k == 0
      smladx \acc, r12, r3, \acc
    .elseif \k == 1
      smladx \acc, r12, r4, \acc
    .else
      smladx \acc, r12, r5, \acc
    .endif
  .else
    .if \k == 0
      smlad \acc, \a, r3, \from
      smlabb \acc, r12, r6, \acc
    .elseif \k == 1
      smlad \acc, \a, r4, \from
      smlabt \acc, r12, r6, \acc
    .else
      smlad \acc, \a, r5, \from
      smlabt \acc, r12, r7, \acc
    .endif
  .endif
  .endm
  .macro load%= a
    ldr \a, [r0], #4
    ldr r12, [r0, #%c[pitch]-4]
  .endm
  .macro store%= acc, t
    smmlar \t, \acc, r9, r10
    add \t, \t, \acc, asr #31
    asr \t, \t, r7
    .if %c[low] == -128 && %c[high] == 127
      ssat \t, #8, \t
    .else
      cmp \t, #%c[low]
      it lt
      movlt \t, #%c[low]
      cmp \t, #%c[high]
      it gt
      movgt \t, #%c[high]
    .endif
    .if %c[step] <= 255
      strb \t, [r2], #%c[step]
    .else
      strb \t, [r2]
      addw r2, r2, #%c[step]
    .endif
  .endm
  .macro column%= p, q, a
    load%= \a
    taps%= \p, \a, 2, \p
    taps%= \q, \a, 1, \q
    taps%= \a, \a, 0, r8
    store%= \p, r12
  .endm
  .macro column_without_begin%= p, q, a
    load%= \a
    taps%= \p, \a, 2, \p
    taps%= \q, \a, 1, \q
    store%= \p, r12
  .endm
  .macro last_column%= p, a
    .if !%c[right]
      load%= \a
      taps%= \p, \a, 2, \p
    .endif
    store%= \p, r12
  .endm
  .macro output%=
    load%= r11
    taps%= r1, r11, 2, r1
    store%= r1, lr
    taps%= r1, r11, 0, r8
    load%= r11
    taps%= r1, r11, 1, r1
  .endm

  push {r4-r11, lr}
  ldr r12, [sp, #36]
  push {r0, r1, r2, r3, r11, r12}
0:
  .if %c[turns]
    str r3, [sp, #16]
    ldm r1!, {r3-r10}
  .else
    mov r12, r3
    ldm r1!, {r3-r10}
    orr r7, r7, r12, lsl #8
  .endif
  str r1, [sp, #4]
1:
  .if !%c[left]
    load%= r11
    .if %c[stride] == 1
      taps%= r11, r11, 0, r8
    .else
      taps%= r1, r11, 0, r8
    .endif
  .endif
  .if %c[stride] == 1
    load%= r1
    .if %c[left]
      taps%= r11, r1, 1, r8
    .else
      taps%= r11, r1, 1, r11
    .endif
    .if %c[out_w] > 1
      taps%= r1, r1, 0, r8
    .endif
    .if %c[turns]
      orr r7, r7, #%c[turns] << 8
2:
      .rept %c[group] / 3
        column%= r11, r1, lr
        column%= r1, lr, r11
        column%= lr, r11, r1
      .endr
      sub r7, r7, #256
      tst r7, #0xFF00
      bne 2b
    .endif
    .set LEFT_OVER%=, %c[rest]
    .rept (%c[rest] + 2) / 3
      column%= r11, r1, lr
      .if LEFT_OVER%= > 1
        column%= r1, lr, r11
      .endif
      .if LEFT_OVER%= > 2
        column%= lr, r11, r1
      .endif
      .set LEFT_OVER%=, LEFT_OVER%= - 3
    .endr
    .if %c[out_w] == 1
      last_column%= r11, lr
    .elseif %c[rest] %% 3 == 0
      column_without_begin%= r11, r1, lr
      last_column%= r1, lr
    .elseif %c[rest] %% 3 == 1
      column_without_begin%= r1, lr, r11
      last_column%= lr, r11
    .else
      column_without_begin%= lr, r11, r1
      last_column%= r11, r1
    .endif
  .else
    load%= r11
    .if %c[left]
      taps%= r1, r11, 1, r8
    .else
      taps%= r1, r11, 1, r1
    .endif
    .if %c[turns]
      orr r7, r7, #%c[turns] << 8
2:
      .rept %c[group]
        output%=
      .endr
      sub r7, r7, #256
      tst r7, #0xFF00
      bne 2b
    .endif
    .rept %c[rest]
      output%=
    .endr
    last_column%= r1, r11
  .endif
  .if %c[pitch] - 4 * %c[loads]
    addw r0, r0, #%c[pitch] - 4 * %c[loads]
  .endif
  .if %c[gap] > 4095
    movw r12, #%c[gap] & 0xFFFF
    .if %c[gap] > 0xFFFF
      movt r12, #%c[gap] >> 16
    .endif
    add r2, r2, r12
  .elseif %c[gap]
    addw r2, r2, #%c[gap]
  .endif
  .if %c[turns]
    ldr r12, [sp, #16]
    subs r12, r12, #1
    str r12, [sp, #16]
  .else
    sub r7, r7, #256
    tst r7, #0xFF00
  .endif
  bne 1b
  ldr r0, [sp]
  ldr r1, [sp, #4]
  ldr r2, [sp, #8]
  ldr r3, [sp, #12]
  ldr r12, [sp, #20]
  add r0, r0, #%c[pitch] / 4
  add r2, r2, #1
  str r0, [sp]
  str r2, [sp, #8]
  subs r12, r12, #1
  str r12, [sp, #20]
  bne 0b
  add sp, sp, #24
  pop {r4-r11, pc}
  .purgem taps%=
  .purgem load%=
  .purgem store%=
  .purgem column%=
  .purgem column_without_begin%=
  .purgem last_column%=
  .purgem output%=
)" ::[odd] "i"(Odd ? 1 : 0),
      [stride] "i"(S::stride_w), [left] "i"(S::pads_left ? 1 : 0), [right] "i"(S::pads_right ? 1 : 0), [out_w] "i"(S::out_w),
      [pitch] "i"(S::pitch), [step] "i"(S::step), [gap] "i"(S::row_gap), [loads] "i"(S::loads), [low] "i"(S::low),
      [high] "i"(S::high), [group] "i"(S::group), [turns] "i"(S::turns), [rest] "i"(S::rest));
}

#else

template <class S, bool Odd>
MOTE_KERNEL void slide_3x3(const uint32_t* pairs, const Taps3x3* taps, int8_t* out, int32_t rows, int32_t channels) {
  for (int32_t c = 0; c < channels; ++c, ++taps, ++out, pairs += S::pitch / 16) {
    int8_t* to = out;
    for (int32_t y = 0; y < rows; ++y, to += S::row_gap) {
      for (int32_t x = 0; x < S::out_w; ++x, to += S::step) {
        int32_t sum = taps->bias;
        for (int32_t k = 0; k < 3; ++k) {
          const int32_t column = x * S::stride_w + k - (S::pads_left ? 1 : 0);
          if (column < 0 || column >= S::loads) continue;
          const uint32_t* const words = pairs + y * (S::pitch / 4) + column;
          const uint32_t pair = Odd ? words[S::pitch / 4] : words[0];
          const int32_t single = Odd ? high_of(words[0]) : low_of(words[S::pitch / 4]);
          const int32_t third = k == 0 ? low_of(taps->singles) : high_of(k == 1 ? taps->singles : taps->last);
          sum = multiply_add_pairs(Odd ? (pair << 16) | (pair >> 16) : pair, taps->pairs[k], sum);
          sum = wrap_add(sum, single * third);
        }
        const int32_t scaled = wrap_add(multiply_high_add(sum, taps->multiplier, taps->offset), sum >> 31);
        *to = static_cast<int8_t>(clamp<int32_t>(scaled >> (taps->last & 0xFFU), S::low, S::high));
      }
    }
  }
}

#endif

/// Makes a channel's taps from its weights, for windows that begin with the first and with the second row of a pair. Bytes of the
/// weights, by row and column: 00 01 10 11, 02 20 12 21, 22 and the shift; `scaling`: doubled bias, multiplier.
MOTE_FUNCTION void unpack_taps(const int8_t* weights, const int32_t* scaling, int32_t output_zero_point, Taps3x3* even,
                               Taps3x3* odd) {
  const uint32_t word0 = load_4(weights);
  const uint32_t word1 = load_4(weights + 4);
  const uint32_t shift = static_cast<uint8_t>(weights[9]);
  const auto twice = [](uint32_t pair) { return add_pairs(pair, pair); };
  even->pairs[0] = twice(widen_even(word0));
  even->pairs[1] = twice(widen_odd(word0));
  even->pairs[2] = twice(widen_even(word1));
  even->singles = twice(widen_odd(word1));
  even->last = (static_cast<uint32_t>(weights[8]) << 17) | shift;
  even->bias = scaling[0];
  even->multiplier = scaling[1];
  even->offset = shift_left(2 * output_zero_point + 1, static_cast<int>(shift) - 1);
  if (odd == nullptr) return;
  odd->pairs[0] = (even->singles & 0xFFFFU) | (even->pairs[0] & 0xFFFF0000U);
  odd->pairs[1] = (even->singles >> 16) | (even->pairs[1] & 0xFFFF0000U);
  odd->pairs[2] = (even->last >> 16) | (even->pairs[2] & 0xFFFF0000U);
  odd->singles = (even->pairs[0] & 0xFFFFU) | (even->pairs[1] << 16);
  odd->last = (even->pairs[2] << 16) | shift;
  odd->bias = even->bias;
  odd->multiplier = even->multiplier;
  odd->offset = even->offset;
}

/// `scratch`: L::chunk + 1 pairs of rows, 16 * in_w bytes each. `out` may be `in` where no row of outputs reaches beyond the rows
/// read for it. Exact where every doubled sum and every offset stays within int32 and every shift is 1 to 31.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_3x3(const int8_t* in, const int8_t* weights, const int32_t* scaling, int8_t* out,
                                       uint8_t* scratch) {
  using Slide = Slide3x3<L::out_w, L::stride_w, L::pad_left == 1, ((L::out_w - 1) * L::stride_w + 3 - L::pad_left > L::in_w),
                         16 * L::in_w, L::in_c, (L::stride_h == 1 ? L::out_w * L::in_c : 0), L::clamp_min, L::clamp_max>;
  constexpr int32_t kUnits = L::stride_h == 1 ? (L::out_h + 1) / 2 : L::out_h;  // each begins at a pair of rows
  constexpr int32_t kPairWords = 4 * L::in_w;
  constexpr int32_t kOutRow = L::out_w * L::in_c;
  constexpr int32_t kRead = smaller<int32_t>(L::in_c, 4);
  uint32_t* const pairs = reinterpret_cast<uint32_t*>(scratch);
  const PairShape shape = {L::in_c, pair_of(-L::input_zero_point, -L::input_zero_point), L::in_w, L::in_w * L::in_c, 4 * L::in_w};
  Taps3x3 taps[2][4];
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c, out += L::out_h * kOutRow) {
    for (int32_t c = 0; c < L::in_c; c += 4) {
      // The last group reads four channels too, and skips those that it shares with the group before.
      const int32_t begin = L::in_c >= 4 ? smaller<int32_t>(c, L::in_c - 4) : 0;
      const int32_t skipped = c - begin;
      const int32_t channels = smaller<int32_t>(L::in_c - c, 4);
      for (int32_t i = 0; i < channels; ++i)
        unpack_taps(weights + 12 * (c + i), scaling + 2 * (c + i), L::output_zero_point, &taps[0][i],
                    L::stride_h == 1 ? &taps[1][i] : nullptr);
      const RowSource source = {in + begin, L::in_h, L::in_w, L::in_c, L::input_zero_point};
      int8_t* to = out + c;
      pair_rows<kRead>(source, shape, -L::pad_top, 1, pairs);
      for (int32_t unit = 0; unit < kUnits; unit += L::chunk) {
        const int32_t count = smaller<int32_t>(L::chunk, kUnits - unit);
        pair_rows<kRead>(source, shape, 2 * (unit + 1) - L::pad_top, count, pairs + kPairWords);
        const uint32_t* const from = pairs + skipped * L::in_w;
        slide_3x3<Slide, false>(from, taps[0], to, count, channels);
        if constexpr (L::stride_h == 1) {
          const int32_t odd_rows = smaller<int32_t>(count, L::out_h / 2 - unit);
          if (odd_rows > 0) slide_3x3<Slide, true>(from, taps[1], to + kOutRow, odd_rows, channels);
        }
        to += (L::stride_h == 1 ? 2 : 1) * kOutRow * count;
        if (unit + count < kUnits) memcpy(pairs, pairs + count * kPairWords, sizeof(uint32_t) * kPairWords);
      }
    }
  }
}

}  // namespace mote
