#include "ops/forest_tables.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "ops/quantized_math.hpp"

namespace mote {

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
