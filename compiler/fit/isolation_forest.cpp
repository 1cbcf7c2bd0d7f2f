#include "fit/isolation_forest.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include "support/error.hpp"

namespace mote {

namespace {

class TreeGrower {
 public:
  TreeGrower(const Rows& rows, Forest& forest, std::mt19937& random) : rows_(rows), forest_(forest), random_(random) {}

  ForestPlace grow(std::span<std::size_t> members, std::size_t depth, std::size_t most_depth) {
    const std::vector<std::size_t> features = depth < most_depth ? features_that_differ(members) : std::vector<std::size_t>{};
    if (features.empty()) return leaf(static_cast<double>(depth) + mean_search_path(members.size()));
    const std::size_t feature = features[random_() % features.size()];
    const auto [lowest, highest] = range(members, feature);
    // Above the lowest and below the highest: both sides hold a row.
    const auto share = static_cast<float>(random_() >> 8) / 16777216.0F;
    float threshold = lowest + share * (highest - lowest);
    if (!(threshold < highest)) threshold = lowest;
    const auto middle =
        std::partition(members.begin(), members.end(), [&](std::size_t i) { return rows_.row(i)[feature] <= threshold; });
    const auto left_count = static_cast<std::size_t>(middle - members.begin());
    Forest::Node node{static_cast<std::int32_t>(feature), threshold, 0, 0, false};
    node.left = grow(members.first(left_count), depth + 1, most_depth);
    node.right = grow(members.subspan(left_count), depth + 1, most_depth);
    forest_.nodes.push_back(node);
    return static_cast<ForestPlace>(forest_.nodes.size() - 1);
  }

 private:
  std::pair<float, float> range(std::span<const std::size_t> members, std::size_t feature) const {
    float lowest = rows_.row(members[0])[feature], highest = lowest;
    for (const std::size_t i : members) {
      lowest = std::min(lowest, rows_.row(i)[feature]);
      highest = std::max(highest, rows_.row(i)[feature]);
    }
    return {lowest, highest};
  }
  std::vector<std::size_t> features_that_differ(std::span<const std::size_t> members) const {
    std::vector<std::size_t> result;
    for (std::size_t k = 0; k < rows_.width; ++k) {
      const auto [lowest, highest] = range(members, k);
      if (lowest < highest) result.push_back(k);
    }
    return result;
  }
  ForestPlace leaf(double path) {
    forest_.leaves.push_back({{0, static_cast<float>(path)}});
    return -static_cast<ForestPlace>(forest_.leaves.size());
  }

  const Rows& rows_;
  Forest& forest_;
  std::mt19937& random_;
};

}  // namespace

double mean_search_path(std::size_t keys) {
  if (keys < 2) return 0;
  if (keys == 2) return 1;
  const auto n = static_cast<double>(keys);
  return 2 * (std::log(n - 1) + std::numbers::egamma) - 2 * (n - 1) / n;
}

FittedIsolationForest fit_isolation_forest(const Rows& rows, std::size_t trees, std::size_t samples, std::uint32_t seed) {
  samples = std::min(samples, rows.count());
  if (samples < 2)
    throw Error(fmt::format("{} vectors are too few for an isolation forest", rows.count()), "give more normal data");
  FittedIsolationForest result;
  result.forest.base = {0};
  std::mt19937 random(seed);
  TreeGrower grower(rows, result.forest, random);
  std::vector<std::size_t> order(rows.count());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t t = 0; t < trees; ++t) {
    for (std::size_t i = 0; i < samples; ++i) std::swap(order[i], order[i + random() % (order.size() - i)]);
    std::vector<std::size_t> members(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(samples));
    result.forest.roots.push_back(grower.grow(members, 0, static_cast<std::size_t>(std::bit_width(samples - 1))));
  }
  result.factor = 1 / (static_cast<double>(trees) * mean_search_path(samples));
  result.forest = result.forest.shared();
  return result;
}

}  // namespace mote
