#pragma once

#include "mote/isa/complex.hpp"

namespace mote {

// The real FFT of int16 on complex numbers that fill a word, bit for bit as signal/rfft.hpp: radix 4, and radix 2 as the first
// pass.

MOTE_INLINE uint32_t load_pair(const int16_t* from) {
  uint32_t word;
  memcpy(&word, from, sizeof word);
  return word;
}
MOTE_INLINE void store_pair(int16_t* to, uint32_t word) { memcpy(to, &word, sizeof word); }

// 2 * (32767 / n): what divides by n.
constexpr uint32_t kPairByTwo = 2 * 16383, kPairByFour = 2 * 8191;

/// The transform of four values whose quarters are given; they go to places `distance` int16 apart.
MOTE_INLINE void butterfly_of_pairs(uint32_t a, uint32_t b, uint32_t c, uint32_t d, int16_t* to, int32_t distance) {
  const uint32_t even_less = subtract_pairs(a, c);
  const uint32_t even = add_pairs(a, c);
  const uint32_t odd = add_pairs(b, d);
  const uint32_t odd_less = subtract_pairs(b, d);
  store_pair(to, add_pairs(even, odd));
  store_pair(to + distance, add_turned(even_less, odd_less));
  store_pair(to + 2 * distance, subtract_pairs(even, odd));
  store_pair(to + 3 * distance, subtract_turned(even_less, odd_less));
}

/// Makes `blocks` transforms of 4 * size values out of transforms of size values. `twiddles`: three for each position but the
/// first.
MOTE_FUNCTION const int16_t* rfft_pass_of_pairs(int16_t* values, int32_t size, int32_t blocks, const int16_t* twiddles) {
  const int32_t distance = 2 * size;
  int16_t* at = values;
  for (int32_t block = 0; block < blocks; ++block, at += 4 * distance) {
    const uint32_t a = scale_pair(load_pair(at), kPairByFour);
    const uint32_t b = scale_pair(load_pair(at + distance), kPairByFour);
    const uint32_t c = scale_pair(load_pair(at + 2 * distance), kPairByFour);
    const uint32_t d = scale_pair(load_pair(at + 3 * distance), kPairByFour);
    butterfly_of_pairs(a, b, c, d, at, distance);
  }
  for (int32_t u = 1; u < size; ++u, twiddles += 6) {
    const uint32_t first = load_pair(twiddles);
    const uint32_t second = load_pair(twiddles + 2);
    const uint32_t third = load_pair(twiddles + 4);
    at = values + 2 * u;
    for (int32_t block = 0; block < blocks; ++block, at += 4 * distance) {
      const uint32_t a = scale_pair(load_pair(at), kPairByFour);
      const uint32_t b = multiply_complex(scale_pair(load_pair(at + distance), kPairByFour), first);
      const uint32_t c = multiply_complex(scale_pair(load_pair(at + 2 * distance), kPairByFour), second);
      const uint32_t d = multiply_complex(scale_pair(load_pair(at + 3 * distance), kPairByFour), third);
      butterfly_of_pairs(a, b, c, d, at, distance);
    }
  }
  return twiddles;
}

/// Two samples of a frame of kWidth from an even place on; what lies behind the frame is 0.
template <int32_t kWidth, int32_t kPadded>
MOTE_INLINE uint32_t frame_pair(const int16_t* samples, int32_t at) {
  if constexpr (kWidth == kPadded) return load_pair(samples + at);
  if (at + 1 < kWidth) return load_pair(samples + at);
  return at < kWidth ? pair_of(samples[at], 0) : 0;
}

/// The first pass, which brings the frame's values into order.
template <typename L>
MOTE_INLINE void rfft_first_pass_of_pairs(const int16_t* samples, const int16_t* order, int16_t* out) {
  constexpr int32_t kRadix = L::radices[0];
  constexpr int32_t kDistance = 2 * (L::half / kRadix);
  for (int32_t block = 0; block < L::half / kRadix; ++block, out += 2 * kRadix) {
    const int32_t at = 2 * order[block];
    const auto load = [&](int32_t q) { return frame_pair<L::width, 2 * L::half>(samples, at + q * kDistance); };
    if constexpr (kRadix == 2) {
      const uint32_t a = scale_pair(load(0), kPairByTwo);
      const uint32_t b = scale_pair(load(1), kPairByTwo);
      store_pair(out, add_pairs(a, b));
      store_pair(out + 2, subtract_pairs(a, b));
    } else {
      butterfly_of_pairs(scale_pair(load(0), kPairByFour), scale_pair(load(1), kPairByFour), scale_pair(load(2), kPairByFour),
                         scale_pair(load(3), kPairByFour), out, 2);
    }
  }
}

/// From the transform of pairs of real samples to the spectrum, in place; one more value than before.
MOTE_FUNCTION void rfft_split_of_pairs(int16_t* values, int32_t half, const int16_t* split) {
  const uint32_t constant = scale_pair(load_pair(values), kPairByTwo);
  const auto real = static_cast<int16_t>(constant & 0xFFFFU);
  const auto imaginary = static_cast<int16_t>(constant >> 16);
  store_pair(values, pair_of(real + imaginary, 0));
  store_pair(values + 2 * half, pair_of(real - imaginary, 0));
  int16_t* low = values + 2;
  int16_t* high = values + 2 * (half - 1);
  for (; low <= high; low += 2, high -= 2, split += 2) {
    const uint32_t a = scale_pair(load_pair(low), kPairByTwo);
    const uint32_t b = scale_pair(mirrored(load_pair(high)), kPairByTwo);
    const uint32_t even = add_pairs(a, b);
    const uint32_t odd = multiply_complex(subtract_pairs(a, b), load_pair(split));
    // The upper one is the conjugate of (even - odd) / 2: its imaginary part is taken the other way round before it is halved.
    store_pair(low, half_sum(even, odd));
    const uint32_t difference = half_difference(even, odd);
    const uint32_t reversed = half_difference(odd, even);
    store_pair(high, (difference & 0xFFFFU) | (reversed & 0xFFFF0000U));
  }
}

/// As signal_rfft, of int16, where L::radices are 4 but for the first, which may be 2.
template <typename L>
MOTE_KERNEL void signal_rfft_pairs(const int16_t* MOTE_RESTRICT samples, const int16_t* MOTE_RESTRICT order,
                                   const int16_t* MOTE_RESTRICT twiddles, const int16_t* MOTE_RESTRICT split,
                                   int16_t* MOTE_RESTRICT out) {
  for (int32_t frame = 0; frame < L::frames; ++frame, samples += L::width, out += 2 * L::half + 2) {
    rfft_first_pass_of_pairs<L>(samples, order, out);
    const int16_t* next = twiddles;
    for (int32_t size = L::radices[0]; size < L::half; size *= 4)
      next = rfft_pass_of_pairs(out, size, L::half / (4 * size), next);
    rfft_split_of_pairs(out, L::half, split);
  }
}

}  // namespace mote
