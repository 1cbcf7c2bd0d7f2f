#pragma once

#include "mote/signal/fft.hpp"

namespace mote {

/// Values kQ to kRadix - 1 of the block whose first stands at `at`: those of the frame, padded with zeros.
template <typename L, int kRadix, int kQ>
MOTE_INLINE void rfft_load(const typename L::Sample* samples, int32_t at, FftValue<typename L::Sample>* x) {
  using Sample = typename L::Sample;
  if constexpr (kQ < kRadix) {
    const Sample real = at < L::width ? samples[at] : Sample{};
    const Sample imaginary = at + 1 < L::width ? samples[at + 1] : Sample{};
    x[kQ] = FftValue<Sample>{real, imaginary}.template divided<kRadix>();
    rfft_load<L, kRadix, kQ + 1>(samples, at + 2 * (L::half / kRadix), x);
  }
}

/// The first pass, which brings the values into order.
template <typename L, int kRadix>
MOTE_INLINE void rfft_first_pass(const typename L::Sample* samples, const int16_t* order, typename L::Sample* out) {
  for (int32_t block = 0; block < L::half / kRadix; ++block, out += 2 * kRadix) {
    FftValue<typename L::Sample> x[kRadix];
    rfft_load<L, kRadix, 0>(samples, 2 * order[block], x);
    fft_butterfly<kRadix>(x);
    fft_store<kRadix, 0>(out, 2, x);
  }
}

/// The passes from kStage on.
template <typename L, int32_t kStage, int32_t kSize>
MOTE_INLINE void rfft_passes(typename L::Sample* values, const typename L::Sample* twiddles) {
  if constexpr (kStage < L::stages) {
    constexpr int32_t kRadix = L::radices[kStage];
    twiddles = fft_pass<kRadix>(values, kSize, L::half / (kSize * kRadix), twiddles);
    rfft_passes<L, kStage + 1, kSize * kRadix>(values, twiddles);
  }
}

/// From the transform of pairs of real samples as complex values to the spectrum, in place; one more value than before.
template <typename Sample>
MOTE_FUNCTION void rfft_split(Sample* values, int32_t half, const Sample* split) {
  using Value = FftValue<Sample>;
  using Number = FftNumber<Sample>;
  using Wide = typename Number::Wide;
  const Value constant = Value{values[0], values[1]}.template divided<2>();
  values[0] = Number::wrapped(static_cast<Wide>(constant.real) + constant.imaginary);
  values[2 * half] = Number::wrapped(static_cast<Wide>(constant.real) - constant.imaginary);
  values[1] = values[2 * half + 1] = Sample{};
  for (int32_t k = 1; k <= half / 2; ++k, split += 2) {
    Sample* low = values + 2 * k;
    Sample* high = values + 2 * (half - k);
    const Value a = Value{low[0], low[1]}.template divided<2>();
    const Value b = Value{high[0], Number::wrapped(-static_cast<Wide>(high[1]))}.template divided<2>();
    const Value even = a + b;
    const Value odd = (a - b) * Value{split[0], split[1]};
    low[0] = Number::half(static_cast<Wide>(even.real) + odd.real);
    low[1] = Number::half(static_cast<Wide>(even.imaginary) + odd.imaginary);
    high[0] = Number::half(static_cast<Wide>(even.real) - odd.real);
    high[1] = Number::half(static_cast<Wide>(odd.imaginary) - even.imaginary);
  }
}

/// Spectra of L::frames frames of L::width real samples, padded to 2 * L::half: L::half + 1 pairs (real, imaginary) each.
/// `order`: the first value of each block of the first pass. The passes run in the place of the result.
template <typename L>
MOTE_KERNEL void signal_rfft(const typename L::Sample* MOTE_RESTRICT samples, const int16_t* MOTE_RESTRICT order,
                             const typename L::Sample* MOTE_RESTRICT twiddles, const typename L::Sample* MOTE_RESTRICT split,
                             typename L::Sample* MOTE_RESTRICT out) {
  for (int32_t frame = 0; frame < L::frames; ++frame, samples += L::width, out += 2 * L::half + 2) {
    rfft_first_pass<L, L::radices[0]>(samples, order, out);
    rfft_passes<L, 1, L::radices[0]>(out, twiddles);
    rfft_split(out, L::half, split);
  }
}

}  // namespace mote
