#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// Probabilities of L::classes classes: softmax of weights times features; the likeliest.
template <typename L>
MOTE_INLINE int32_t classify_by_last_layer(const float* MOTE_RESTRICT features, const float* MOTE_RESTRICT weights,
                                           const float* MOTE_RESTRICT biases, float* MOTE_RESTRICT probabilities) {
  int32_t best = 0;
  for (int32_t c = 0; c < L::classes; ++c) {
    float sum = biases[c];
    for (int32_t i = 0; i < L::features; ++i) sum += exact_product(*weights++, features[i]);
    probabilities[c] = sum;
    if (sum > probabilities[best]) best = c;
  }
  const float most = probabilities[best];
  float total = 0;
  for (int32_t c = 0; c < L::classes; ++c) {
    probabilities[c] = exact_exp(probabilities[c] - most);
    total += probabilities[c];
  }
  for (int32_t c = 0; c < L::classes; ++c) probabilities[c] /= total;
  return best;
}

/// LAST_LAYER: the last layer of a classifier, taught on the device. Outputs: the likeliest class, and the classes'
/// probabilities; -1 and zeros where a feature is not measured. `last`: the features, for teaching.
template <typename L>
MOTE_KERNEL void last_layer(const float* MOTE_RESTRICT features, float* MOTE_RESTRICT last, const float* MOTE_RESTRICT weights,
                            const float* MOTE_RESTRICT biases, int32_t* MOTE_RESTRICT label, float* MOTE_RESTRICT probabilities) {
  memcpy(last, features, L::features * sizeof(float));
  if (are_measured(features, L::features)) {
    *label = classify_by_last_layer<L>(features, weights, biases, probabilities);
    return;
  }
  *label = -1;
  for (int32_t c = 0; c < L::classes; ++c) probabilities[c] = 0;
}

/// A step of gradient descent on the cross entropy for what was seen last (Bishop, "Pattern recognition and machine learning",
/// 2006, 4.3.4), and weights lose a share of themselves. L: `rate` (of learning: steps are divided by 1 more than the features'
/// square sum, so that 0.1 to 1 suits any scale), `decay` (the share). False, with nothing changed, where there is no such class
/// or a value is not measured, as before the first run.
template <typename L>
MOTE_KERNEL bool teach_last_layer(int32_t label, const float* MOTE_RESTRICT last, float* MOTE_RESTRICT weights,
                                  float* MOTE_RESTRICT biases) {
  if (label < 0 || label >= L::classes || !are_measured(last, L::features)) return false;
  float squares = 1;
  for (int32_t i = 0; i < L::features; ++i) squares += exact_product(last[i], last[i]);
  float probabilities[L::classes];
  classify_by_last_layer<L>(last, weights, biases, probabilities);
  for (int32_t c = 0; c < L::classes; ++c) {
    const float step = exact_product(L::rate, (c == label ? 1.0F : 0.0F) - probabilities[c]) / squares;
    for (int32_t i = 0; i < L::features; ++i, ++weights) {
      *weights = (*weights - exact_product(L::decay, *weights)) + exact_product(step, last[i]);
    }
    biases[c] += step;
  }
  return true;
}

}  // namespace mote
