#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// A class, and how far away it is (squared); the class is below 0 while nothing has been taught.
struct Nearest {
  int32_t label = -1;
  float distance = 0;
};

/// Learns classes in the field, from the outputs of a model's last layer but one: each class is the mean of its examples (Snell,
/// Swersky, Zemel, "Prototypical networks for few-shot learning", 2017). Fixed memory: a mean and a count for each class. Plain
/// data: may be saved and restored as bytes.
template <int32_t kClasses, int32_t kFeatures>
struct NearestCentroid {
  float means[kClasses][kFeatures] = {};
  uint32_t examples[kClasses] = {};

  /// False, and nothing changes, where there is no such class or a value is no number.
  bool teach(int32_t label, const float* features) {
    if (label < 0 || label >= kClasses || !are_numbers(features, kFeatures)) return false;
    if (examples[label] != UINT32_MAX) ++examples[label];
    const float gain = 1 / static_cast<float>(examples[label]);
    for (int32_t i = 0; i < kFeatures; ++i) means[label][i] += gain * (features[i] - means[label][i]);
    return true;
  }
  void forget(int32_t label) {
    if (label >= 0 && label < kClasses) examples[label] = 0;
  }

  Nearest classify(const float* features) const {
    Nearest best;
    for (int32_t c = 0; c < kClasses; ++c) {
      if (examples[c] == 0) continue;
      const float distance = squared_distance(features, means[c], kFeatures);
      if (best.label < 0 || distance < best.distance) best = {c, distance};
    }
    return best;
  }
};

/// Keeps examples themselves, at most kExamples; classifies by the nearest one. When there is no room, the example that says
/// least gives way: one that its own class explains best, by the nearest other example of that class (as in Hart, "The condensed
/// nearest neighbor rule", 1968).
template <int32_t kExamples, int32_t kFeatures>
struct NearestExample {
  float features[kExamples][kFeatures] = {};
  int32_t labels[kExamples] = {};
  int32_t used = 0;

  /// False, and nothing changes, where the label is negative or a value is no number.
  bool teach(int32_t label, const float* example) {
    if (label < 0 || !are_numbers(example, kFeatures)) return false;
    const int32_t place = used < kExamples ? used++ : least_telling();
    for (int32_t i = 0; i < kFeatures; ++i) features[place][i] = example[i];
    labels[place] = label;
    return true;
  }
  void forget(int32_t label) {
    int32_t kept = 0;
    for (int32_t e = 0; e < used; ++e) {
      if (labels[e] == label) continue;
      labels[kept] = labels[e];
      if (kept != e) memcpy(features[kept], features[e], sizeof features[e]);
      ++kept;
    }
    used = kept;
  }

  Nearest classify(const float* values) const {
    Nearest best;
    for (int32_t e = 0; e < used; ++e) {
      const float distance = squared_distance(values, features[e], kFeatures);
      if (best.label < 0 || distance < best.distance) best = {labels[e], distance};
    }
    return best;
  }

 private:
  /// The older one of the two nearest of one class; where every class has one example, the oldest.
  int32_t least_telling() const {
    int32_t found = 0;
    float least = -1;
    for (int32_t e = 0; e < kExamples; ++e) {
      for (int32_t other = e + 1; other < kExamples; ++other) {
        if (labels[e] != labels[other]) continue;
        const float distance = squared_distance(features[e], features[other], kFeatures);
        if (least < 0 || distance < least) {
          least = distance;
          found = e;
        }
      }
    }
    return found;
  }
};

}  // namespace mote
