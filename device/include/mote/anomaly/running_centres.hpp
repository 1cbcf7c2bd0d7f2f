#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// RUNNING_CENTRES: how far (squared) a vector of L::features lies from the nearest of at most L::centres centres, which follow
/// what comes (MacQueen, "Some methods for classification and analysis of multivariate observations", 1967, with a constant
/// gain). The first vectors that lie apart become centres. `members`: vectors that each centre has followed; those without are
/// not used yet. A vector with a value that is not measured is 0 away and changes nothing.
///
/// L: `gain` (of each new vector for its centre), `apart` (squared distance from all centres at which a vector becomes one
/// itself, while there is room), `follow` (squared distance up to which a centre follows: an anomaly moves none).
template <typename L>
MOTE_KERNEL void running_centres(const float* MOTE_RESTRICT values, float* MOTE_RESTRICT centres, int32_t* MOTE_RESTRICT members,
                                 float* MOTE_RESTRICT out) {
  *out = 0;
  if (!are_measured(values, L::features)) return;
  int32_t nearest = 0, used = 0;
  float least = 0;
  for (; used < L::centres && members[used] > 0; ++used) {
    const float distance = squared_distance(values, centres + used * L::features, L::features);
    if (used > 0 && !(distance < least)) continue;
    least = distance;
    nearest = used;
  }
  *out = least;
  if (used < L::centres && (used == 0 || least > L::apart)) {
    memcpy(centres + used * L::features, values, L::features * sizeof(float));
    members[used] = 1;
  } else if (least <= L::follow) {
    if (members[nearest] != INT32_MAX) ++members[nearest];
    const float gain = larger<float>(L::gain, 1 / static_cast<float>(members[nearest]));
    float* centre = centres + nearest * L::features;
    for (int32_t i = 0; i < L::features; ++i) centre[i] += exact_product(gain, values[i] - centre[i]);
  }
}

}  // namespace mote
