#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// MAJORITY_VOTE: the class that most of the last L::length runs name; of equals the one that was named last. A run names the
/// first of its largest scores, L::classes of them, or, where L::classes is 0, the class that its one value is, if that is not
/// below 0; the first L::warm_up runs name none. `past`: one more than the classes named, the last one first, 0 for none. `last`:
/// one more than the class that came out last, and runs of the warm-up. Outputs: the class, -1 while none has been named, and an
/// event: the class where it is another than that of the run before, otherwise -1.
template <typename L>
MOTE_KERNEL void majority_vote(const typename L::Value* MOTE_RESTRICT in, int32_t* MOTE_RESTRICT past,
                               int32_t* MOTE_RESTRICT last, int32_t* MOTE_RESTRICT voted, int32_t* MOTE_RESTRICT event) {
  *voted = *event = -1;
  if (last[1] < L::warm_up) {
    ++last[1];
    return;
  }
  int32_t named = 0;
  if constexpr (L::classes == 0) {
    named = static_cast<int32_t>(in[0]);
  } else {
    for (int32_t c = 1; c < L::classes; ++c) {
      if (in[c] > in[named]) named = c;
    }
  }
  memmove(past + 1, past, (L::length - 1) * sizeof(int32_t));
  past[0] = named < 0 || named == INT32_MAX ? 0 : named + 1;
  int32_t best = 0, most = 0;
  for (int32_t i = 0; i < L::length; ++i) {
    if (past[i] == 0) continue;
    int32_t votes = 0;
    for (int32_t j = 0; j < L::length; ++j) votes += past[j] == past[i] ? 1 : 0;
    if (votes <= most) continue;
    most = votes;
    best = past[i];
  }
  *voted = best - 1;
  if (best != last[0]) *event = best - 1;
  last[0] = best;
}

}  // namespace mote
