#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// HALF_SPACE_TREES (Tan, Ting, Liu, "Fast anomaly detection for streaming data", 2011): L::trees whole binary trees of L::depth
/// levels below the root. A vector goes left in an inner node where the feature `dimensions[node]` is below `thresholds[node]`;
/// node n has the children 2 n + 1 and 2 n + 2. `masses`: for each tree the reference mass and then the latest mass of every
/// node. After every L::window vectors the latest masses become the reference, and are counted anew. The score is 1 less the
/// share of the most that a vector's masses can be, mass times 2^level where a node has at most L::size_limit or is a leaf: near
/// 1 where few have been; 0 until the first window is full. A vector with a value that is not measured scores 0 and changes
/// nothing.
template <typename L>
MOTE_KERNEL void half_space_trees(const float* MOTE_RESTRICT values, const int16_t* MOTE_RESTRICT dimensions,
                                  const float* MOTE_RESTRICT thresholds, int16_t* MOTE_RESTRICT masses,
                                  int32_t* MOTE_RESTRICT seen, float* MOTE_RESTRICT out) {
  constexpr int32_t kInner = (1 << L::depth) - 1, kNodes = 2 * kInner + 1;
  *out = 0;
  if (!are_measured(values, L::features)) return;
  const bool judges = seen[1] != 0;
  float sum = 0;
  for (int32_t t = 0; t < L::trees; ++t) {
    int16_t* reference = masses + t * 2 * kNodes;
    int16_t* latest = reference + kNodes;
    bool counted = false;
    for (int32_t level = 0, node = 0;; ++level) {
      ++latest[node];
      if (!counted && (level == L::depth || reference[node] <= L::size_limit)) {
        sum += static_cast<float>(static_cast<int32_t>(reference[node]) << level);
        counted = true;
      }
      if (level == L::depth) break;
      const int32_t at = t * kInner + node;
      node = 2 * node + (values[dimensions[at]] < thresholds[at] ? 1 : 2);
    }
  }
  if (judges) *out = 1 - exact_product(sum, L::share);
  if (++seen[0] < L::window) return;
  seen[0] = 0;
  seen[1] = 1;
  for (int32_t t = 0; t < L::trees; ++t) {
    int16_t* reference = masses + t * 2 * kNodes;
    memcpy(reference, reference + kNodes, kNodes * sizeof(int16_t));
    memset(reference + kNodes, 0, kNodes * sizeof(int16_t));
  }
}

}  // namespace mote
