#pragma once

#include "mote/exact_float.hpp"
#include "mote/fixed_point.hpp"

namespace mote {

// Passes of a mixed-radix FFT in place, on values as pairs (real, imaginary). Fixed point (int16, int32) is divided by the radix
// in each pass, rounding as KISS FFT 1.3 does, and wraps; float32 is not divided.

/// x rounded down, for constants.
constexpr int64_t whole_below(double x) {
  const auto whole = static_cast<int64_t>(x);
  return static_cast<double>(whole) > x ? whole - 1 : whole;
}

/// Fixed point with all bits but the sign behind the point; `WideT` holds any sum of two products.
template <typename Sample, typename WideT, int kBits>
struct FixedFftNumber {
  using Wide = WideT;
  static constexpr Wide kOne = static_cast<Wide>((int64_t{1} << kBits) - 1);
  static constexpr Sample constant(double value) {
    return static_cast<Sample>(whole_below(0.5 + static_cast<double>(kOne) * value));
  }
  static MOTE_INLINE Wide product(Wide a, Wide b) { return a * b; }
  static MOTE_INLINE Sample wrapped(Wide x) { return static_cast<Sample>(x); }
  static MOTE_INLINE Sample rounded(Wide x) { return static_cast<Sample>((x + (Wide{1} << (kBits - 1))) >> kBits); }
  template <int kBy>
  static MOTE_INLINE Sample divided(Sample x) {
    return rounded(x * static_cast<Wide>(kOne / kBy));
  }
  /// Half of a + b or a - b; of int32 the sum wraps before it is halved.
  static MOTE_INLINE Sample half(Wide x) {
    return static_cast<Sample>((sizeof(Sample) == 4 ? static_cast<Wide>(static_cast<Sample>(x)) : x) >> 1);
  }
};

template <typename Sample>
struct FftNumber;
template <>
struct FftNumber<int16_t> : FixedFftNumber<int16_t, int32_t, 15> {};
template <>
struct FftNumber<int32_t> : FixedFftNumber<int32_t, int64_t, 31> {};
template <>
struct FftNumber<float> {
  using Wide = float;
  static constexpr float constant(double value) { return static_cast<float>(value); }
  static MOTE_INLINE float product(float a, float b) { return exact_product(a, b); }
  static MOTE_INLINE float wrapped(float x) { return x; }
  static MOTE_INLINE float rounded(float x) { return x; }
  template <int kBy>
  static MOTE_INLINE float divided(float x) {
    return x;
  }
  static MOTE_INLINE float half(float x) { return 0.5F * x; }
};

template <typename Sample>
struct FftValue {
  using Number = FftNumber<Sample>;
  using Wide = typename Number::Wide;
  Sample real, imaginary;

