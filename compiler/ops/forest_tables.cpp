#include "ops/forest_tables.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>

#include "ops/quantized_math.hpp"

namespace mote {

namespace {

/// Leaves in the order in which their votes are stored: those that most places lead to first, so that their places are small numbers.
std::vector<std::size_t> leaves_by_use(const Forest& forest) {
  std::vector<std::int64_t> uses(forest.leaves.size());
  const auto use = [&](ForestPlace place) {
    if (is_leaf(place)) ++uses[leaf_of(place)];
  };
  for (const Forest::Node& node : forest.nodes) {
    use(node.left);
    use(node.right);
  }
  for (const ForestPlace root : forest.roots) use(root);
  std::vector<std::size_t> order(forest.leaves.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return uses[a] > uses[b]; });
  return order;
}

std::int32_t bits_for_targets(const Forest& forest) {
  return std::max(1, static_cast<std::int32_t>(std::bit_width(forest.base.size() - 1)));
}

/// The head of a vote's word.
std::uint32_t head(std::int32_t target, bool last, std::int32_t target_bits) {
  const std::uint32_t flag = last ? std::uint32_t{1} << (31 - target_bits) : 0;
  return (static_cast<std::uint32_t>(target) << (32 - target_bits)) | flag;
}

/// A leaf that votes for nothing still has a word.
std::vector<Forest::Vote> votes_or_zero(const std::vector<Forest::Vote>& votes) {
  return votes.empty() ? std::vector<Forest::Vote>{{0, 0.0F}} : votes;
}

}  // namespace

Forest with_integer_thresholds(const Forest& forest, DataType type) {
  const auto [lowest, highest] = type_range(type);
  Forest made = forest;
  std::vector<ForestPlace> places(forest.nodes.size());
  const auto moved = [&](ForestPlace place) { return is_leaf(place) ? place : places[static_cast<std::size_t>(place)]; };
  for (std::size_t i = 0; i < forest.nodes.size(); ++i) {
    Forest::Node& node = made.nodes[i];
    node.left = moved(node.left);
    node.right = moved(node.right);
    node.nan_left = false;
    const double whole = std::floor(static_cast<double>(node.threshold));
    places[i] = static_cast<ForestPlace>(i);
    if (whole < lowest) {
      places[i] = node.right;
    } else if (whole >= highest) {
      places[i] = node.left;
    }
    node.threshold = static_cast<float>(std::clamp(whole, static_cast<double>(lowest), static_cast<double>(highest)));
  }
  for (ForestPlace& root : made.roots) root = moved(root);
  return made.shared();
}

std::optional<FixedVotes> pack_fixed_votes(const Forest& forest, ForestSum how) {
  if (how != ForestSum::kSum && how != ForestSum::kAverage) return std::nullopt;
  FixedVotes made;
  made.target_bits = bits_for_targets(forest);
  if (made.target_bits > 8) return std::nullopt;
  const double trees = static_cast<double>(forest.roots.size());
  const double share = how == ForestSum::kAverage ? 1.0 / trees : 1.0;
  // No partial sum is larger in size than a base value and the largest vote of each tree.
  double vote = 0, base = 0;
  for (const auto& votes : forest.leaves)
    for (const Forest::Vote& each : votes) vote = std::max(vote, std::abs(static_cast<double>(each.weight)) * share);
  for (const float each : forest.base) base = std::max(base, std::abs(static_cast<double>(each)));
  const double largest = base + trees * vote;
  const int exponent = largest > 0 ? std::ilogb(largest) + 1 - 30 : -30;  // largest <= 2^30 units
  const double unit = std::ldexp(1.0, exponent);
  const std::int32_t low_bits = made.target_bits + 1;
  const double step = std::ldexp(unit, low_bits);
  if (largest > 0 && 0.5 * trees * step > 5e-6 * largest) return std::nullopt;
  made.unit = static_cast<float>(unit);
  if (!std::isnormal(made.unit)) return std::nullopt;
  made.unit_bits = -exponent;
  for (std::size_t c = 0; c < forest.base.size(); ++c) {
    const auto steps = static_cast<std::int32_t>(std::lrint(static_cast<double>(forest.base[c]) / step));
    made.base.push_back(steps * (1 << low_bits) + static_cast<std::int32_t>(forest.base.size() - 1 - c));
  }
  made.starts.resize(forest.leaves.size());
  for (const std::size_t leaf : leaves_by_use(forest)) {
    made.starts[leaf] = static_cast<std::int32_t>(made.words.size());
    const auto votes = votes_or_zero(forest.leaves[leaf]);
    for (std::size_t i = 0; i < votes.size(); ++i) {
      const auto steps = static_cast<std::int64_t>(std::llrint(static_cast<double>(votes[i].weight) * share / step));
      const std::uint32_t low = static_cast<std::uint32_t>(steps) & ((std::uint32_t{1} << (32 - low_bits)) - 1);
      made.words.push_back(head(votes[i].target, i + 1 == votes.size(), made.target_bits) | low);
    }
  }
  return made;
}

