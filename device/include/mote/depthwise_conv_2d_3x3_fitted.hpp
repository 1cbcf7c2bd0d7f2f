#pragma once

#include "mote/channel_rows.hpp"

namespace mote {

// DEPTHWISE_CONV_2D as depthwise_conv_2d_3x3, requantized by fitted thresholds in two instructions and with the weights of a
// channel unpacked in registers, for outputs of the whole range of int8.

/// Sizes of a slide, all compile-time constants. `pitch`: bytes between pairs of rows; `step`: bytes between outputs of a row;
/// `row_gap`: bytes from behind a row to the next one that begins with the same row of a pair.
template <int32_t OutW, int32_t StrideH, int32_t StrideW, bool PadsLeft, bool PadsRight, int32_t InW, int32_t Step, int32_t Shift>
struct FittedSlide {
  static constexpr int32_t out_w = OutW, stride_h = StrideH, stride_w = StrideW, step = Step, shift = Shift, pitch = 16 * InW;
  static constexpr bool pads_left = PadsLeft, pads_right = PadsRight;
  static constexpr int32_t row = OutW * Step, row_gap = StrideH == 1 ? row : 0;
  static constexpr int32_t loads = (OutW - 1) * StrideW + 3 - (PadsLeft ? 1 : 0) - (PadsRight ? 1 : 0);
  // Columns (at stride 2: outputs) that are all alike: in a loop of `turns` times `group`, then `rest`.
  static constexpr int32_t alike = larger<int32_t>(StrideW == 1 ? OutW - 2 : OutW - 1, 0);
  static constexpr bool loops = alike > 12;
  static constexpr int32_t better(int32_t a, int32_t b) { return alike % b < alike % a ? b : a; }
  static constexpr int32_t group = !loops ? alike + 2 : (StrideW == 1 ? better(better(12, 10), 8) : better(better(11, 9), 8));
  static constexpr int32_t turns = alike / group;
  static constexpr int32_t rest = alike % group;
};

#if MOTE_DSP

/// `rows` output rows of each of `channels` channels, and as many as `odd_rows` says of those between them, that begin with the
/// second row of a pair. A channel's pairs of rows begin at `pairs`, `pitch / 4` bytes after those of the channel before.
///
/// r3-r5 pairs, r6 singles, r7 third single | rows left << 8 | turns left, r8 bias, r9 multiplier; at stride 1 lr
/// turns left, or rows if there are no turns. Sums of even outputs are in r1,
/// of odd ones in r10: the first finishes where the second continues. At stride 2 there is one sum and two columns at once.
template <class S>
MOTE_ASSEMBLY void slide_3x3_fitted(const uint32_t* /*pairs*/, const int32_t* /*taps*/, int8_t* /*out*/, int32_t /*rows*/,
                                    int32_t /*odd_rows*/, int32_t /*channels*/) {
  __asm__ volatile(
      R"(
  .macro taps%= acc, k, from, a=r11, b=r12
  .if ODD%=
    .if \k == 0
      smlatb \acc, \a, r6, \from
      smladx \acc, \b, r3, \acc
    .elseif \k == 1
      smlatt \acc, \a, r6, \from
      smladx \acc, \b, r4, \acc
    .else
      smlatt \acc, \a, r7, \from
      smladx \acc, \b, r5, \acc
    .endif
  .else
    .if \k == 0
      smlad \acc, \a, r3, \from
      smlabb \acc, \b, r6, \acc
    .elseif \k == 1
      smlad \acc, \a, r4, \from
      smlabt \acc, \b, r6, \acc
    .else
      smlad \acc, \a, r5, \from
      smlabt \acc, \b, r7, \acc
    .endif
  .endif
  .endm
  .macro load%=
    ldr r11, [r0], #4
    ldr r12, [r0, #%c[pitch]-4]
  .endm
  .macro flush%=
    .if OUT%= > 4095
      addw r2, r2, #4095
      .set OUT%=, OUT%=-4095
    .endif
    .if OUT%=
      addw r2, r2, #OUT%=
    .endif
    .set OUT%=, 0
  .endm
  .macro store%= acc
    smmul \acc, \acc, r9
    ssat \acc, #8, \acc, asr #%c[shift]
    .if %c[step] <= 255
      strb \acc, [r2], #%c[step]
    .else
      .if OUT%= > 4095
        flush%=
      .endif
      strb \acc, [r2, #OUT%=]
      .set OUT%=, OUT%=+%c[step]
    .endif
  .endm
  .macro column%= p, q
    load%=
    taps%= \p, 2, \p
    taps%= \q, 1, \q
    store%= \p
    taps%= \p, 0, r8
  .endm
  .macro columns%= count
    .rept (\count) / 2
      column%= r1, r10
      column%= r10, r1
    .endr
    .if (\count) %% 2
      column%= r1, r10
    .endif
  .endm
  .macro last_columns%= p, q
    .if %c[out_w] > 1
      load%=
      taps%= \p, 2, \p
      taps%= \q, 1, \q
      store%= \p
    .endif
    .if !%c[right]
      load%=
      taps%= \q, 2, \q
    .endif
    store%= \q
  .endm
  .macro outputs%= count
    .rept \count
      ldr r10, [r0], #8
      ldr r11, [r0, #-4]
      ldr r12, [r0, #%c[pitch]-8]
      ldr lr, [r0, #%c[pitch]-4]
      taps%= r1, 1, r1, r10, r12
      taps%= r1, 2, r1, r11, lr
      store%= r1
      taps%= r1, 0, r8, r11, lr
    .endr
  .endm
  .macro rows%=
1:
  .set OUT%=, 0
  .if %c[turns]
    .if %c[stride] == 1
      mov lr, #%c[turns]
    .else
      orr r7, r7, #%c[turns]
    .endif
  .endif
  .if %c[stride] == 1
    .if !%c[left]
      load%=
      taps%= r1, 0, r8
    .endif
    load%=
    .if %c[left]
      taps%= r1, 1, r8
    .else
      taps%= r1, 1, r1
    .endif
    .if %c[out_w] > 1
      taps%= r10, 0, r8
    .endif
  .elseif %c[left]
    mov r1, r8
  .else
    load%=
    taps%= r1, 0, r8
  .endif
  .if %c[turns]
2:
    .if %c[stride] == 1
      columns%= %c[group]
      flush%=
      subs lr, lr, #1
    .else
      outputs%= %c[group]
      flush%=
      sub r7, r7, #1
      tst r7, #0xFF
    .endif
    bne 2b
  .endif
  .if %c[stride] == 1
    columns%= %c[rest]
    .if %c[out_w] == 1
      last_columns%= r10, r1
    .elseif %c[rest] %% 2
      last_columns%= r10, r1
    .else
      last_columns%= r1, r10
    .endif
  .else
    outputs%= %c[rest]
    load%=
    taps%= r1, 1, r1
    .if !%c[right]
      load%=
      taps%= r1, 2, r1
    .endif
    store%= r1
  .endif
  .if %c[pitch] - 4 * %c[loads]
    addw r0, r0, #%c[pitch] - 4 * %c[loads]
  .endif
  .if OUT%= + %c[gap] > 4095
    flush%=
    movw r12, #%c[gap] & 0xFFFF
    .if %c[gap] > 0xFFFF
      movt r12, #%c[gap] >> 16
    .endif
    add r2, r2, r12
  .elseif OUT%= + %c[gap]
    addw r2, r2, #OUT%= + %c[gap]
  .endif
  .if %c[stride] == 1 && %c[turns] == 0
    subs lr, lr, #1
  .else
    sub r7, r7, #256
    tst r7, #0xFF00
  .endif
  bne 1b
  .endm

  push {r4-r11, lr}
  ldrd r4, r5, [sp, #36]
  push {r0-r5}
0:
  ldm r1!, {r4, r6, r7, r8, r9}
  str r1, [sp, #4]
  lsl r7, r7, #24
  .if %c[stride] == 1 && %c[turns] == 0
    mov lr, r3
  .else
    orr r7, r7, r3, lsl #8
  .endif
  lsl r3, r4, #8
  lsl r5, r6, #8
  and r3, r3, #0xFF00FF00
  and r4, r4, #0xFF00FF00
  and r5, r5, #0xFF00FF00
  and r6, r6, #0xFF00FF00
  .set ODD%=, 0
  rows%=
  ldr r0, [sp]
  ldr r2, [sp, #8]
  .if %c[stride_h] == 1
    ldr r12, [sp, #16]
    cmp r12, #0
    beq 3f
    movw r1, #%c[row] & 0xFFFF
    .if %c[row] > 0xFFFF
      movt r1, #%c[row] >> 16
    .endif
    add r2, r2, r1
    pkhbt r1, r3, r4, lsl #16
    lsl r10, r5, #16
    pkhbt r3, r6, r3
    pkhtb r4, r4, r6, asr #16
    pkhtb r5, r5, r7, asr #16
    mov r6, r1
    .if %c[stride] == 1 && %c[turns] == 0
      mov r7, r10
      mov lr, r12
    .else
      orr r7, r10, r12, lsl #8
    .endif
    .set ODD%=, 1
    rows%=
3:
    ldr r0, [sp]
    ldr r2, [sp, #8]
  .endif
  ldr r1, [sp, #4]
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
  .purgem flush%=
  .purgem store%=
  .purgem column%=
  .purgem columns%=
  .purgem last_columns%=
  .purgem outputs%=
  .purgem rows%=
)" ::[stride] "i"(S::stride_w),
      [stride_h] "i"(S::stride_h), [left] "i"(S::pads_left ? 1 : 0), [right] "i"(S::pads_right ? 1 : 0), [out_w] "i"(S::out_w),
      [pitch] "i"(S::pitch), [step] "i"(S::step), [row] "i"(S::row), [gap] "i"(S::row_gap), [loads] "i"(S::loads),
      [shift] "i"(S::shift), [group] "i"(S::group), [turns] "i"(S::turns), [rest] "i"(S::rest));
}

#else

template <class S>
MOTE_KERNEL void slide_3x3_fitted(const uint32_t* pairs, const int32_t* taps, int8_t* out, int32_t rows, int32_t odd_rows,
                                  int32_t channels) {
  for (int32_t c = 0; c < channels; ++c, taps += 5, ++out, pairs += S::pitch / 16) {
    int32_t weights[3][3];
    constexpr int kRow[9] = {0, 0, 1, 1, 0, 2, 1, 2, 2};
    constexpr int kColumn[9] = {0, 1, 0, 1, 2, 0, 2, 1, 2};
    for (int i = 0; i < 9; ++i) weights[kRow[i]][kColumn[i]] = byte_of(static_cast<uint32_t>(taps[i / 4]), i % 4) * 256;
    for (int32_t odd = 0; odd < 2; ++odd) {
      int8_t* to = out + (odd != 0 ? S::row : 0);
      for (int32_t y = 0; y < (odd != 0 ? odd_rows : rows); ++y, to += S::row_gap) {
        for (int32_t x = 0; x < S::out_w; ++x, to += S::step) {
          int32_t sum = taps[3];
          for (int32_t i = 0; i < 9; ++i) {
            const int32_t column = x * S::stride_w + i % 3 - (S::pads_left ? 1 : 0);
            if (column < 0 || column >= S::loads) continue;
            const int32_t row = i / 3 + odd;
            const uint32_t pair = pairs[(y + row / 2) * (S::pitch / 4) + column];
            sum = wrap_add(sum, (row % 2 != 0 ? high_of(pair) : low_of(pair)) * weights[i / 3][i % 3]);
          }
          const auto scaled = static_cast<int32_t>((static_cast<int64_t>(sum) * taps[4]) >> 32);
          *to = static_cast<int8_t>(clamp<int32_t>(scaled >> S::shift, -128, 127));
        }
      }
    }
  }
}

#endif

/// `taps`: five words for each channel: weights by row and column as bytes, 00 01 10 11, 02 20 12 21, 22; 256 times the bias plus
/// what the thresholds want; multiplier. Outputs are saturate(high(sum * multiplier) >> L::scale_shift). `scratch`: L::chunk + 1
/// pairs of rows, 16 * in_w bytes each. `out` may be `in` where no row of outputs reaches beyond the rows read for it.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_3x3_fitted(const int8_t* in, const int32_t* taps, int8_t* out, uint8_t* scratch) {
  using Slide = FittedSlide<L::out_w, L::stride_h, L::stride_w, L::pad_left == 1,
                            ((L::out_w - 1) * L::stride_w + 3 - L::pad_left > L::in_w), L::in_w, L::in_c, L::scale_shift>;
  constexpr int32_t kUnits = L::stride_h == 1 ? (L::out_h + 1) / 2 : L::out_h;  // each begins at a pair of rows
  constexpr int32_t kPairWords = 4 * L::in_w;
  constexpr int32_t kOutRow = L::out_w * L::in_c;
  constexpr int32_t kRead = smaller<int32_t>(L::in_c, 4);
  uint32_t* const pairs = reinterpret_cast<uint32_t*>(scratch);
  const PairShape shape = {L::in_c, pair_of(-L::input_zero_point, -L::input_zero_point), L::in_w, L::in_w * L::in_c, 4 * L::in_w};
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c, out += L::out_h * kOutRow) {
    for (int32_t c = 0; c < L::in_c; c += 4) {
      // The last group reads four channels too, and skips those that it shares with the group before.
      const int32_t begin = L::in_c >= 4 ? smaller<int32_t>(c, L::in_c - 4) : 0;
      const int32_t skipped = c - begin;
      const int32_t channels = smaller<int32_t>(L::in_c - c, 4);
      const RowSource source = {in + begin, L::in_h, L::in_w, L::in_c, L::input_zero_point};
      int8_t* to = out + c;
      pair_rows<kRead>(source, shape, -L::pad_top, 1, pairs);
      for (int32_t unit = 0; unit < kUnits; unit += L::chunk) {
        const int32_t count = smaller<int32_t>(L::chunk, kUnits - unit);
        pair_rows<kRead>(source, shape, 2 * (unit + 1) - L::pad_top, count, pairs + kPairWords);
        const int32_t odd_rows = L::stride_h == 1 ? smaller<int32_t>(count, L::out_h / 2 - unit) : 0;
        slide_3x3_fitted<Slide>(pairs + skipped * L::in_w, taps + 5 * c, to, count, odd_rows, channels);
        to += (L::stride_h == 1 ? 2 : 1) * kOutRow * count;
        if (unit + count < kUnits) memcpy(pairs, pairs + count * kPairWords, sizeof(uint32_t) * kPairWords);
      }
    }
  }
}

}  // namespace mote
