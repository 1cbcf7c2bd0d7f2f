#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// What is normal for one value, learned while it runs: its mean over a long time, and how far a mean over a short time usually
/// strays from it. Both are forgotten exponentially (Welford's update with constant gains; Finch, "Incremental calculation of
/// weighted mean and variance", 2009). The state is plain data of a few words: it may be saved and restored as bytes.
///
/// L: `short_gain`, `long_gain`, `spread_gain` (shares of each new value, between 0 and 1, the first the largest), `most_step`
/// (in spreads: what strays further counts as so much, so that an anomaly does not become normal at once), `warm_up` (values
/// before anything is judged).
template <typename L>
struct RunningBaseline {
  float mean = 0, near = 0, variance = 0;
  uint32_t seen = 0;  ///< stays at warm_up when it is reached

  /// How far the short mean strays, in spreads of what is usual, signed; 0 while it warms up. A value that is no number changes
  /// nothing.
  float next(float value) {
    if (!is_number(value)) return 0;
    if (seen == 0) mean = near = value;
    near += (value - near) * L::short_gain;
    const float stray = near - mean;
    const bool warm = seen >= L::warm_up;
    const float score = warm && variance > 0 ? stray / sqrtf(variance) : 0;
    if (!warm) ++seen;
    // While it warms up gains are those of plain means: what came first weighs no more than the rest.
    const float plain = warm ? 0 : 1 / static_cast<float>(seen);
    const float square = stray * stray;
    const float most = L::most_step * L::most_step * variance;
    mean += (value - mean) * larger<float>(L::long_gain, plain);
    variance += ((warm ? smaller(square, most) : square) - variance) * larger<float>(L::spread_gain, plain);
    return score;
  }
};

}  // namespace mote
