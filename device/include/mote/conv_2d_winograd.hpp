#pragma once

#include "mote/winograd.hpp"

namespace mote {

// CONV_2D 3x3, int8, by exact Winograd (see winograd.hpp). Beside the shape, a layer L states its form; strip_tiles, an even
// number, and group_rows: how many tiles of a row, and rows of tiles, are transformed before sums are made; signed_zero: whether
// an output's zero point lies above clamp_min; from_bytes: whether weights are int8; keeps_row: whether the output may lie in the
// input's memory.
//
// A channel's constants are multiplier, offset, shift (see packed_matrix.hpp); with Winograd4 then 36 times the bias and the
// lift's share, 4 times, of the last 2 x 2 outputs of a tile; with Winograd2 an unused word and 4 times the bias and the lift's
// share of each of 4 outputs; with WinogradStride2 the same, 2 times. All in the arithmetic of int32, and for bytes x + 128.

constexpr int32_t kWinogradChannel = 8;  ///< words of a channel's constants

#if defined(__GNUC__) || defined(__clang__)
/// Keeps the compiler from interleaving transforms, for which it lacks registers.
#define MOTE_IN_MEMORY(x) __asm__ volatile("" : "+m"(x))
/// Keeps the compiler from computing both a value and its negative.
#define MOTE_IN_REGISTERS(a, b) __asm__("" : "+r"(a), "+r"(b))
typedef uint32_t __attribute__((may_alias)) AliasedWord;
#else
#define MOTE_IN_MEMORY(x)
#define MOTE_IN_REGISTERS(a, b)
#endif

/// kCount bytes from `from` on, the first one lowest; kAligned: the address is divisible by 4.
template <int32_t kCount, bool kAligned>
MOTE_INLINE uint32_t load_channels(const int8_t* from) {
  if constexpr (kCount == 4) {
#if defined(__GNUC__) || defined(__clang__)
    if constexpr (kAligned) return *reinterpret_cast<const volatile AliasedWord*>(from);
#endif
    return load_4(from);
  } else {
    uint32_t word = static_cast<uint8_t>(from[0]);
    if constexpr (kCount > 1) word |= static_cast<uint32_t>(static_cast<uint8_t>(from[1])) << 8;
    if constexpr (kCount > 2) word |= static_cast<uint32_t>(static_cast<uint8_t>(from[2])) << 16;
    return word;
  }
}

/// Bytes 0 and 2 (kOdd: 1 and 3) of int8, each plus 128.
template <bool kOdd>
MOTE_INLINE uint32_t widen_positive(uint32_t bytes) {
#if MOTE_DSP
  return kOdd ? widen_odd_add(bytes, 0x00800080U) : widen_even_add(bytes, 0x00800080U);
#else
  return ((kOdd ? bytes >> 8 : bytes) & 0x00FF00FFU) ^ 0x00800080U;
#endif
}

/// sum + round(a * b / 2^32), half up, wrapping; |a| < 2^30 and b is not negative.
MOTE_INLINE int32_t scale_high_add(int32_t a, int32_t b, int32_t sum) {
#if MOTE_THUMB_1
  const uint32_t a_low = static_cast<uint32_t>(a) & 0xFFFFU;
  const uint32_t b_low = static_cast<uint32_t>(b) & 0xFFFFU;
  const int32_t a_high = a >> 16;
  const int32_t b_high = b >> 16;
  const int32_t middle = a_high * static_cast<int32_t>(b_low) + static_cast<int32_t>((a_low * b_low) >> 16) + 0x8000;
  const uint32_t other = a_low * static_cast<uint32_t>(b_high);
  return sum + a_high * b_high + static_cast<int32_t>(other >> 16) + ((middle + static_cast<int32_t>(other & 0xFFFFU)) >> 16);
#else
  return multiply_high_add(a, b, sum);
#endif
}

template <int32_t kValue>
struct Constant {
  static constexpr int32_t value = kValue;
};

/// What of a layer its outputs depend on; layers that agree in it share code.
template <int32_t kMin, int32_t kMax, bool kSignedZero, bool kFromBytes>
struct WinogradOutput {
  static constexpr int32_t clamp_min = kMin, clamp_max = kMax;
  static constexpr bool signed_zero = kSignedZero, from_bytes = kFromBytes;
};
template <typename L>
using WinogradOutputOf = WinogradOutput<L::clamp_min, L::clamp_max, L::signed_zero, L::from_bytes>;

template <typename Output>
MOTE_INLINE int8_t limit(int32_t value) {
#if MOTE_DSP
  if constexpr (Output::clamp_min == -128 && Output::clamp_max == 127) {
    __asm__("ssat %0, #8, %0" : "+r"(value));
    return static_cast<int8_t>(value);
  }
#elif MOTE_THUMB_1
  if constexpr (Output::clamp_min == -128 && Output::clamp_max == 127) {
    return static_cast<int8_t>(static_cast<int8_t>(value) == value ? value : (value >> 31) ^ 127);
  }
#endif
  return static_cast<int8_t>(clamp<int32_t>(value, Output::clamp_min, Output::clamp_max));
}

/// The output of a doubled sum; `sign` is negative where the sum is.
template <typename Output>
MOTE_INLINE int8_t finish_sum(int32_t doubled, int32_t sign, int32_t multiplier, int32_t offset, int32_t shift) {
  if constexpr (Output::signed_zero) offset += sign >> 31;
  (void)sign;
  return limit<Output>(scale_high_add(doubled, multiplier, offset) >> shift);
}

/// Transforms columns of a patch of the image down: of `count` columns of four channels, words [column][pair 0..1][patch row].
/// The first kAbove and last kBelow rows lie outside and hold `outside`; row 0 else is at `first`, row r at in + r * kRow.
template <typename Form, int32_t kRow, int32_t kPixel, int32_t kChannels, int32_t kAbove, int32_t kBelow>
MOTE_KERNEL void transform_columns(const int8_t* first, const int8_t* in, uint32_t* to, int32_t count, uint32_t outside) {
  constexpr int32_t kPatch = Form::kPatch;
  constexpr bool kAligned = kPixel % 4 == 0;
  uint32_t* const end = to + count * 2 * kPatch;
  do {
#pragma GCC unroll 2
    for (int32_t pair = 0; pair < 2; ++pair) {
      uint32_t d[kPatch], t[kPatch];
#pragma GCC unroll 6
      for (int32_t r = 0; r < kPatch; ++r) {
        const bool is_outside = r < kAbove || r >= kPatch - kBelow;
        d[r] = is_outside ? outside : load_channels<kChannels, kAligned>(r == 0 ? first : in + r * kRow);
      }
#pragma GCC unroll 6
      for (int32_t r = 0; r < kPatch; ++r) {
        if (r < kAbove || r >= kPatch - kBelow) continue;
        d[r] = pair == 0 ? widen_positive<false>(d[r]) : widen_positive<true>(d[r]);
      }
      Form::transform_down(d, t);
#pragma GCC unroll 6
      for (int32_t r = 0; r < kPatch; ++r) to[pair * kPatch + r] = t[r];
    }
    first += kPixel;
    in += kPixel;
    to += 2 * kPatch;
  } while (to != end);
}

/// Transforms a pair of channels of a strip of tiles across, into data [tile / 2][place][step][tile % 2].
template <typename Form, int32_t kSteps>
MOTE_KERNEL void transform_tiles(const uint32_t* columns, uint32_t* to, int32_t tiles) {
  constexpr int32_t kPatch = Form::kPatch;
  for (int32_t odd = 0; tiles > 0; --tiles, odd ^= 1) {
#pragma GCC unroll 6
    for (int32_t i = 0; i < kPatch; ++i) {
      uint32_t d[kPatch], t[kPatch];
#pragma GCC unroll 6
      for (int32_t j = 0; j < kPatch; ++j) d[j] = columns[j * 2 * kPatch + i];
      Form::transform_across(d, t);
#pragma GCC unroll 6
      for (int32_t j = 0; j < kPatch; ++j) to[Form::place(i, j) * 2 * kSteps] = t[j];
    }
    columns += Form::kStride * 2 * kPatch;
    to += odd == 0 ? 1 : 2 * kSteps * Form::kPlaces - 1;
  }
}

/// Outputs of a tile's doubled sums: for cores with too few registers to do it along with the transform.
template <typename Output, int32_t kOutputs, int32_t kRow, int32_t kColumn>
MOTE_KERNEL void finish_held(const int32_t* doubled, const int32_t* constants, int8_t* out) {
  const int32_t multiplier = constants[0];
  const int32_t offset = constants[1];
  const int32_t shift = constants[2];
  for (int32_t r = 0; r < kOutputs; ++r, out += kRow - kOutputs * kColumn) {
    for (int32_t x = 0; x < kOutputs; ++x, out += kColumn, ++doubled) {
      *out = finish_sum<Output>(*doubled, *doubled, multiplier, offset, shift);
    }
  }
}

/// Turns a tile's sums into outputs [row][column][channel] kRow and kColumn apart, for `channels` channels.
template <typename Form, typename Output, int32_t kRow, int32_t kColumn>
MOTE_KERNEL void finish_tile(const uint32_t* sums, const int32_t* constants, int8_t* out, int32_t channels) {
  constexpr bool kHolds = MOTE_THUMB_1;
  for (; channels > 0; --channels, sums += Form::kSums, constants += kWinogradChannel, ++out) {
    const int32_t multiplier = constants[0];
    const int32_t offset = constants[1];
    const int32_t shift = constants[2];
    int32_t held[kHolds ? Form::kOutputs * Form::kOutputs : 1];
    const auto put = [&](int32_t r, int32_t x, int32_t doubled, int32_t sign) {
      if constexpr (kHolds) {
        held[r * Form::kOutputs + x] = doubled;
      } else {
        out[r * kRow + x * kColumn] = finish_sum<Output>(doubled, sign, multiplier, offset, shift);
      }
    };
    if constexpr (SameType<Form, Winograd4>::value) {
      uint32_t inverse_of_9 = 0x38E38E39U;
      uint32_t rows[6][4];
      MOTE_IN_MEMORY(rows);
      const auto transform = [](const uint32_t* m, uint32_t* y) {
        uint32_t p = m[1] + m[2];
        uint32_t q = m[1] - m[2];
        const uint32_t r = m[3] + m[4];
        const uint32_t s = m[3] - m[4];
        MOTE_IN_REGISTERS(p, q);
        if constexpr (Output::from_bytes) {
          const uint32_t a = m[0] + (m[0] << 1);
          const uint32_t b = m[5] + (m[5] << 1);
          y[0] = r - (p << 2) + (a << 1);
          y[3] = (b << 1) - q + (s << 1);
        } else {
          y[0] = m[0] + r - (p << 2);
          y[3] = m[5] - q + (s << 1);
        }
        y[1] = s - (q << 1);
        y[2] = r - p;
      };
#pragma GCC unroll 6
      for (int32_t i = 0; i < 6; ++i) {
        uint32_t m[6];
#pragma GCC unroll 6
        for (int32_t j = 0; j < 6; ++j) m[j] = sums[6 * i + j];
        if (i == 1) m[1] += static_cast<uint32_t>(constants[3]);
        transform(m, rows[i]);
        MOTE_IN_MEMORY(rows);
      }
#pragma GCC unroll 4
      for (int32_t x = 0; x < 4; ++x) {
        uint32_t m[6], y[4];
#pragma GCC unroll 6
        for (int32_t i = 0; i < 6; ++i) m[i] = rows[i][x];
        transform(m, y);
#pragma GCC unroll 4
        for (int32_t r = 0; r < 4; ++r) {
          // 64 >> (halvings) times the sum
          constexpr int32_t kHalvings[4] = {0, 1, 2, 2};
          uint32_t scaled = y[r] * inverse_of_9;
          if (r >= 2 && x >= 2) scaled += static_cast<uint32_t>(constants[4 + 2 * (r - 2) + x - 2]);
          const int32_t sum = static_cast<int32_t>(scaled);
          put(r, x, sum >> (5 - kHalvings[r] - kHalvings[x]), sum);
        }
        MOTE_IN_MEMORY(rows);
      }
    } else if constexpr (SameType<Form, Winograd2>::value) {
      uint32_t rows[4][2];
#pragma GCC unroll 4
      for (int32_t i = 0; i < 4; ++i) {
        const uint32_t* m = sums + 4 * i;
        rows[i][0] = m[0] + m[1] + m[2];
        rows[i][1] = m[1] - m[2] + m[3];
      }
#pragma GCC unroll 2
      for (int32_t x = 0; x < 2; ++x) {
        const uint32_t y[2] = {rows[0][x] + rows[1][x] + rows[2][x], rows[1][x] - rows[2][x] + rows[3][x]};
#pragma GCC unroll 2
        for (int32_t r = 0; r < 2; ++r) {
          const int32_t sum = static_cast<int32_t>(y[r] + static_cast<uint32_t>(constants[4 + 2 * r + x]));
          put(r, x, sum >> 1, sum);
        }
      }
    } else {
      const uint32_t* m = sums;
      const uint32_t a[2] = {m[0] + m[4], m[4] + m[1]};  // AA + AB, AB + AC
      const uint32_t b[2] = {m[5] + m[8], m[8] + m[6]};  // BA + BB, BB + BC
      const uint32_t c[2] = {m[2] + m[7], m[7] + m[3]};  // CA + CB, CB + CC
#pragma GCC unroll 2
      for (int32_t x = 0; x < 2; ++x) {
        const uint32_t y[2] = {a[x] + b[x], b[x] + c[x]};
#pragma GCC unroll 2
        for (int32_t r = 0; r < 2; ++r) {
          const int32_t doubled = static_cast<int32_t>(static_cast<uint32_t>(constants[4 + 2 * r + x]) + (y[r] << 1));
          put(r, x, doubled, doubled);
        }
      }
    }
    if constexpr (kHolds) finish_held<Output, Form::kOutputs, kRow, kColumn>(held, constants, out);
  }
}

/// Where a layer's tiles lie, and what its kernel keeps in scratch: words of columns, of transformed data, of sums, of weights;
/// then bytes of the row above.
template <typename L>
struct WinogradShape {
  using Form = typename L::form;
  static_assert(L::strip_tiles % 2 == 0, "tiles are multiplied in pairs");
  static_assert(L::pad_top <= 1 && L::pad_left <= 1, "a tile has at most one row and column before the image");
  static_assert(!L::keeps_row || (L::in_c == L::out_c && L::in_h == L::out_h && L::in_w == L::out_w),
                "only a layer that keeps its shape runs in place");
  static constexpr int32_t kQuads = (L::in_c + 3) / 4;
  static constexpr int32_t kSteps = 2 * kQuads;
  static constexpr int32_t kTileRows = (L::out_h + Form::kOutputs - 1) / Form::kOutputs;
  static constexpr int32_t kTileColumns = (L::out_w + Form::kOutputs - 1) / Form::kOutputs;
  static constexpr int32_t kHalo = Form::kPatch - Form::kStride;
  static constexpr int32_t kBelow = (kTileRows - 1) * Form::kStride - L::pad_top + Form::kPatch - L::in_h;
  static constexpr int32_t kColumnWords = (L::strip_tiles * Form::kStride + kHalo) * 2 * Form::kPatch;
  static constexpr int32_t kPairs = L::strip_tiles / 2;
  static constexpr int32_t kPairWords = Form::kPlaces * kSteps * 2;
  static constexpr int32_t kSumWords = 8 * Form::kSums;
  static constexpr int32_t kSums = L::from_bytes ? kPairs * L::group_rows : 1;
  static constexpr int32_t kRow = L::in_w * L::in_c;
};

/// Transforms a strip of tiles: tile row `ty`, from tile column `tx` on. `above` is the row above the patch's second.
template <typename L>
MOTE_KERNEL void transform_strip(const int8_t* image, const int8_t* above, int32_t ty, int32_t tx, int32_t tiles,
                                 uint32_t* columns, uint32_t* data) {
  using S = WinogradShape<L>;
  using Form = typename L::form;
  constexpr int32_t kPatch = Form::kPatch;
  constexpr uint32_t kOutside = static_cast<uint32_t>(L::input_zero_point + 128) * 0x10001U;
  const int32_t left = tx * Form::kStride - L::pad_left;
  const int32_t width = tiles * Form::kStride + S::kHalo;
  const int32_t before = left < 0 ? -left : 0;
  const int32_t inside = smaller<int32_t>(width, L::in_w - left) - before;
  if (before > 0 || before + inside < width) {
    uint32_t d[kPatch], t[kPatch];
    for (uint32_t& each : d) each = kOutside;
    Form::transform_down(d, t);
    for (int32_t x = 0; x < width; ++x) {
      if (x >= before && x < before + inside) continue;
      for (int32_t i = 0; i < 2 * kPatch; ++i) columns[x * 2 * kPatch + i] = t[i % kPatch];
    }
  }
  const int32_t top = ty * Form::kStride - L::pad_top;
  image += top * S::kRow + (left + before) * L::in_c;
  above += (left + before) * L::in_c;
  uint32_t* to = columns + before * 2 * kPatch;
  const auto transform = [&](auto run) {
    run(image, above, to, inside, kOutside);
    transform_tiles<Form, S::kSteps>(columns, data, tiles);
    transform_tiles<Form, S::kSteps>(columns + kPatch, data + 2, tiles);
    image += 4;
    above += 4;
    data += 4;
  };
  constexpr int32_t kBelow = larger<int32_t>(S::kBelow, 0);
  const auto all = [&](auto channels, int32_t count) {
    constexpr int32_t kChannels = decltype(channels)::value;
    for (; count > 0; --count) {
      transform([&](const int8_t* in, const int8_t* first, uint32_t* words, int32_t number, uint32_t outside) {
        if constexpr (S::kTileRows == 1) {
          transform_columns<Form, S::kRow, L::in_c, kChannels, L::pad_top, kBelow>(first, in, words, number, outside);
        } else if (L::pad_top > 0 && ty == 0) {
          transform_columns<Form, S::kRow, L::in_c, kChannels, L::pad_top, 0>(first, in, words, number, outside);
        } else if (kBelow > 0 && ty == S::kTileRows - 1) {
          transform_columns<Form, S::kRow, L::in_c, kChannels, 0, kBelow>(first, in, words, number, outside);
        } else {
          transform_columns<Form, S::kRow, L::in_c, kChannels, 0, 0>(first, in, words, number, outside);
        }
      });
    }
  };
  if constexpr (L::in_c >= 4) all(Constant<4>{}, L::in_c / 4);
  if constexpr (L::in_c % 4 != 0) all(Constant<L::in_c % 4>{}, 1);
}

/// Stores the outputs of a tile, as many as lie inside.
template <typename L>
MOTE_INLINE void store_tile(const uint32_t* sums, const int32_t* constants, int8_t* out, int32_t channels, int32_t rows,
                            int32_t columns) {
  using Form = typename L::form;
  constexpr int32_t kOutputs = Form::kOutputs;
  constexpr int32_t kRow = L::out_w * L::out_c;
  if constexpr (L::out_h % kOutputs != 0 || L::out_w % kOutputs != 0) {
    if (rows < kOutputs || columns < kOutputs) {
      int8_t tile[kOutputs][kOutputs][4];
      finish_tile<Form, WinogradOutputOf<L>, 4 * kOutputs, 4>(sums, constants, &tile[0][0][0], channels);
      for (int32_t y = 0; y < smaller(rows, kOutputs); ++y)
        for (int32_t x = 0; x < smaller(columns, kOutputs); ++x)
          memcpy(out + y * kRow + x * L::out_c, tile[y][x], static_cast<size_t>(channels));
      return;
    }
  }
  (void)rows;
  (void)columns;
  finish_tile<Form, WinogradOutputOf<L>, kRow, L::out_c>(sums, constants, out, channels);
}

/// Stores the tiles of a pair from their sums of up to four channels.
template <typename L>
MOTE_INLINE void store_pair(const uint32_t* sums, const int32_t* constants, int8_t* out, int32_t y, int32_t x, int32_t c) {
  constexpr int32_t kOutputs = L::form::kOutputs;
  const int32_t channels = smaller<int32_t>(4, L::out_c - c);
  int8_t* to = out + (y * L::out_w + x) * L::out_c + c;
  constants += c * kWinogradChannel;
  store_tile<L>(sums, constants, to, channels, L::out_h - y, L::out_w - x);
  if (L::out_w % (2 * kOutputs) != 0 && x + kOutputs >= L::out_w) return;
  store_tile<L>(sums + 4 * L::form::kSums, constants, to + kOutputs * L::out_c, channels, L::out_h - y, L::out_w - x - kOutputs);
}

/// Keeps the row above the next tile row's patches before outputs may be written over it.
template <typename L>
MOTE_INLINE void keep_row(const int8_t* image, int32_t next_tile_row, int8_t* kept) {
  using S = WinogradShape<L>;
  if (!L::keeps_row || next_tile_row >= S::kTileRows) return;
  memcpy(kept, image + (next_tile_row * L::form::kStride - 1) * S::kRow, static_cast<size_t>(S::kRow));
}

/// The row above a tile row's patches' second.
template <typename L>
MOTE_INLINE const int8_t* row_above(const int8_t* image, int32_t tile_row, const int8_t* kept) {
  if (L::keeps_row && tile_row > 0) return kept;
  return image + (tile_row * L::form::kStride - L::pad_top) * WinogradShape<L>::kRow;
}

/// `weights` are transformed pairs of channels [out_c / 4][place][step][4], rounded up. Scratch as WinogradShape says. The input
/// and the output may be the same memory if keeps_row is set.
template <typename L>
MOTE_KERNEL void conv_2d_winograd(const int8_t* in, const int32_t* weights, const int32_t* constants, int8_t* out,
                                  uint8_t* scratch) {
  using S = WinogradShape<L>;
  using Form = typename L::form;
  uint32_t* const columns = reinterpret_cast<uint32_t*>(scratch);
  uint32_t* const data = columns + S::kColumnWords;
  uint32_t* const sums = data + S::kPairs * S::kPairWords;
  int8_t* const kept = reinterpret_cast<int8_t*>(sums + S::kSumWords);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * S::kRow, out += L::out_h * L::out_w * L::out_c) {
    for (int32_t ty = 0; ty < S::kTileRows; ++ty) {
      for (int32_t tx = 0; tx < S::kTileColumns; tx += L::strip_tiles) {
        const int32_t tiles = smaller<int32_t>(L::strip_tiles, S::kTileColumns - tx);
        transform_strip<L>(in, row_above<L>(in, ty, kept), ty, tx, tiles, columns, data);
        keep_row<L>(in, ty + 1, kept);
        for (int32_t pair = 0; 2 * pair < tiles; ++pair) {
          const uint32_t* block = reinterpret_cast<const uint32_t*>(weights);
          for (int32_t c = 0; c < L::out_c; c += 4, block += Form::kPlaces * S::kSteps * 4) {
            multiply_tiles<Form, S::kSteps>(data + pair * S::kPairWords, block, sums);
            store_pair<L>(sums, constants, out, ty * Form::kOutputs, (tx + 2 * pair) * Form::kOutputs, c);
          }
        }
      }
    }
  }
}

