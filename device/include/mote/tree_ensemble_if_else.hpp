#pragma once

#include "mote/tree_ensemble.hpp"

// Branches are small as they are; what makes loops fast makes them large.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("Os", "no-reorder-blocks")
#endif

namespace mote {

/// A place from here on is a node; one below is a leaf: the place of its votes among the tree's, or below zero, -1 - a score that
/// gets L::usual_vote.
constexpr int32_t kFirstNode = 1 << 24;

/// The inputs of one row. The second pointer is kept apart from the first, so that loads of features reach further with short
/// instructions.
template <typename L>
struct ForestRow {
  static constexpr int32_t kNear = 32;
  const typename L::Value* near_part;
  const typename L::Value* far_part;

  MOTE_INLINE explicit ForestRow(const typename L::Value* in) : near_part(in), far_part(L::features > kNear ? in + kNear : in) {
    MOTE_HOLD(far_part);
  }
  template <int32_t kFeature>
  MOTE_INLINE typename L::Value value() const {
    if constexpr (kFeature < kNear) return near_part[kFeature];
    return far_part[kFeature - kNear];
  }
};

/// The leaf that the tree at kPlace leads to.
template <typename L, int32_t kPlace>
MOTE_INLINE int32_t descend(const ForestRow<L>& row) {
  if constexpr (kPlace < kFirstNode) {
    return kPlace;
  } else {
    constexpr int32_t kNode = kPlace - kFirstNode;
    const auto x = row.template value<L::node_features[kNode]>();
    if constexpr (L::node_nan_left[kNode] != 0) {
      if (!(x > L::node_thresholds[kNode])) return descend<L, L::node_lefts[kNode]>(row);
    } else {
      if (x <= L::node_thresholds[kNode]) return descend<L, L::node_lefts[kNode]>(row);
    }
    return descend<L, L::node_rights[kNode]>(row);
  }
}

/// A branch for each score, which compilers join with those that lead to it.
template <typename L, int32_t kTarget = 0>
MOTE_INLINE void add_leaf(int32_t leaf, const typename ForestSums<L>::Votes* votes, ForestSums<L>& sums) {
  if constexpr (!L::fixed || L::usual_vote == 0 || kTarget == L::targets) {
    MOTE_HOLD(leaf);
    sums.add(votes + leaf);
  } else {
    if (leaf == -1 - kTarget) {
      sums.sums[kTarget] += L::usual_vote;
    } else {
      add_leaf<L, kTarget + 1>(leaf, votes, sums);
    }
  }
}

template <typename L, int32_t kFirst, int32_t kEnd>
MOTE_INLINE void add_trees(const ForestRow<L>& row, const typename ForestSums<L>::Votes* votes, ForestSums<L>& sums) {
  if constexpr (kEnd - kFirst == 1) {
    add_leaf<L>(descend<L, L::tree_roots[kFirst]>(row), votes + L::tree_votes[kFirst], sums);
  } else {
    constexpr int32_t kMiddle = kFirst + (kEnd - kFirst) / 2;
    add_trees<L, kFirst, kMiddle>(row, votes, sums);
    add_trees<L, kMiddle, kEnd>(row, votes, sums);
  }
}

/// Nodes as branches: the compiler unrolls the descriptor's lists.
template <typename L>
MOTE_KERNEL void tree_ensemble_if_else(const typename L::Value* MOTE_RESTRICT in,
                                       const typename ForestSums<L>::Votes* MOTE_RESTRICT votes, float* MOTE_RESTRICT scores,
                                       int32_t* MOTE_RESTRICT label) {
  for (int32_t n = 0; n < L::rows; ++n, in += L::features, scores += L::targets) {
    ForestSums<L> sums;
    sums.start();
    add_trees<L, 0, L::trees>(ForestRow<L>(in), votes, sums);
    finish_forest<L>(sums, scores, label + n);
  }
}

}  // namespace mote

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif
