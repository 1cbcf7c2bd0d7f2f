#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// NEAREST_PROTOTYPES: classes taught in the field, each the mean of its examples (Snell, Swersky, Zemel, "Prototypical networks
/// for few-shot learning", 2017). `means` [L::classes][L::features], `examples`: how many each class has. Outputs: the nearest
/// class, -1 where none has been taught or a feature is not measured, and for each class 1 / (1 + squared distance), 0 where it
/// has no examples. `last`: the features, for teaching.
template <typename L>
MOTE_KERNEL void nearest_prototypes(const float* MOTE_RESTRICT features, float* MOTE_RESTRICT last,
                                    const float* MOTE_RESTRICT means, const int32_t* MOTE_RESTRICT examples,
                                    int32_t* MOTE_RESTRICT label, float* MOTE_RESTRICT likeness) {
  memcpy(last, features, L::features * sizeof(float));
  const bool measured = are_measured(features, L::features);
  *label = -1;
  for (int32_t c = 0; c < L::classes; ++c) {
    likeness[c] = 0;
    if (!measured || examples[c] == 0) continue;
    likeness[c] = 1 / (1 + squared_distance(features, means + c * L::features, L::features));
    if (*label < 0 || likeness[c] > likeness[*label]) *label = c;
  }
}

/// Moves the mean of class `label` by what was seen last. False, with nothing changed, where there is no such class or a value is
/// not measured, as before the first run.
template <typename L>
MOTE_KERNEL bool teach_nearest_prototypes(int32_t label, const float* MOTE_RESTRICT last, float* MOTE_RESTRICT means,
                                          int32_t* MOTE_RESTRICT examples) {
  if (label < 0 || label >= L::classes || !are_measured(last, L::features)) return false;
  if (examples[label] != INT32_MAX) ++examples[label];
  const float gain = 1 / static_cast<float>(examples[label]);
  float* mean = means + label * L::features;
  for (int32_t i = 0; i < L::features; ++i) mean[i] += exact_product(gain, last[i] - mean[i]);
  return true;
}

}  // namespace mote
