#pragma once

#include "mote/isa/complex.hpp"
#include "mote/signal/bits.hpp"

namespace mote {

// The real FFT of int16 in block floating point: before each pass all values are scaled by the power of two for which no result
// can overflow. Sums have 32 bits and are rounded once, when a pass stores them. Twiddles have 14 bits of fraction.

/// Which sizes a pass has stored: bits of squared magnitudes, each enlarged so that what rounding adds stays inside.
struct BlockSizes {
  static constexpr int32_t kRoom = 1 << 22;
  uint32_t bits = 0;

  MOTE_INLINE void add(uint32_t pair) { bits |= static_cast<uint32_t>(multiply_add_pairs(pair, pair, kRoom)); }
  /// By how much to shift right when magnitudes grow by 2^(growth / 2).
  MOTE_INLINE int32_t shift(int32_t growth) const { return (bit_width(bits) + growth - 29) >> 1; }
};

/// Bits that squared magnitudes gain in a pass, rounded up.
template <int kRadix>
constexpr int32_t block_growth() {
  return kRadix == 2 ? 2 : (kRadix == 5 ? 5 : 4);
}

MOTE_INLINE uint32_t load_block_pair(const int16_t* from) {
#if MOTE_DSP
  uint32_t word;
  memcpy(&word, from, sizeof word);
  return word;
#else
  return pair_of(from[0], from[1]);
#endif
}
MOTE_INLINE void store_block_pair(int16_t* to, uint32_t word) {
#if MOTE_DSP
  memcpy(to, &word, sizeof word);
#else
  to[0] = static_cast<int16_t>(word & 0xFFFFU);
  to[1] = static_cast<int16_t>(word >> 16);
#endif
}
MOTE_INLINE void store_block_pair(int16_t* to, uint32_t word, BlockSizes& sizes) {
  store_block_pair(to, word);
  sizes.add(word);
}

/// A complex number of 32 bits each.
struct WideComplex {
  int32_t real, imaginary;
  MOTE_INLINE WideComplex operator+(WideComplex b) const { return {real + b.real, imaginary + b.imaginary}; }
  MOTE_INLINE WideComplex operator-(WideComplex b) const { return {real - b.real, imaginary - b.imaginary}; }
  /// This - i * b.
  MOTE_INLINE WideComplex add_turned(WideComplex b) const { return {real + b.imaginary, imaginary - b.real}; }
  /// This + i * b.
  MOTE_INLINE WideComplex subtract_turned(WideComplex b) const { return {real - b.imaginary, imaginary + b.real}; }
  MOTE_INLINE uint32_t narrowed(int32_t shift) const {
    return join_low(static_cast<uint32_t>(real >> shift), static_cast<uint32_t>(imaginary >> shift));
  }
};

MOTE_INLINE WideComplex block_product(uint32_t a, uint32_t b) { return {multiply_real(a, b), multiply_imaginary(a, b)}; }

/// The transform of four values.
struct BlockButterfly {
  WideComplex first, second, third, fourth;

  MOTE_INLINE BlockButterfly(WideComplex a, WideComplex b, WideComplex c, WideComplex d) {
    const WideComplex even = a + c;
    const WideComplex even_less = a - c;
    const WideComplex odd = b + d;
    const WideComplex odd_less = b - d;
    first = even + odd;
    second = even_less.add_turned(odd_less);
    third = even - odd;
    fourth = even_less.subtract_turned(odd_less);
  }
  /// Of values that stand `distance` apart, the first of them more by `plus`.
  MOTE_INLINE BlockButterfly(const int16_t* at, int32_t distance, int32_t plus)
      : BlockButterfly(wide(at, plus), wide(at + distance, 0), wide(at + 2 * distance, 0), wide(at + 3 * distance, 0)) {}

  MOTE_INLINE void store(int32_t shift, int16_t* to, int32_t distance, BlockSizes& sizes) const {
    store_block_pair(to, first.narrowed(shift), sizes);
    store_block_pair(to + distance, second.narrowed(shift), sizes);
    store_block_pair(to + 2 * distance, third.narrowed(shift), sizes);
    store_block_pair(to + 3 * distance, fourth.narrowed(shift), sizes);
  }

