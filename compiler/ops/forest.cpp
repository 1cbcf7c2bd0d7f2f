#include "ops/forest.hpp"

#include <bit>
#include <cmath>
#include <map>
#include <tuple>

#include "ops/checks.hpp"

namespace mote {

namespace {

/// Builds a forest bottom up; whatever is equal to what stands already is not added again.
class SharingBuilder {
 public:
  ForestPlace leaf(const std::vector<Forest::Vote>& votes) {
    std::vector<Forest::Vote> kept;
    std::vector<std::pair<std::int32_t, std::uint32_t>> key;
    for (const Forest::Vote& vote : votes) {
      if (vote.weight == 0.0F) continue;
      kept.push_back(vote);
      key.emplace_back(vote.target, std::bit_cast<std::uint32_t>(vote.weight));
    }
    const auto [found, is_new] = leaves_.try_emplace(std::move(key), -1 - static_cast<ForestPlace>(made.leaves.size()));
    if (is_new) made.leaves.push_back(std::move(kept));
    return found->second;
  }
  ForestPlace node(const Forest::Node& node) {
    if (node.left == node.right) return node.left;
    const auto key = std::tuple{node.feature, std::bit_cast<std::uint32_t>(node.threshold), node.left, node.right, node.nan_left};
    const auto [found, is_new] = nodes_.try_emplace(key, static_cast<ForestPlace>(made.nodes.size()));
    if (is_new) made.nodes.push_back(node);
    return found->second;
  }

  Forest made;

 private:
  std::map<std::vector<std::pair<std::int32_t, std::uint32_t>>, ForestPlace> leaves_;
  std::map<std::tuple<std::int32_t, std::uint32_t, ForestPlace, ForestPlace, bool>, ForestPlace> nodes_;
};

void require_shape(const Tensor& tensor, const Shape& shape) {
  if (tensor.shape == shape) return;
  throw Error(fmt::format("tensor '{}' is {}; {} is needed", tensor.name, to_string(tensor.shape), to_string(shape)));
}

template <typename T>
std::span<const T> constant(const NodeView& node, int i, std::string_view meaning) {
  require_constant(node.input(i), meaning);
  require_type(node.input(i), {type_of<T>()});
  return node.input(i).values<T>();
}

}  // namespace

Forest Forest::shared() const {
  std::vector<bool> used(nodes.size());
  const auto use = [&](ForestPlace place) {
    if (!is_leaf(place)) used[static_cast<std::size_t>(place)] = true;
  };
  for (const ForestPlace root : roots) use(root);
  for (std::size_t i = nodes.size(); i-- > 0;) {
    if (!used[i]) continue;
    use(nodes[i].left);
    use(nodes[i].right);
  }
  SharingBuilder builder;
  std::vector<ForestPlace> places(nodes.size());
  const auto moved = [&](ForestPlace place) {
    return is_leaf(place) ? builder.leaf(leaves[leaf_of(place)]) : places[static_cast<std::size_t>(place)];
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!used[i]) continue;
    Node node = nodes[i];
    node.left = moved(node.left);
    node.right = moved(node.right);
    places[i] = builder.node(node);
  }
  for (const ForestPlace root : roots) builder.made.roots.push_back(moved(root));
  builder.made.base = base;
  return std::move(builder.made);
}

double Forest::mean_depth() const {
  std::vector<double> depths(nodes.size());
  const auto depth = [&](ForestPlace place) { return is_leaf(place) ? 0.0 : depths[static_cast<std::size_t>(place)]; };
  for (std::size_t i = 0; i < nodes.size(); ++i) depths[i] = 1.0 + 0.5 * (depth(nodes[i].left) + depth(nodes[i].right));
  double sum = 0;
  for (const ForestPlace root : roots) sum += depth(root);
  return roots.empty() ? 0.0 : sum / static_cast<double>(roots.size());
}

