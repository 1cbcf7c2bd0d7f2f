#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// The squared length of `stray` where a covariance (its rows up to the diagonal, with `ridge` added to the diagonal) is the
/// measure: by Cholesky's decomposition, row by row. `work`: N (N + 1) / 2 + N floats.
template <int32_t N>
MOTE_INLINE float distance_by_covariance(const float* MOTE_RESTRICT covariance, float ridge, const float* MOTE_RESTRICT stray,
                                         float* MOTE_RESTRICT work) {
  float* solved = work + N * (N + 1) / 2;
  float sum = 0;
  for (int32_t i = 0; i < N; ++i) {
    float* row = work + i * (i + 1) / 2;
    float rest = stray[i];
    for (int32_t j = 0; j < i; ++j) {
      const float* other = work + j * (j + 1) / 2;
      float value = covariance[i * (i + 1) / 2 + j];
      for (int32_t k = 0; k < j; ++k) value -= exact_product(row[k], other[k]);
      row[j] = value / other[j];
      rest -= exact_product(row[j], solved[j]);
    }
    float left = covariance[i * (i + 3) / 2] + ridge;
    for (int32_t k = 0; k < i; ++k) left -= exact_product(row[k], row[k]);
    row[i] = sqrtf(larger(left, ridge));
    solved[i] = rest / row[i];
    sum += exact_product(solved[i], solved[i]);
  }
  return sum;
}

/// RUNNING_GAUSSIAN: how far a vector of L::features lies from what is normal, by the mean and covariance of what has come, which
/// are forgotten exponentially: the squared distance of Mahalanobis ("On the generalised distance in statistics", 1936), about
/// L::features where all is normal, 0 while L::warm_up vectors come; then learns the vector. `covariance`: rows up to the
/// diagonal. A vector with a value that is not measured is 0 away and changes nothing.
///
/// L: `gain` (of each new vector), `most_distance` (squared; what lies further is moved towards the mean before it is learned, so
/// that an anomaly does not become normal at once), `ridge` (share of the mean variance that is added to each feature's, so that
/// features that depend on others do no harm). `scratch`: floats for the decomposition and the difference from the mean.
template <typename L>
MOTE_KERNEL void running_gaussian(const float* MOTE_RESTRICT values, float* MOTE_RESTRICT mean, float* MOTE_RESTRICT covariance,
                                  int32_t* MOTE_RESTRICT seen, uint8_t* MOTE_RESTRICT scratch, float* MOTE_RESTRICT out) {
  constexpr int32_t kFeatures = L::features;
  *out = 0;
  if (!are_measured(values, kFeatures)) return;
  float* stray = reinterpret_cast<float*>(scratch);
  for (int32_t i = 0; i < kFeatures; ++i) stray[i] = values[i] - mean[i];
  float kept = 1;
  float gain = L::gain;
  if (*seen >= L::warm_up) {
    float trace = 0;
    for (int32_t i = 0; i < kFeatures; ++i) trace += covariance[i * (i + 3) / 2];
    const float ridge = larger(exact_product(L::ridge, trace) / kFeatures, 1e-30F);
    const float squared = distance_by_covariance<kFeatures>(covariance, ridge, stray, stray + kFeatures);
    if (squared > L::most_distance) kept = sqrtf(L::most_distance / squared);
    *out = squared;
  } else {
    gain = larger<float>(gain, 1 / static_cast<float>(++*seen));
  }
  for (int32_t i = 0, at = 0; i < kFeatures; ++i) {
    stray[i] = exact_product(stray[i], kept);
    const float part = exact_product(gain, stray[i]);
    mean[i] += part;
    for (int32_t j = 0; j <= i; ++j, ++at) {
      covariance[at] = exact_product(1 - gain, covariance[at] + exact_product(part, stray[j]));
    }
  }
}

}  // namespace mote