/// Two rows of places of an output channel's weights, 0 and 5, 1 and 2 or 3 and 4: from int8 [in_c / 4][3][3][4] to int16 pairs
/// [row][place][step][4].
template <int32_t kSteps, int32_t kRows>
MOTE_KERNEL void transform_weights(const uint32_t* weights, uint32_t* to) {
  const auto transform = [](const uint32_t* g, uint32_t* t) {
    const uint32_t p = sum_of_pairs(g[0], g[2]);
    const uint32_t two = sum_of_pairs(g[2], g[2]);
    const uint32_t q = sum_of_pairs(g[0], sum_of_pairs(two, two));
    const uint32_t b = sum_of_pairs(g[1], g[1]);
    t[0] = g[0];
    t[1] = sum_of_pairs(p, g[1]);
    t[2] = difference_of_pairs(p, g[1]);
    t[3] = sum_of_pairs(q, b);
    t[4] = difference_of_pairs(q, b);
    t[5] = g[2];
  };
  uint32_t* const end = to + 4 * kSteps;
  do {
#pragma GCC unroll 2
    for (int32_t pair = 0; pair < 2; ++pair, to += 4) {
      uint32_t rows[2][3];
#pragma GCC unroll 3
      for (int32_t x = 0; x < 3; ++x) {
        uint32_t g[3], t[6];
#pragma GCC unroll 3
        for (int32_t y = 0; y < 3; ++y) {
          g[y] = pair == 0 ? widen_weights<false>(weights[3 * y + x]) : widen_weights<true>(weights[3 * y + x]);
        }
        transform(g, t);
        rows[0][x] = t[kRows == 0 ? 0 : kRows == 1 ? 1 : 3];
        rows[1][x] = t[kRows == 0 ? 5 : kRows == 1 ? 2 : 4];
      }
#pragma GCC unroll 2
      for (int32_t row = 0; row < 2; ++row) {
        uint32_t t[6];
        transform(rows[row], t);
#pragma GCC unroll 6
        for (int32_t j = 0; j < 6; ++j) to[(6 * row + j) * 4 * kSteps] = settled_pair(t[j]);
      }
    }
    weights += 9;
  } while (to != end);
}