FloatVotes pack_float_votes(const Forest& forest) {
  FloatVotes made;
  made.target_bits = bits_for_targets(forest);
  made.starts.resize(forest.leaves.size());
  for (const std::size_t leaf : leaves_by_use(forest)) {
    made.starts[leaf] = static_cast<std::int32_t>(made.words.size());
    const auto votes = votes_or_zero(forest.leaves[leaf]);
    for (std::size_t i = 0; i < votes.size(); ++i) {
      made.words.push_back(head(votes[i].target, i + 1 == votes.size(), made.target_bits));
      made.words.push_back(std::bit_cast<std::uint32_t>(votes[i].weight));
    }
  }
  return made;
}

std::optional<CompactTrees> pack_compact_trees(const Forest& forest, const std::vector<std::int32_t>& starts) {
  constexpr std::int32_t kPlaces = 1 << 15, kFeatures = 128;
  for (const Forest::Node& node : forest.nodes)
    if (node.feature >= kFeatures) return std::nullopt;
  for (const std::int32_t start : starts)
    if (start >= kPlaces) return std::nullopt;
  CompactTrees made;
  std::vector<std::int32_t> placed(forest.nodes.size(), -1);
  bool fits = true;
  const auto leaf_place = [&](ForestPlace leaf) { return static_cast<std::int16_t>(starts[leaf_of(leaf)] - kPlaces); };
  // A node whose copy stands already is used again, except right behind its parent.
  std::function<void(ForestPlace)> write = [&](ForestPlace place) {
    if (made.words.size() >= static_cast<std::size_t>(kPlaces)) fits = false;
    if (!fits) return;
    const Forest::Node& node = forest.nodes[static_cast<std::size_t>(place)];
    const std::size_t at = made.words.size();
    placed[static_cast<std::size_t>(place)] = static_cast<std::int32_t>(at);
    const auto threshold = static_cast<std::int32_t>(node.threshold);
    made.words.push_back(static_cast<std::int16_t>(threshold * 256 + (is_leaf(node.left) ? 128 : 0) + node.feature));
    made.words.push_back(0);
    if (is_leaf(node.left)) {
      made.words.push_back(leaf_place(node.left));
    } else {
      write(node.left);
    }
    if (is_leaf(node.right)) {
      made.words[at + 1] = leaf_place(node.right);
    } else {
      if (placed[static_cast<std::size_t>(node.right)] < 0) {
        const auto next = static_cast<std::int32_t>(made.words.size());
        write(node.right);
        MOTE_CHECK(!fits || placed[static_cast<std::size_t>(node.right)] == next);
      }
      made.words[at + 1] = static_cast<std::int16_t>(placed[static_cast<std::size_t>(node.right)]);
    }
  };
  for (const ForestPlace root : forest.roots) {
    if (is_leaf(root)) {
      made.roots.push_back(leaf_place(root));
      continue;
    }
    if (placed[static_cast<std::size_t>(root)] < 0) write(root);
    if (!fits) return std::nullopt;
    made.roots.push_back(static_cast<std::int16_t>(placed[static_cast<std::size_t>(root)]));
  }
  if (!fits || made.words.size() > static_cast<std::size_t>(kPlaces)) return std::nullopt;
  return made;
}

}  // namespace mote