  MOTE_INLINE FftValue operator+(FftValue b) const {
    return {Number::wrapped(static_cast<Wide>(real) + b.real), Number::wrapped(static_cast<Wide>(imaginary) + b.imaginary)};
  }
  MOTE_INLINE FftValue operator-(FftValue b) const {
    return {Number::wrapped(static_cast<Wide>(real) - b.real), Number::wrapped(static_cast<Wide>(imaginary) - b.imaginary)};
  }
  MOTE_INLINE FftValue operator*(FftValue b) const {
    const Wide x = real;
    const Wide y = imaginary;
    return {Number::rounded(Number::product(x, b.real) - Number::product(y, b.imaginary)),
            Number::rounded(Number::product(x, b.imaginary) + Number::product(y, b.real))};
  }
  MOTE_INLINE FftValue scaled(Sample by) const {
    return {Number::rounded(Number::product(real, by)), Number::rounded(Number::product(imaginary, by))};
  }
  template <int kBy>
  MOTE_INLINE FftValue divided() const {
    return {Number::template divided<kBy>(real), Number::template divided<kBy>(imaginary)};
  }
  MOTE_INLINE FftValue halved() const { return {Number::half(real), Number::half(imaginary)}; }
  /// Times -i.
  MOTE_INLINE FftValue turned() const { return {imaginary, Number::wrapped(-static_cast<Wide>(real))}; }
};

/// The transform of kRadix values in place.
template <int kRadix, typename Sample>
MOTE_INLINE void fft_butterfly(FftValue<Sample>* x) {
  using Value = FftValue<Sample>;
  using Number = FftNumber<Sample>;
  static_assert(kRadix >= 2 && kRadix <= 5, "a pass of another radix has no kernel");
  if constexpr (kRadix == 2) {
    const Value difference = x[0] - x[1];
    x[0] = x[0] + x[1];
    x[1] = difference;
  } else if constexpr (kRadix == 3) {
    constexpr Sample kRoot = Number::constant(-0.86602540378443864676);  // sin(-2 pi / 3)
    const Value both = x[1] + x[2];
    const Value side = (x[1] - x[2]).scaled(kRoot).turned();
    const Value middle = x[0] - both.halved();
    x[0] = x[0] + both;
    x[1] = middle - side;
    x[2] = middle + side;
  } else if constexpr (kRadix == 4) {
    const Value even_less = x[0] - x[2];
    const Value even = x[0] + x[2];
    const Value odd = x[1] + x[3];
    const Value odd_less = (x[1] - x[3]).turned();
    x[0] = even + odd;
    x[1] = even_less + odd_less;
    x[2] = even - odd;
    x[3] = even_less - odd_less;
  } else {
    constexpr Sample kReal1 = Number::constant(0.30901699437494742410);  // cos and sin of -2 pi / 5 and -4 pi / 5
    constexpr Sample kReal2 = Number::constant(-0.80901699437494742410);
    constexpr Sample kImaginary1 = Number::constant(-0.95105651629515357212);
    constexpr Sample kImaginary2 = Number::constant(-0.58778525229247312917);
    const Value outer = x[1] + x[4];
    const Value outer_less = x[1] - x[4];
    const Value inner = x[2] + x[3];
    const Value inner_less = x[2] - x[3];
    const Value first = x[0] + outer.scaled(kReal1) + inner.scaled(kReal2);
    const Value second = x[0] + outer.scaled(kReal2) + inner.scaled(kReal1);
    const Value first_side = (outer_less.scaled(kImaginary1) + inner_less.scaled(kImaginary2)).turned();
    const Value second_side = (inner_less.scaled(kImaginary1) - outer_less.scaled(kImaginary2)).turned();
    x[0] = x[0] + (outer + inner);
    x[1] = first - first_side;
    x[2] = second + second_side;
    x[3] = second - second_side;
    x[4] = first + first_side;
  }
}

/// Values kQ to kRadix - 1 of a butterfly: divided, and turned by the twiddles if there are any. One by one, since GCC 12
/// mistakes a loop over them on vectors of x86.
template <int kRadix, int kQ, bool kTurned, typename Sample>
MOTE_INLINE void fft_load(const Sample* from, int32_t distance, const Sample* twiddles, FftValue<Sample>* x) {
  using Value = FftValue<Sample>;
  if constexpr (kQ < kRadix) {
    x[kQ] = Value{from[0], from[1]}.template divided<kRadix>();
    if constexpr (kTurned && kQ > 0) x[kQ] = x[kQ] * Value{twiddles[2 * kQ - 2], twiddles[2 * kQ - 1]};
    fft_load<kRadix, kQ + 1, kTurned>(from + distance, distance, twiddles, x);
  }
}

template <int kRadix, int kQ, typename Sample>
MOTE_INLINE void fft_store(Sample* to, int32_t distance, const FftValue<Sample>* x) {
  if constexpr (kQ < kRadix) {
    to[0] = x[kQ].real;
    to[1] = x[kQ].imaginary;
    fft_store<kRadix, kQ + 1>(to + distance, distance, x);
  }
}

/// One position of each of `blocks` transforms.
template <int kRadix, bool kTurned, typename Sample>
MOTE_INLINE void fft_position(Sample* at, int32_t distance, int32_t blocks, const Sample* twiddles) {
  for (int32_t block = 0; block < blocks; ++block, at += kRadix * distance) {
    FftValue<Sample> x[kRadix];
    fft_load<kRadix, 0, kTurned>(at, distance, twiddles, x);
    fft_butterfly<kRadix>(x);
    fft_store<kRadix, 0>(at, distance, x);
  }
}

/// Makes `blocks` transforms of kRadix * size values out of transforms of size values. `twiddles`: kRadix - 1 for each position
/// but the first, where they are 1. Gives the twiddles behind them.
template <int kRadix, typename Sample>
MOTE_FUNCTION const Sample* fft_pass(Sample* values, int32_t size, int32_t blocks, const Sample* twiddles) {
  fft_position<kRadix, false>(values, 2 * size, blocks, twiddles);
  for (int32_t u = 1; u < size; ++u, twiddles += 2 * (kRadix - 1))
    fft_position<kRadix, true>(values + 2 * u, 2 * size, blocks, twiddles);
  return twiddles;
}

}  // namespace mote
