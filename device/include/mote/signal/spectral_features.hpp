#pragma once

#include "mote/exact_float.hpp"

namespace mote {

/// What can be known of a spectrum.
enum class SpectralFeature : int32_t { kCentroid, kBandwidth, kRollOff, kFlatness, kEntropy, kDominant, kPeak, kTotal };

/// L::count features of L::frames spectra of L::bins values that are not negative, L::hertz apart, then the sums of L::bands
/// bands [first, end) of bins. What has no meaning for an empty spectrum is 0. `edges`: those of the bands.
template <typename L>
MOTE_KERNEL void signal_spectral_features(const float* MOTE_RESTRICT in, const int16_t* MOTE_RESTRICT edges,
                                          float* MOTE_RESTRICT out) {
  for (int32_t frame = 0; frame < L::frames; ++frame, in += L::bins) {
    const auto sum = [&](int32_t from, int32_t to, auto term) {
      ExactSum all;
      for (int32_t i = from; i < to; ++i) all.add(term(i));
      return all.value();
    };
    const auto value = [&](int32_t i) { return in[i]; };
    const float total = sum(0, L::bins, value);
    const auto centroid = [&] {
      return total > 0.0F ? sum(0, L::bins, [&](int32_t i) { return exact_product(in[i], static_cast<float>(i)); }) / total
                          : 0.0F;
    };
    int32_t highest = 0;
    for (int32_t i = 1; i < L::bins; ++i)
      if (in[i] > in[highest]) highest = i;
    for (int32_t k = 0; k < L::count; ++k) {
      float result = 0.0F;
      switch (static_cast<SpectralFeature>(L::which[k])) {
        case SpectralFeature::kCentroid:
          result = exact_product(centroid(), L::hertz);
          break;
        case SpectralFeature::kBandwidth: {
          const float centre = centroid();
          const auto spread = [&](int32_t i) {
            const float distance = static_cast<float>(i) - centre;
            return exact_product(exact_product(distance, distance), in[i]);
          };
          result = total > 0.0F ? exact_product(sqrtf(sum(0, L::bins, spread) / total), L::hertz) : 0.0F;
          break;
        }
        case SpectralFeature::kRollOff: {
          const float most = exact_product(total, L::roll_off);
          ExactSum below;
          int32_t bin = 0;
          for (; bin < L::bins - 1; ++bin) {
            below.add(in[bin]);
            if (below.value() >= most) break;
          }
          result = exact_product(static_cast<float>(bin), L::hertz);
          break;
        }
        case SpectralFeature::kFlatness: {
          // Geometric mean over arithmetic mean, of values of at least 1e-10.
          constexpr float kLeast = 1e-10F;
          const auto bounded = [&](int32_t i) { return in[i] > kLeast ? in[i] : kLeast; };
          const float logarithm = sum(0, L::bins, [&](int32_t i) { return exact_log(bounded(i)); }) / static_cast<float>(L::bins);
          const float mean = sum(0, L::bins, bounded) / static_cast<float>(L::bins);
          result = exact_power_of_two(exact_product(logarithm - exact_log(mean), 1.44269504F));
          break;
        }
        case SpectralFeature::kEntropy: {
          // In bits.
          const auto term = [&](int32_t i) {
            const float share = in[i] / total;
            return share > 0.0F ? exact_product(share, exact_log(share)) : 0.0F;
          };
          result = total > 0.0F ? exact_product(sum(0, L::bins, term), -1.44269504F) : 0.0F;
          break;
        }
        case SpectralFeature::kDominant:
          result = exact_product(static_cast<float>(highest), L::hertz);
          break;
        case SpectralFeature::kPeak:
          result = in[highest];
          break;
        case SpectralFeature::kTotal:
          result = total;
          break;
      }
      *out++ = result;
    }
    for (int32_t band = 0; band < L::bands; ++band) *out++ = sum(edges[2 * band], edges[2 * band + 1], value);
  }
}

}  // namespace mote
