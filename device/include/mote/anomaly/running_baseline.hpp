#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// RUNNING_BASELINE: what is normal for each of L::values values, learned while it runs: its mean over a long time, and how far a
/// mean over a short time usually strays from it. Both are forgotten exponentially (Welford's update with constant gains; Finch,
/// "Incremental calculation of weighted mean and variance", 2009). `levels`: means, short means and variances, L::values of each;
/// `seen`: how many have come, up to L::warm_up. Scores: how far the short mean strays, in spreads of what is usual, signed; 0
/// while it warms up. A value that is not measured scores 0 and changes nothing.
///
/// L: `short_gain`, `long_gain`, `spread_gain`, `most_square` (the square of so many spreads: what strays further counts as so
/// much, so that an anomaly does not become normal at once).
template <typename L>
MOTE_KERNEL void running_baseline(const float* MOTE_RESTRICT in, float* MOTE_RESTRICT levels, int32_t* MOTE_RESTRICT seen,
                                  float* MOTE_RESTRICT scores) {
  for (int32_t i = 0; i < L::values; ++i) {
    const float value = in[i];
    scores[i] = 0;
    if (!is_measured(value)) continue;
    float &mean = levels[i], &near = levels[L::values + i], &variance = levels[2 * L::values + i];
    if (seen[i] == 0) mean = near = value;
    near += exact_product(value - near, L::short_gain);
    const float stray = near - mean;
    const bool warm = seen[i] >= L::warm_up;
    if (warm && variance > 0) scores[i] = stray / sqrtf(variance);
    if (!warm) ++seen[i];
    // While it warms up gains are those of plain means: what came first weighs no more than the rest.
    const float plain = warm ? 0 : 1 / static_cast<float>(seen[i]);
    const float square = exact_product(stray, stray);
    // A spread of 0, of a signal that stood still, is no measure of a step.
    const float counted = warm && variance > 0 ? smaller(square, exact_product(L::most_square, variance)) : square;
    mean += exact_product(value - mean, larger<float>(L::long_gain, plain));
    variance += exact_product(counted - variance, larger<float>(L::spread_gain, plain));
  }
}

}  // namespace mote
