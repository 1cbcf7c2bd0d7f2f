#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/operator.hpp"

namespace mote {

/// How the leaves that an input reaches become a score.
enum class ForestSum : std::int32_t { kSum = 0, kAverage = 1, kMinimum = 2, kMaximum = 3 };

/// A child of a node, or the root of a tree: a node's index, or a leaf's as -1 - index.
using ForestPlace = std::int32_t;
constexpr bool is_leaf(ForestPlace place) { return place < 0; }
constexpr std::size_t leaf_of(ForestPlace place) { return static_cast<std::size_t>(-1 - place); }

/// The constants of a `tree_ensemble`. Node i asks whether x[feature] <= threshold and goes left if so, right if not; what is not a
/// number goes left where `nan_left`. Children stand before their parents, so there is no cycle; nodes and leaves may be shared.
struct Forest {
  struct Node {
    std::int32_t feature = 0;
    float threshold = 0;
    ForestPlace left = 0, right = 0;
    bool nan_left = false;
    bool operator==(const Node&) const = default;
  };
  /// What a leaf adds to one score.
  struct Vote {
    std::int32_t target = 0;
    float weight = 0;
    bool operator==(const Vote&) const = default;
  };
  std::vector<Node> nodes;
  std::vector<ForestPlace> roots;
  std::vector<std::vector<Vote>> leaves;
  std::vector<float> base;  ///< one number for each score

  /// Same answers with fewer parts: equal leaves and equal subtrees stand once, nodes whose children are equal are gone, and so is
  /// whatever no root reaches. Votes of zero are left out.
  Forest shared() const;
  /// Mean number of nodes on the way from a root to a leaf, each leaf counted as half as likely as its parent.
  double mean_depth() const;
};

/// Inputs 1 to 7 of a `tree_ensemble` as a Forest. Error when they do not make one that is sound for `features` inputs.
Forest read_forest(const NodeView& node, std::int32_t features);

/// The constants, in the order of the operator's inputs 1 to 7.
struct ForestTensors {
  std::vector<std::int32_t> nodes;  ///< [nodes][4]: feature, left, right, nan_left
  std::vector<float> thresholds;
  std::vector<std::int32_t> roots, leaf_starts, vote_targets;
  std::vector<float> vote_weights, base;
};
ForestTensors write_forest(const Forest& forest);

}  // namespace mote
