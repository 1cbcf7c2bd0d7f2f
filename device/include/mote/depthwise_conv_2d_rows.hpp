#pragma once

#include "mote/channel_rows.hpp"

namespace mote {

// DEPTHWISE_CONV_2D of int8 with any kernel, depth multiplier 1, stride 1 or 2 along x. Four channels at a time are turned into
// rows of their own, padding included, a word holds two neighbours. Four outputs are summed at once. At stride 1 the weights of
// outputs with an odd x are moved by one, with a 0 in front, so that all read the same words.

/// One channel's scaling: doubled bias, multiplier, what is added before the last shift, the shift.
struct RowScaling {
  int32_t bias, multiplier, offset, shift;
};

struct RowSlide {
  int32_t out_w, step;     ///< outputs of a row, bytes between them
  int32_t k_h, row_words;  ///< rows of weights, words from the inputs of one to those of the next
  int32_t low, high;       ///< of the output
};

/// Words of weights in a row of `k_w`, for one parity of x.
constexpr int32_t row_tap_words(int32_t k_w, int32_t stride_w) { return stride_w == 1 ? k_w / 2 + 1 : (k_w + 1) / 2; }

/// One row of outputs of one channel. `data` is read up to the next multiple of four outputs.
template <int32_t kWords, int32_t kStride>
MOTE_FUNCTION void slide_row(const RowSlide& slide, const uint32_t* data, const uint32_t* taps, const RowScaling& scaling,
                             int8_t* out) {
  for (int32_t left = slide.out_w; left > 0; left -= 4, data += 2 * kStride) {
    int32_t sums[4] = {scaling.bias, scaling.bias, scaling.bias, scaling.bias};
    const uint32_t* row = data;
    const uint32_t* tap = taps;
#pragma GCC unroll 1
    for (int32_t ky = slide.k_h; ky > 0; --ky, row += slide.row_words) {
      if constexpr (kStride == 1) {
        uint32_t first = row[0];
#pragma GCC unroll 8
        for (int32_t i = 0; i < kWords; ++i, tap += 2) {
          const uint32_t second = row[i + 1];
          sums[0] = multiply_add_pairs(first, tap[0], sums[0]);
          sums[1] = multiply_add_pairs(first, tap[1], sums[1]);
          sums[2] = multiply_add_pairs(second, tap[0], sums[2]);
          sums[3] = multiply_add_pairs(second, tap[1], sums[3]);
          first = second;
        }
      } else {
#pragma GCC unroll 8
        for (int32_t i = 0; i < kWords; ++i, ++tap) {
          sums[0] = multiply_add_pairs(row[i], tap[0], sums[0]);
          sums[1] = multiply_add_pairs(row[i + 1], tap[0], sums[1]);
          sums[2] = multiply_add_pairs(row[i + 2], tap[0], sums[2]);
          sums[3] = multiply_add_pairs(row[i + 3], tap[0], sums[3]);
        }
      }
    }
    const auto store = [&](int32_t sum) {
      const int32_t scaled = wrap_add(multiply_high_add(sum, scaling.multiplier, scaling.offset), sum >> 31) >> scaling.shift;
      *out = static_cast<int8_t>(clamp<int32_t>(scaled, slide.low, slide.high));
      out += slide.step;
    };
    store(sums[0]);
    if (left > 1) store(sums[1]);
    if (left > 2) store(sums[2]);
    if (left > 3) store(sums[3]);
  }
}

/// Row `row` of four channels, less the zero point, `words` words for each channel, the first `pad` values and those past the
/// image 0.
template <int32_t kRead>
MOTE_FUNCTION void read_row(const RowSource& from, int32_t row, int32_t pad, int32_t words, uint32_t* to) {
  if (row < 0 || row >= from.height) {
    memset(to, 0, static_cast<size_t>(words) * 16);
    return;
  }
  const uint32_t zeros = (static_cast<uint32_t>(from.zero_point) & 0xFFU) * 0x01010101U;
  const uint32_t minus_zero = pair_of(-from.zero_point, -from.zero_point);
  const int8_t* const begin = from.at + row * from.width * from.channels;
  for (int32_t i = 0, x = -pad; i < words; ++i, x += 2) {
#if MOTE_DSP
    const int32_t pairs = smaller((from.width - x) / 2, words - i);
    if (kRead == 4 && x >= 0 && pairs > 0) {
      const int8_t* const low = begin + x * from.channels;
      const PairShape shape = {2 * from.channels, minus_zero, pairs, 0, 4 * words};
      pair_channels<PairRows::kBoth>(low, low + from.channels, to + i, &shape, 1);
      i += pairs - 1, x += 2 * pairs - 2;
      continue;
    }
#endif
    const uint32_t low = x >= 0 && x < from.width ? load_channels<kRead>(begin + x * from.channels) : zeros;
    const uint32_t high = x + 1 >= 0 && x + 1 < from.width ? load_channels<kRead>(begin + (x + 1) * from.channels) : zeros;
    const uint32_t first = join_low(low, high);
    const uint32_t second = join_high(low, high);
    to[i] = widen_even_add(first, minus_zero);
    to[words + i] = widen_odd_add(first, minus_zero);
    to[2 * words + i] = widen_even_add(second, minus_zero);
    to[3 * words + i] = widen_odd_add(second, minus_zero);
  }
}

/// Doubled weights of one channel as slide_row wants them.
MOTE_FUNCTION void unpack_row_taps(const int8_t* weights, int32_t k_h, int32_t k_w, int32_t stride_w, uint32_t* taps) {
  for (; k_h > 0; --k_h) {
    int32_t before = 0;
    for (int32_t left = k_w; left > 0; left -= 2) {
      const int32_t first = 2 * *weights++;
      const int32_t second = left > 1 ? 2 * *weights++ : 0;
      *taps++ = pair_of(first, second);
      if (stride_w == 1) *taps++ = pair_of(before, first);
      before = second;
    }
    if (stride_w == 1 && k_w % 2 == 0) {
      *taps++ = 0;
      *taps++ = pair_of(before, 0);
    }
  }
}

/// Weights [channel][k_h][k_w]; scaling per channel: doubled bias, multiplier; shifts 1 to 31. L::chunk rows of outputs are made
/// at a time, `scratch` holds the rows they are made from, then unpacked weights. `out` may be `in` where no row of outputs
/// reaches beyond the rows read for it. Exact where every doubled sum and every offset stays within int32.
template <typename L>
MOTE_KERNEL void depthwise_conv_2d_rows(const int8_t* in, const int8_t* weights, const int32_t* scaling, const int8_t* shifts,
                                        int8_t* out, uint8_t* scratch) {
  constexpr int32_t kWords = row_tap_words(L::k_w, L::stride_w);
  constexpr int32_t kRead = smaller<int32_t>(L::in_c, 4);
  constexpr int32_t kReach = (L::k_h - 1) * L::dilation_h + 1;
  constexpr int32_t kRowWords = 4 * L::channel_words;
  constexpr int32_t kHeld = (L::chunk - 1) * L::stride_h + kReach;
  constexpr int32_t kTaps = kWords * L::k_h * (L::stride_w == 1 ? 2 : 1);
  constexpr RowSlide kSlide = {L::out_w, L::in_c, L::k_h, L::dilation_h * kRowWords, L::clamp_min, L::clamp_max};
  uint32_t* const held = reinterpret_cast<uint32_t*>(scratch);
  uint32_t* const taps = held + kHeld * kRowWords;
  RowScaling scale[4];
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * L::in_w * L::in_c, out += L::out_h * L::out_w * L::in_c) {
    for (int32_t c = 0; c < L::in_c; c += 4) {
      // The last group reads four channels too, and skips those that it shares with the group before.
      const int32_t begin = L::in_c >= 4 ? smaller<int32_t>(c, L::in_c - 4) : 0;
      const int32_t skipped = c - begin;
      const int32_t channels = smaller<int32_t>(L::in_c - c, 4);
      for (int32_t i = 0; i < channels; ++i) {
        const int shift = shifts[c + i];
        unpack_row_taps(weights + (c + i) * L::k_h * L::k_w, L::k_h, L::k_w, L::stride_w, taps + i * kTaps);
        scale[i] = {scaling[2 * (c + i)], scaling[2 * (c + i) + 1], shift_left(2 * L::output_zero_point + 1, shift - 1), shift};
      }
      const RowSource source = {in + begin, L::in_h, L::in_w, L::in_c, L::input_zero_point};
      int32_t have = 0;
      for (int32_t y = 0; y < L::out_h; y += L::chunk) {
        const int32_t rows = smaller<int32_t>(L::chunk, L::out_h - y);
        const int32_t first = y * L::stride_h - L::pad_top;
        const int32_t need = (rows - 1) * L::stride_h + kReach;
        for (; have < need; ++have) read_row<kRead>(source, first + have, L::pad_left, L::channel_words, held + have * kRowWords);
        int8_t* to = out + y * L::out_w * L::in_c + c;
        for (int32_t i = 0; i < rows; ++i, to += L::out_w * L::in_c) {
          const uint32_t* const from = held + i * L::stride_h * kRowWords + skipped * L::channel_words;
          for (int32_t k = 0; k < channels; ++k) {
            slide_row<kWords, L::stride_w>(kSlide, from + k * L::channel_words, taps + k * kTaps, scale[k], to + k);
          }
        }
        const int32_t used = L::chunk * L::stride_h;
        have = larger<int32_t>(have - used, 0);
        if (have > 0) memmove(held, held + used * kRowWords, sizeof(uint32_t) * static_cast<size_t>(have * kRowWords));
      }
    }
  }
}

}  // namespace mote