/// The same for windows two apart, all places.
template <int32_t kSteps>
MOTE_KERNEL void transform_weights_stride_2(const uint32_t* weights, uint32_t* to) {
  uint32_t* const end = to + 4 * kSteps;
  do {
#pragma GCC unroll 2
    for (int32_t pair = 0; pair < 2; ++pair, to += 4) {
#pragma GCC unroll 5
      for (int32_t i = 0; i < 5; ++i) {
        uint32_t g[3];
#pragma GCC unroll 3
        for (int32_t x = 0; x < 3; ++x) {
          const auto widened = [&](int32_t y) {
            return pair == 0 ? widen_weights<false>(weights[3 * y + x]) : widen_weights<true>(weights[3 * y + x]);
          };
          g[x] = i == 2 ? sum_of_pairs(widened(0), widened(2)) : widened(i == 0 ? 0 : i == 4 ? 2 : 1);
        }
        const uint32_t t[5] = {g[0], g[1], sum_of_pairs(g[0], g[2]), g[1], g[2]};
#pragma GCC unroll 5
        for (int32_t j = 0; j < 5; ++j) to[WinogradStride2::place(i, j) * 4 * kSteps] = settled_pair(t[j]);
      }
    }
    weights += 9;
  } while (to != end);
}

/// Winograd4 or WinogradStride2 with weights in int8, [out_c][in_c / 4][3][3][4], rounded up, that are transformed for all tiles
/// of group_rows rows of tiles at once. Scratch as WinogradShape says, and 48 words per step.
template <typename L>
MOTE_KERNEL void conv_2d_winograd_bytes(const int8_t* in, const int32_t* weights, const int32_t* constants, int8_t* out,
                                        uint8_t* scratch) {
  using S = WinogradShape<L>;
  using Form = typename L::form;
  uint32_t* const columns = reinterpret_cast<uint32_t*>(scratch);
  uint32_t* const data = columns + S::kColumnWords;
  uint32_t* const sums = data + L::group_rows * S::kPairs * S::kPairWords;
  uint32_t* const block = sums + S::kSums * S::kSumWords;
  constexpr bool kStride2 = SameType<Form, WinogradStride2>::value;
  int8_t* const kept = reinterpret_cast<int8_t*>(block + (kStride2 ? 100 : 48) * S::kSteps);
  for (int32_t b = 0; b < L::batch; ++b, in += L::in_h * S::kRow, out += L::out_h * L::out_w * L::out_c) {
    for (int32_t ty = 0; ty < S::kTileRows; ty += L::group_rows) {
      const int32_t rows = smaller<int32_t>(L::group_rows, S::kTileRows - ty);
      for (int32_t r = 0; r < rows; ++r) {
        const int8_t* above = r == 0 ? row_above<L>(in, ty, kept) : in + ((ty + r) * Form::kStride - L::pad_top) * S::kRow;
        transform_strip<L>(in, above, ty + r, 0, S::kTileColumns, columns, data + r * S::kPairs * S::kPairWords);
      }
      keep_row<L>(in, ty + rows, kept);
      const uint32_t* channel = reinterpret_cast<const uint32_t*>(weights);
      for (int32_t c = 0; c < L::out_c; c += 4, channel += 4 * S::kQuads * 9) {
        [[maybe_unused]] const auto multiply = [&](auto which, int32_t first, int32_t second) {
          for (int32_t i = 0; i < 4; ++i) {
            transform_weights<S::kSteps, decltype(which)::value>(channel + i * S::kQuads * 9, block + i);
          }
          for (int32_t pair = 0; pair < rows * S::kPairs; ++pair) {
            const uint32_t* from = data + pair * S::kPairWords;
            uint32_t* to = sums + pair * S::kSumWords;
            multiply_places<S::kSteps, 6, 36>(from + first * 12 * S::kSteps, block, to + 6 * first);
            multiply_places<S::kSteps, 6, 36>(from + second * 12 * S::kSteps, block + 24 * S::kSteps, to + 6 * second);
          }
        };
        if constexpr (kStride2) {
          for (int32_t i = 0; i < 4; ++i) transform_weights_stride_2<S::kSteps>(channel + i * S::kQuads * 9, block + i);
          for (int32_t pair = 0; pair < rows * S::kPairs; ++pair) {
            multiply_tiles<Form, S::kSteps>(data + pair * S::kPairWords, block, sums + pair * S::kSumWords);
          }
        } else {
          multiply(Constant<0>{}, 0, 5);
          multiply(Constant<1>{}, 1, 2);
          multiply(Constant<2>{}, 3, 4);
        }
        for (int32_t pair = 0; pair < rows * S::kPairs; ++pair) {
          store_pair<L>(sums + pair * S::kSumWords, constants, out, (ty + pair / S::kPairs) * Form::kOutputs,
                        pair % S::kPairs * 2 * Form::kOutputs, c);
        }
      }
    }
  }
}

}  // namespace mote
