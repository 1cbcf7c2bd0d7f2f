#pragma once

#include <cstdint>

#include "fit/rows.hpp"
#include "ops/forest.hpp"

namespace mote {

/// Trees whose leaves vote for the length of the path to them, and what ISOLATION_SCORE multiplies the sum with.
struct FittedIsolationForest {
  Forest forest;
  double factor = 1;
};

/// Each tree isolates `samples` rows drawn without replacement by random cuts, down to the mean depth of such a tree; leaves of
/// several rows count for the path that would isolate one (Liu, Ting, Zhou, "Isolation forest", 2008).
FittedIsolationForest fit_isolation_forest(const Rows& rows, std::size_t trees, std::size_t samples, std::uint32_t seed);

/// The mean path of an unsuccessful search in a binary search tree of so many keys.
double mean_search_path(std::size_t keys);

}  // namespace mote
