#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// How far a vector lies from the nearest of a few centres, which follow what comes (MacQueen, "Some methods for classification
/// and analysis of multivariate observations", 1967, with a constant gain). The first vectors that lie apart become centres.
/// Plain data: may be saved and restored as bytes.
///
/// L: `gain` (of each new vector for its centre, between 0 and 1), `apart` (squared distance from all centres at which a vector
/// becomes one itself, while there is room), `follow` (squared distance up to which a centre follows: an anomaly moves none).
template <typename L, int32_t kCentres, int32_t kFeatures>
struct RunningCentres {
  float centres[kCentres][kFeatures] = {};
  uint32_t members[kCentres] = {};  ///< vectors that each has followed
  int32_t used = 0;

  /// The squared distance to the nearest centre, then learns the vector. One with a value that is no number changes nothing, and
  /// is 0 away.
  float next(const float* values) {
    if (!are_numbers(values, kFeatures)) return 0;
    int32_t nearest = 0;
    float least = 0;
    for (int32_t c = 0; c < used; ++c) {
      const float distance = squared_distance(values, centres[c], kFeatures);
      if (c == 0 || distance < least) {
        least = distance;
        nearest = c;
      }
    }
    if (used < kCentres && (used == 0 || least > L::apart)) {
      for (int32_t i = 0; i < kFeatures; ++i) centres[used][i] = values[i];
      members[used++] = 1;
    } else if (least <= L::follow) {
      if (members[nearest] != UINT32_MAX) ++members[nearest];
      const float gain = larger<float>(L::gain, 1 / static_cast<float>(members[nearest]));
      for (int32_t i = 0; i < kFeatures; ++i) centres[nearest][i] += gain * (values[i] - centres[nearest][i]);
    }
    return least;
  }
};

}  // namespace mote
