#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// NEAREST_EXAMPLES: keeps examples themselves, at most L::capacity; the nearest one tells the class. `examples`
/// [L::capacity][L::features], `labels`: one more than each one's class, the used ones first, 0 for the others. Outputs: the
/// class of the nearest, -1 where none has been taught or a feature is not measured, and for each of L::classes classes 1 / (1 +
/// squared distance) of its nearest example, 0 where it has none. `last`: the features, for teaching.
template <typename L>
MOTE_KERNEL void nearest_examples(const float* MOTE_RESTRICT features, float* MOTE_RESTRICT last,
                                  const float* MOTE_RESTRICT examples, const int32_t* MOTE_RESTRICT labels,
                                  int32_t* MOTE_RESTRICT label, float* MOTE_RESTRICT likeness) {
  memcpy(last, features, L::features * sizeof(float));
  *label = -1;
  for (int32_t c = 0; c < L::classes; ++c) likeness[c] = 0;
  if (!are_measured(features, L::features)) return;
  for (int32_t e = 0; e < L::capacity && labels[e] != 0; ++e) {
    const float like = 1 / (1 + squared_distance(features, examples + e * L::features, L::features));
    const int32_t c = labels[e] - 1;
    likeness[c] = larger(likeness[c], like);
    if (*label < 0 || like > likeness[*label]) *label = c;
  }
}

/// Keeps what was seen last as an example of class `label`. Where there is no room, the example that says least gives way: of the
/// two nearest ones of one class the older; where every class has one example, the oldest (after Hart, "The condensed nearest
/// neighbor rule", 1968). False, with nothing changed, where there is no such class or a value is not measured, as before the
/// first run.
template <typename L>
MOTE_KERNEL bool teach_nearest_examples(int32_t label, const float* MOTE_RESTRICT last, float* MOTE_RESTRICT examples,
                                        int32_t* MOTE_RESTRICT labels) {
  if (label < 0 || label >= L::classes || !are_measured(last, L::features)) return false;
  int32_t place = 0;
  while (place < L::capacity && labels[place] != 0) ++place;
  if (place == L::capacity) {
    int32_t goes = 0;
    float least = -1;
    for (int32_t e = 0; e < L::capacity; ++e) {
      for (int32_t other = e + 1; other < L::capacity; ++other) {
        if (labels[e] != labels[other]) continue;
        const float distance = squared_distance(examples + e * L::features, examples + other * L::features, L::features);
        if (least >= 0 && !(distance < least)) continue;
        least = distance;
        goes = e;
      }
    }
    --place;
    const auto behind = static_cast<size_t>(place - goes);
    memmove(examples + goes * L::features, examples + (goes + 1) * L::features, behind * L::features * sizeof(float));
    memmove(labels + goes, labels + goes + 1, behind * sizeof(int32_t));
  }
  memcpy(examples + place * L::features, last, L::features * sizeof(float));
  labels[place] = label + 1;
  return true;
}

}  // namespace mote