Forest read_forest(const NodeView& node, std::int32_t features) {
  const auto nodes = constant<std::int32_t>(node, 1, "nodes");
  const auto thresholds = constant<float>(node, 2, "thresholds");
  const auto roots = constant<std::int32_t>(node, 3, "roots");
  const auto starts = constant<std::int32_t>(node, 4, "leaf starts");
  const auto targets = constant<std::int32_t>(node, 5, "vote targets");
  const auto weights = constant<float>(node, 6, "vote weights");
  const auto base = constant<float>(node, 7, "base values");
  const auto count = static_cast<std::int32_t>(thresholds.size());
  require_rank(node.input(2), 1, 1);
  require_shape(node.input(1), {count, 4});
  for (const int i : {3, 4, 5, 6, 7}) require_rank(node.input(i), 1, 1);
  require_elements(node.input(3));
  require_elements(node.input(4));
  require_elements(node.input(7));
  require_shape(node.input(6), node.input(5).shape);

  const auto leaf_count = static_cast<std::int32_t>(starts.size()) - 1;
  const auto check_place = [&](ForestPlace place, std::int32_t below, std::string_view what) {
    if (place >= below || place < -leaf_count)
      throw Error(fmt::format("{} leads to {}; there are {} leaves, and children stand before their parents", what, place, leaf_count));
  };
  Forest forest;
  for (std::int32_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto row = nodes.subspan(4 * at, 4);
    if (row[0] < 0 || row[0] >= features)
      throw Error(fmt::format("node {} asks for feature {}; the input has {}", i, row[0], features));
    if (std::isnan(thresholds[at])) throw Error(fmt::format("node {} has a threshold that is not a number", i));
    check_place(row[1], i, fmt::format("node {}", i));
    check_place(row[2], i, fmt::format("node {}", i));
    forest.nodes.push_back({row[0], thresholds[at], row[1], row[2], row[3] != 0});
  }
  for (const ForestPlace root : roots) check_place(root, count, "a root");
  forest.roots.assign(roots.begin(), roots.end());
  forest.base.assign(base.begin(), base.end());
  for (std::size_t i = 0; i < static_cast<std::size_t>(leaf_count); ++i) {
    if (starts[i] < 0 || starts[i] > starts[i + 1] || starts[i + 1] > static_cast<std::int32_t>(targets.size()))
      throw Error(fmt::format("leaf {} has votes {} to {}; there are {}", i, starts[i], starts[i + 1], targets.size()));
    auto& votes = forest.leaves.emplace_back();
    for (auto k = static_cast<std::size_t>(starts[i]); k < static_cast<std::size_t>(starts[i + 1]); ++k) {
      if (targets[k] < 0 || targets[k] >= static_cast<std::int32_t>(base.size()))
        throw Error(fmt::format("leaf {} votes for score {}; there are {}", i, targets[k], base.size()));
      if (!std::isfinite(weights[k])) throw Error(fmt::format("leaf {} has a vote that is not a finite number", i));
      votes.push_back({targets[k], weights[k]});
    }
  }
  for (const float value : forest.base) {
    if (!std::isfinite(value)) throw Error("a base value is not a finite number");
  }
  return forest;
}

ForestTensors write_forest(const Forest& forest) {
  ForestTensors made;
  for (const Forest::Node& node : forest.nodes) {
    made.nodes.insert(made.nodes.end(), {node.feature, node.left, node.right, node.nan_left ? 1 : 0});
    made.thresholds.push_back(node.threshold);
  }
  made.roots = forest.roots;
  made.leaf_starts.push_back(0);
  for (const auto& votes : forest.leaves) {
    for (const Forest::Vote& vote : votes) {
      made.vote_targets.push_back(vote.target);
      made.vote_weights.push_back(vote.weight);
    }
    made.leaf_starts.push_back(static_cast<std::int32_t>(made.vote_targets.size()));
  }
  made.base = forest.base;
  // A tensor has at least one element.
  if (made.thresholds.empty()) {
    made.nodes = {0, -1, -1, 0};
    made.thresholds = {0.0F};
  }
  if (made.vote_targets.empty()) {
    made.vote_targets = {0};
    made.vote_weights = {0.0F};
  }
  return made;
}

}  // namespace mote
