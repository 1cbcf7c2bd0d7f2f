#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// How far a vector lies from what is normal, by the mean and covariance of what has come, which are forgotten exponentially: the
/// squared distance of Mahalanobis ("On the generalised distance in statistics", 1936), about kFeatures where all is normal.
/// Plain data: may be saved and restored as bytes.
///
/// L: `gain` (of each new vector, between 0 and 1), `most_distance` (squared; what lies further is moved towards the mean before
/// it is learned, so that an anomaly does not become normal at once), `warm_up` (vectors before anything is judged, at least
/// twice as many as features), `ridge` (share of the mean variance that is added to each feature's, so that features that depend
/// on others do no harm).
template <typename L, int32_t kFeatures>
struct RunningGaussian {
  static_assert(kFeatures > 0 && L::warm_up >= 2 * kFeatures, "a covariance needs at least twice as many vectors as features");

  float mean[kFeatures] = {};
  float covariance[kFeatures * (kFeatures + 1) / 2] = {};  ///< rows up to the diagonal
  uint32_t seen = 0;                                       ///< stays at warm_up when it is reached

  /// The squared distance to what came before, 0 while it warms up; then learns the vector. One with a value that is no number
  /// changes nothing.
  float next(const float* values) {
    if (!are_numbers(values, kFeatures)) return 0;
    float stray[kFeatures];
    for (int32_t i = 0; i < kFeatures; ++i) stray[i] = values[i] - mean[i];
    const bool warm = seen >= L::warm_up;
    const float squared = warm ? distance(stray) : 0;
    if (!warm) ++seen;
    const float gain = warm ? L::gain : larger<float>(L::gain, 1 / static_cast<float>(seen));
    const float kept = squared > L::most_distance ? sqrtf(L::most_distance / squared) : 1;
    for (int32_t i = 0, at = 0; i < kFeatures; ++i) {
      stray[i] *= kept;
      mean[i] += gain * stray[i];
      for (int32_t j = 0; j <= i; ++j, ++at) covariance[at] = (1 - gain) * (covariance[at] + gain * stray[i] * stray[j]);
    }
    return squared;
  }

  /// Squared, of a difference from the mean: by Cholesky's decomposition, a row at a time, with nothing kept but the factor.
  float distance(const float* stray) const {
    float trace = 0;
    for (int32_t i = 0; i < kFeatures; ++i) trace += covariance[i * (i + 3) / 2];
    const float ridge = larger(L::ridge * trace / kFeatures, 1e-30F);
    float factor[kFeatures * (kFeatures + 1) / 2], solved[kFeatures], sum = 0;
    for (int32_t i = 0; i < kFeatures; ++i) {
      float* row = factor + i * (i + 1) / 2;
      float rest = stray[i];
      for (int32_t j = 0; j <= i; ++j) {
        const float* other = factor + j * (j + 1) / 2;
        float value = covariance[i * (i + 1) / 2 + j] + (i == j ? ridge : 0);
        for (int32_t k = 0; k < j; ++k) value -= row[k] * other[k];
        if (j < i) {
          row[j] = value / other[j];
          rest -= row[j] * solved[j];
        } else {
          row[j] = sqrtf(larger(value, ridge));
        }
      }
      solved[i] = rest / row[i];
      sum += solved[i] * solved[i];
    }
    return sum;
  }
};

}  // namespace mote