 private:
  static MOTE_INLINE WideComplex wide(const int16_t* at, int32_t plus) {
    const uint32_t pair = load_block_pair(at);
    return {static_cast<int16_t>(pair & 0xFFFFU) + plus, (static_cast<int32_t>(pair) >> 16) + plus};
  }
};

/// Sizes of a quarter of what a pass without twiddles gives.
MOTE_FUNCTION BlockSizes block_quarter_sizes(const int16_t* values, int32_t blocks) {
  BlockSizes sizes;
  for (int32_t block = 0; block < blocks; ++block, values += 8) {
    const BlockButterfly x(values, 2, 0);
    sizes.add(x.first.narrowed(2));
    sizes.add(x.second.narrowed(2));
    sizes.add(x.third.narrowed(2));
    sizes.add(x.fourth.narrowed(2));
  }
  return sizes;
}

/// Makes `blocks` transforms of 4 * size values out of transforms of size values. `twiddles`: three for each position but the
/// first.
MOTE_FUNCTION BlockSizes block_pass_of_4(int16_t* values, int32_t size, int32_t blocks, const int16_t* twiddles, int32_t shift) {
  const int32_t distance = 2 * size;
  BlockSizes sizes;
  int16_t* at = values;
  const int32_t half = (1 << shift) >> 1;
  for (int32_t block = 0; block < blocks; ++block, at += 4 * distance)
    BlockButterfly(at, distance, half).store(shift, at, distance, sizes);
  const int32_t wide_half = 1 << (13 + shift);
  for (int32_t u = 1; u < size; ++u, twiddles += 6) {
    const uint32_t first = load_block_pair(twiddles);
    const uint32_t second = load_block_pair(twiddles + 2);
    const uint32_t third = load_block_pair(twiddles + 4);
    at = values + 2 * u;
    for (int32_t block = 0; block < blocks; ++block, at += 4 * distance) {
      const uint32_t a = load_block_pair(at);
      const WideComplex wide{multiply_low_halves(a, 1 << 14, wide_half), multiply_high_half(a, 1 << 14, wide_half)};
      const WideComplex b = block_product(load_block_pair(at + distance), first);
      const WideComplex c = block_product(load_block_pair(at + 2 * distance), second);
      const WideComplex d = block_product(load_block_pair(at + 3 * distance), third);
      BlockButterfly(wide, b, c, d).store(14 + shift, at, distance, sizes);
    }
  }
  return sizes;
}

/// The same for radix 2, 3 and 5 by the definition. `roots`: all `blocks * size * kRadix` of them.
template <int kRadix>
MOTE_FUNCTION BlockSizes block_pass(int16_t* values, int32_t size, int32_t blocks, const int16_t* roots, int32_t shift) {
  const int32_t distance = 2 * size;
  const int32_t half = 1 << (12 + shift);
  BlockSizes sizes;
  for (int32_t u = 0; u < size; ++u) {
    int16_t* at = values + 2 * u;
    for (int32_t block = 0; block < blocks; ++block, at += kRadix * distance) {
      uint32_t x[kRadix];
      for (int32_t q = 0; q < kRadix; ++q) x[q] = load_block_pair(at + q * distance);
      for (int32_t k = 0; k < kRadix; ++k) {
        const int32_t step = (u + k * size) * blocks;
        WideComplex sum{half, half};
        int32_t root = 0;
        for (int32_t q = 0; q < kRadix; ++q) {
          const WideComplex product = block_product(x[q], load_block_pair(roots + 2 * root));
          sum = sum + WideComplex{product.real >> 1, product.imaginary >> 1};
          root += step;
          if (root >= kRadix * size * blocks) root -= kRadix * size * blocks;
        }
        store_block_pair(at + k * distance, sum.narrowed(13 + shift), sizes);
      }
    }
  }
  return sizes;
}

/// The passes from kStage on; gives the sum of the shifts. A first pass of radix 4 is looked at before it is made: values of few
/// samples do not grow in it, and what it rounds away is lost to all passes.
template <typename L, int32_t kStage, int32_t kSize>
MOTE_INLINE int32_t block_passes(int16_t* values, const int16_t* twiddles, const int16_t* roots, BlockSizes& sizes) {
  if constexpr (kStage < L::stages) {
    constexpr int32_t kRadix = L::radices[kStage];
    constexpr int32_t kBlocks = L::half / (kSize * kRadix);
    if constexpr (kSize == 1 && kRadix == 4) sizes = block_quarter_sizes(values, kBlocks);
    const int32_t shift = larger<int32_t>(0, sizes.shift(block_growth<kRadix>()));
    if constexpr (kRadix == 4) {
      sizes = block_pass_of_4(values, kSize, kBlocks, twiddles, shift);
      twiddles += 6 * (kSize - 1);
    } else {
      sizes = block_pass<kRadix>(values, kSize, kBlocks, roots, shift);
    }
    return shift + block_passes<L, kStage + 1, kSize * kRadix>(values, twiddles, roots, sizes);
  } else {
    return 0;
  }
}

/// Twice bin `k` and twice its mirror image, with 14 bits of fraction, from the values of both.
struct BlockBins {
  WideComplex low, high;
  MOTE_INLINE BlockBins(uint32_t a, uint32_t b, uint32_t twiddle) {
    const int32_t a_real = static_cast<int16_t>(a & 0xFFFFU), a_imaginary = static_cast<int32_t>(a) >> 16;
    const int32_t b_real = static_cast<int16_t>(b & 0xFFFFU), b_imaginary = static_cast<int32_t>(b) >> 16;
    const int32_t t_real = static_cast<int16_t>(twiddle & 0xFFFFU), t_imaginary = static_cast<int32_t>(twiddle) >> 16;
    const WideComplex even{(a_real + b_real) * 16384, (a_imaginary - b_imaginary) * 16384};
    const int32_t real = a_real - b_real, imaginary = a_imaginary + b_imaginary;
    const WideComplex odd{real * t_real - imaginary * t_imaginary, real * t_imaginary + imaginary * t_real};
    low = even + odd;
    high = {even.real - odd.real, odd.imaginary - even.imaginary};
  }
};

/// From the transform of pairs of real samples to the spectrum, in place, one more value than before. Gives the shift. What is
/// stored is as large as it can be: if the values alone do not tell that all fits, the bins are made once to see.
MOTE_FUNCTION int32_t block_split(int16_t* values, int32_t half, const int16_t* split, BlockSizes sizes) {
  constexpr int32_t kHalf = 1 << 14;
  const int32_t sum = values[0] + values[1], difference = values[0] - values[1];
  int32_t shift = 0;
  if (sizes.shift(1) > 0) {
    const auto size = [](int32_t x) { return (x + kHalf) ^ ((x + kHalf) >> 31); };
    int32_t all = size(sum * 32768) | size(difference * 32768);
    for (int32_t k = 1; k <= half / 2; ++k) {
      const BlockBins bins(load_block_pair(values + 2 * k), load_block_pair(values + 2 * (half - k)),
                           load_block_pair(split + 2 * (k - 1)));
      all |= size(bins.low.real) | size(bins.low.imaginary) | size(bins.high.real) | size(bins.high.imaginary);
    }
    shift = all >> 30;
  }
  const int32_t by = 15 + shift;
  const WideComplex rounding{kHalf << shift, kHalf << shift};
  for (int32_t k = 1; k <= half / 2; ++k, split += 2) {
    int16_t* low = values + 2 * k;
    int16_t* high = values + 2 * (half - k);
    const BlockBins bins(load_block_pair(low), load_block_pair(high), load_block_pair(split));
    store_block_pair(high, (bins.high + rounding).narrowed(by));
    store_block_pair(low, (bins.low + rounding).narrowed(by));
  }
  values[0] = static_cast<int16_t>((sum + shift) >> shift);
  values[2 * half] = static_cast<int16_t>((difference + shift) >> shift);
  values[1] = values[2 * half + 1] = 0;
  return shift;
}

/// Two samples of a frame from an even place on; what lies behind the frame is 0.
template <typename L>
MOTE_INLINE uint32_t block_samples(const int16_t* samples, int32_t at) {
  if (L::width == 2 * L::half || at + 1 < L::width) return load_block_pair(samples + at);
  return at < L::width ? pair_of(samples[at], 0) : 0;
}

/// Brings a frame into the order of the first pass, as large as magnitudes below 2^15 allow. Gives the shift to the right.
template <typename L>
MOTE_INLINE int32_t block_load(const int16_t* samples, const int16_t* order, int16_t* out, BlockSizes& sizes) {
  constexpr int32_t kRadix = L::radices[0];
  constexpr int32_t kDistance = 2 * (L::half / kRadix);
  uint32_t bits = 0;
  for (int32_t at = 0; at < L::width; at += 2) {
    const uint32_t pair = block_samples<L>(samples, at);
    bits |= static_cast<uint32_t>(multiply_add_pairs(pair, pair, 0));
  }
  const int32_t shift = (bit_width(bits) - 29) >> 1;  // 1 at most
  const int32_t half = larger<int32_t>(shift, 0);
  const uint32_t factor = uint32_t{1} << larger<int32_t>(-shift, 0);
  for (int32_t block = 0; block < L::half / kRadix; ++block) {
    int32_t at = 2 * order[block];
    for (int32_t q = 0; q < kRadix; ++q, at += kDistance, out += 2) {
      const uint32_t pair = block_samples<L>(samples, at);
      const WideComplex scaled{multiply_low_halves(pair, factor, half), multiply_high_half(pair, factor, half)};
      store_block_pair(out, scaled.narrowed(half), sizes);
    }
  }
  return shift;
}

/// Spectra of L::frames frames of L::width real samples, padded to 2 * L::half: L::half + 1 pairs (real, imaginary) each. Samples
/// and bins are values times 2 to the power of their frame's exponent.
template <typename L>
MOTE_KERNEL void signal_block_rfft(const int16_t* MOTE_RESTRICT samples, const int32_t* exponents,
                                   const int16_t* MOTE_RESTRICT order, const int16_t* MOTE_RESTRICT twiddles,
                                   const int16_t* MOTE_RESTRICT roots, const int16_t* MOTE_RESTRICT split,
                                   int16_t* MOTE_RESTRICT out, int32_t* out_exponents) {
  for (int32_t frame = 0; frame < L::frames; ++frame, samples += L::width, out += 2 * L::half + 2) {
    BlockSizes sizes;
    int32_t exponent = exponents[frame] + block_load<L>(samples, order, out, sizes);
    exponent += block_passes<L, 0, 1>(out, twiddles, roots, sizes);
    exponent += block_split(out, L::half, split, sizes);
    out_exponents[frame] = exponent;
  }
}

}  // namespace mote
