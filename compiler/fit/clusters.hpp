#pragma once

#include <cstdint>

#include "fit/rows.hpp"

namespace mote {

/// Centres of k-means, with features weighed by 1 over their variance. A distance times its centre's factor is 1 for a member as
/// far as members are in the mean.
struct FittedClusters {
  std::vector<std::vector<double>> centres;
  std::vector<double> weights, factors;
  std::vector<std::size_t> nearest;  ///< of each row
};

/// Lloyd's algorithm from centres drawn as in k-means++ (Arthur, Vassilvitskii 2007), the best of several draws. Fewer centres
/// where there are fewer different rows.
FittedClusters fit_clusters(const Rows& rows, std::size_t clusters, std::uint32_t seed);

}  // namespace mote
