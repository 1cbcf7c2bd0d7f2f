#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// DETECT_EVENTS: turns L::scores scores, one vector per run, into single events at the right moment: means over the last runs,
/// thresholds with hysteresis, debouncing, and a time after an event in which there is no other. `event`: the score's index, -1
/// for none; where several are ready, the one furthest above its threshold. `means`: of each score, over the runs that have come.
/// A score that is no number counts as 0.
///
/// L: `average` (means over so many runs), `debounce` (so many runs in a row above `on`), `refractory` (runs after an event
/// without another), `warm_up` (runs before anything is judged: no events, means of 0). `on`: above it an event begins. `off`:
/// the mean must have been at or below it before the same kind comes again. State that ends with a gap: `history` of L::average
/// vectors, and `counts`: for each score its runs above `on`; runs in the history, the place of the next, runs of the warm-up.
/// State that lasts, `since`: for each score 1 from an event until the mean has fallen to `off`; runs left of the refractory
/// time.
template <typename L>
MOTE_KERNEL void detect_events(const float* MOTE_RESTRICT scores, const float* MOTE_RESTRICT on, const float* MOTE_RESTRICT off,
                               float* MOTE_RESTRICT history, int32_t* MOTE_RESTRICT counts, int32_t* MOTE_RESTRICT since,
                               int32_t* MOTE_RESTRICT event, float* MOTE_RESTRICT means) {
  int32_t &filled = counts[L::scores], &place = counts[L::scores + 1], &warm = counts[L::scores + 2], &quiet = since[L::scores];
  *event = -1;
  const bool rests = quiet > 0;
  if (rests) --quiet;
  if (warm < L::warm_up) {
    ++warm;
    for (int32_t k = 0; k < L::scores; ++k) means[k] = 0;
    return;
  }
  if (filled < L::average) ++filled;
  float most = 0;
  for (int32_t k = 0; k < L::scores; ++k) {
    history[place * L::scores + k] = is_number(scores[k]) ? scores[k] : 0;
    float sum = 0;
    for (int32_t i = 0; i < filled; ++i) sum += history[i * L::scores + k];
    const float mean = sum / static_cast<float>(filled);
    means[k] = mean;
    if (mean <= off[k]) since[k] = 0;
    if (!(mean > on[k])) {
      counts[k] = 0;
      continue;
    }
    if (counts[k] < L::debounce) ++counts[k];
    const float above = mean - on[k];
    if (rests || since[k] != 0 || counts[k] < L::debounce || (*event >= 0 && !(above > most))) continue;
    *event = k;
    most = above;
  }
  place = place + 1 == L::average ? 0 : place + 1;
  if (*event < 0) return;
  since[*event] = 1;
  quiet = L::refractory;
}

}  // namespace mote
