#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

// How far a vector of L::features lies from what was normal when the parameters were fitted. A vector with a value that is not
// measured is 0 away.

/// The squared length of W (x - mean), W a lower triangle given row by row up to the diagonal. `stray`: L::features floats.
template <typename L>
MOTE_INLINE float whitened_square(const float* MOTE_RESTRICT values, const float* MOTE_RESTRICT mean,
                                  const float* MOTE_RESTRICT rows, float* MOTE_RESTRICT stray) {
  float total = 0;
  for (int32_t i = 0; i < L::features; ++i) {
    stray[i] = values[i] - mean[i];
    float sum = 0;
    for (int32_t j = 0; j <= i; ++j) sum += exact_product(*rows++, stray[j]);
    total += exact_product(sum, sum);
  }
  return total;
}

/// MAHALANOBIS: squared; `rows` hold the inverse of the covariance's Cholesky factor.
template <typename L>
MOTE_KERNEL void mahalanobis(const float* MOTE_RESTRICT values, const float* MOTE_RESTRICT mean, const float* MOTE_RESTRICT rows,
                             uint8_t* MOTE_RESTRICT scratch, float* MOTE_RESTRICT out) {
  *out = are_measured(values, L::features) ? whitened_square<L>(values, mean, rows, reinterpret_cast<float*>(scratch)) : 0;
}

/// NEAREST_CENTRE: the least over L::centres centres of weighted squared differences, times a factor of the centre.
template <typename L>
MOTE_KERNEL void nearest_centre(const float* MOTE_RESTRICT values, const float* MOTE_RESTRICT centres,
                                const float* MOTE_RESTRICT weights, const float* MOTE_RESTRICT factors,
                                float* MOTE_RESTRICT out) {
  *out = 0;
  if (!are_measured(values, L::features)) return;
  for (int32_t c = 0; c < L::centres; ++c, centres += L::features) {
    float sum = 0;
    for (int32_t i = 0; i < L::features; ++i) {
      const float difference = values[i] - centres[i];
      sum += exact_product(exact_product(weights[i], difference), difference);
    }
    const float distance = exact_product(sum, factors[c]);
    if (c == 0 || distance < *out) *out = distance;
  }
}

/// GAUSSIAN_MIXTURE: minus the logarithm of the density of L::components normal distributions: offset - |W (x - mean)|^2 / 2 is
/// that of each, L::diagonal says that W has only its diagonal. `scratch`: L::components + L::features floats.
template <typename L>
MOTE_KERNEL void gaussian_mixture(const float* MOTE_RESTRICT values, const float* MOTE_RESTRICT means,
                                  const float* MOTE_RESTRICT factors, const float* MOTE_RESTRICT offsets,
                                  uint8_t* MOTE_RESTRICT scratch, float* MOTE_RESTRICT out) {
  *out = 0;
  if (!are_measured(values, L::features)) return;
  float* logarithms = reinterpret_cast<float*>(scratch);
  float* stray = logarithms + L::components;
  constexpr int32_t kFactors = L::diagonal ? L::features : L::features * (L::features + 1) / 2;
  float most = 0;
  for (int32_t c = 0; c < L::components; ++c, means += L::features, factors += kFactors) {
    float square = 0;
    if constexpr (L::diagonal) {
      for (int32_t i = 0; i < L::features; ++i) {
        const float scaled = exact_product(values[i] - means[i], factors[i]);
        square += exact_product(scaled, scaled);
      }
    } else {
      square = whitened_square<L>(values, means, factors, stray);
    }
    logarithms[c] = larger(offsets[c] - exact_product(0.5F, square), -1e30F);
    if (c == 0 || logarithms[c] > most) most = logarithms[c];
  }
  float sum = 0;
  for (int32_t c = 0; c < L::components; ++c) sum += exact_exp(logarithms[c] - most);
  *out = -(most + exact_log(sum));
}

/// RECONSTRUCTION_ERROR: the mean squared difference of a vector and what an autoencoder makes of it.
template <typename L>
MOTE_KERNEL void reconstruction_error(const float* MOTE_RESTRICT values, const float* MOTE_RESTRICT rebuilt,
                                      float* MOTE_RESTRICT out) {
  *out = are_measured(values, L::features) && are_measured(rebuilt, L::features)
             ? squared_distance(values, rebuilt, L::features) / L::features
             : 0;
}

/// ISOLATION_SCORE: 2 to the power of minus a share of the summed path lengths.
template <typename L>
MOTE_KERNEL void isolation_score(const float* paths, float* out) {
  *out = exact_power_of_two(-exact_product(*paths, L::factor));
}

}  // namespace mote
