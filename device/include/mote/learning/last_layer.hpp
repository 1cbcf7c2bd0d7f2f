#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// The last layer of a classifier, taught on the device: softmax of weights times features, a step of gradient descent on the
/// cross entropy for each example (Bishop, "Pattern recognition and machine learning", 4.3.4). Fixed memory. Plain data: may be
/// saved and restored as bytes. L: `rate` (of learning: steps are divided by the features' square sum, so that 0.1 to 1 suits any
/// scale), `decay` (share that weights lose with each step).
template <typename L, int32_t kClasses, int32_t kFeatures>
struct LastLayer {
  float weights[kClasses][kFeatures] = {};
  float biases[kClasses] = {};

  /// Probabilities of the classes; the likeliest.
  int32_t classify(const float* features, float* probabilities) const {
    int32_t best = 0;
    for (int32_t c = 0; c < kClasses; ++c) {
      float sum = biases[c];
      for (int32_t i = 0; i < kFeatures; ++i) sum += weights[c][i] * features[i];
      probabilities[c] = sum;
      if (sum > probabilities[best]) best = c;
    }
    const float most = probabilities[best];
    float total = 0;
    for (int32_t c = 0; c < kClasses; ++c) total += probabilities[c] = expf(probabilities[c] - most);
    for (int32_t c = 0; c < kClasses; ++c) probabilities[c] /= total;
    return best;
  }

  /// False, and nothing changes, where there is no such class or a value is no number.
  bool teach(int32_t label, const float* features) {
    if (label < 0 || label >= kClasses) return false;
    float squares = 1;
    for (int32_t i = 0; i < kFeatures; ++i) squares += features[i] * features[i];
    if (!is_number(squares)) return false;
    float probabilities[kClasses];
    classify(features, probabilities);
    for (int32_t c = 0; c < kClasses; ++c) {
      const float step = L::rate * ((c == label ? 1.0F : 0.0F) - probabilities[c]) / squares;
      for (int32_t i = 0; i < kFeatures; ++i) weights[c][i] += step * features[i] - L::decay * weights[c][i];
      biases[c] += step;
    }
    return true;
  }
};

}  // namespace mote
