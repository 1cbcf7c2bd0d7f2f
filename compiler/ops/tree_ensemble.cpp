// TREE_ENSEMBLE: decision trees over rows [rows][features]; the leaves that a row reaches vote for scores [rows][targets].
// Source: ONNX ai.onnx.ml TreeEnsembleClassifier, TreeEnsembleRegressor and TreeEnsemble, with every branch brought to `x <=
// threshold` (import/onnx/trees.cpp). What follows the sums (softmax, logistic) is an operator of its own.
//
// Inputs: x; nodes, thresholds, roots, leaf starts, vote targets, vote weights, base values (ops/forest.hpp). Outputs: scores,
// and the place of the largest score of each row where a second output is listed. Integer features are compared as the numbers
// that they are.

#include <algorithm>
#include <cmath>
#include <map>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/forest_tables.hpp"
#include "ops/forest_votes.hpp"

namespace mote {

namespace {

class TreeEnsemble : public OperatorBase<TreeEnsemble> {
 public:
  static constexpr std::string_view kName = "tree_ensemble";
  static const std::vector<Implementation> kRows;

  std::int32_t sum = 0;  ///< a ForestSum

  template <typename V>
  void fields(V& v) {
    v.visit("sum", sum);
  }

  ForestSum how() const { return static_cast<ForestSum>(sum); }
  std::int32_t features(const NodeView& node) const { return node.input(0).shape.back(); }
  std::int64_t rows(const NodeView& node) const { return rows_and_depth(node.input(0).shape).rows; }
  Forest forest(const NodeView& node) const { return read_forest(node, features(node)); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 8, 8);
    const Tensor& x = node.input(0);
    require_type(x, {DataType::kFloat32, DataType::kInt8, DataType::kUint8, DataType::kInt16});
    require_rank(x, 1, 2);
    require_elements(x);
    if (sum < 0 || sum > 3) throw Error(fmt::format("there is no way {} to sum votes", sum));
    if (features(node) > 32767) throw Error(fmt::format("{} features are too many; 32767 are supported", features(node)));
    const auto targets = static_cast<std::int32_t>(forest(node).base.size());
    const auto count = static_cast<std::int32_t>(rows(node));
    std::vector<TensorType> types{{DataType::kFloat32, {count, targets}}};
    if (node.output_count() > 1) types.push_back({DataType::kInt32, {count}});
    return types;
  }

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kInt8:
        return walk<std::int8_t>(e);
      case DataType::kUint8:
        return walk<std::uint8_t>(e);
      case DataType::kInt16:
        return walk<std::int16_t>(e);
      default:
        return walk<float>(e);
    }
  }

  bool reads_plain_integers(int input) const override { return input == 0; }

 private:
  template <typename T>
  void walk(const Evaluation& e) const {
    const Forest trees = forest(e);
    const std::size_t targets = trees.base.size();
    const auto width = static_cast<std::size_t>(features(e));
    const auto in = e.in<T>(0);
    const auto out = e.out<float>();
    for (std::size_t row = 0; row * width < in.size(); ++row) {
      const auto scores = out.subspan(row * targets, targets);
      score_row(trees, in.subspan(row * width, width), scores);
      if (e.output_count() > 1) {
        const auto largest = std::max_element(scores.begin(), scores.end());
        e.out<std::int32_t>(1)[row] = static_cast<std::int32_t>(largest - scores.begin());
      }
    }
  }

  template <typename T>
  void score_row(const Forest& trees, std::span<const T> x, std::span<float> scores) const {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const float none = how() == ForestSum::kMinimum ? kInfinity : how() == ForestSum::kMaximum ? -kInfinity : 0.0F;
    std::fill(scores.begin(), scores.end(), none);
    for (ForestPlace place : trees.roots) {
      while (!is_leaf(place)) {
        const Forest::Node& node = trees.nodes[static_cast<std::size_t>(place)];
        const auto value = static_cast<float>(x[static_cast<std::size_t>(node.feature)]);
        place = (std::isnan(value) ? node.nan_left : value <= node.threshold) ? node.left : node.right;
      }
      for (const Forest::Vote& vote : trees.leaves[leaf_of(place)]) {
        float& score = scores[static_cast<std::size_t>(vote.target)];
        if (how() == ForestSum::kMinimum) {
          score = std::min(score, vote.weight);
        } else if (how() == ForestSum::kMaximum) {
          score = std::max(score, vote.weight);
        } else {
          score += vote.weight;
        }
      }
    }
    for (std::size_t c = 0; c < scores.size(); ++c) {
      if (std::isinf(scores[c])) scores[c] = 0.0F;  // nobody voted
      if (how() == ForestSum::kAverage) scores[c] /= static_cast<float>(trees.roots.size());
      scores[c] += trees.base[c];
    }
  }
};

bool has_label(const NodeView& node) { return node.output_count() > 1; }

/// The forest as the kernels store it.
Forest stored_forest(const NodeView& node) {
  const Forest forest = TreeEnsemble::of(node).forest(node);
  return is_float(node.input(0).type) ? forest.shared() : with_integer_thresholds(forest, node.input(0).type);
}

KernelCall describe(const NodeView& node, const Forest& forest, const VoteTable& votes, std::string_view header,
                    std::string_view function) {
  const auto& op = TreeEnsemble::of(node);
  KernelCall call(header, function);
  call.type("Value", node.input(0).type);
  call.set("rows", op.rows(node)).set("features", op.features(node));
  call.set("targets", static_cast<std::int64_t>(forest.base.size())).set("trees", static_cast<std::int64_t>(forest.roots.size()));
  call.flag("has_label", has_label(node));
  votes.describe(call, forest, op.how());
  return call;
}

KernelCall finish(KernelCall call, const NodeView& node) {
  call.output(0);
  return has_label(node) ? call.output(1) : call.null();
}

// Tables of any type of feature.

template <typename Place>
KernelCall lower_tables_with(const NodeView& node, const Forest& forest, const VoteTable& votes,
                             const std::vector<std::int32_t>& starts) {
  KernelCall call = describe(node, forest, votes, "tree_ensemble", "tree_ensemble_tables");
  const DataType type = node.input(0).type;
  call.type("Threshold", type).type("Place", type_of<Place>());
  const auto place_of = [&](ForestPlace place) {
    return static_cast<Place>(is_leaf(place) ? -1 - starts[leaf_of(place)] : place);
  };
  std::vector<std::int16_t> features{};
  std::vector<float> thresholds;
  std::vector<Place> places, roots;
  for (const Forest::Node& each : forest.nodes) {
    features.push_back(static_cast<std::int16_t>(each.feature - (each.nan_left ? 32768 : 0)));
    thresholds.push_back(each.threshold);
    places.insert(places.end(), {place_of(each.left), place_of(each.right)});
  }
  for (const ForestPlace root : forest.roots) roots.push_back(place_of(root));
  if (features.empty()) {  // a table has at least one element
    features = {0};
    thresholds = {0.0F};
    places = {-1, -1};
  }
  call.input(0).constant("features", features);
  const auto integers = [&]<typename T>(T) {
    std::vector<T> values;
    for (const float threshold : thresholds) values.push_back(static_cast<T>(threshold));
    call.constant("thresholds", values);
  };
  switch (type) {
    case DataType::kInt8:
      integers(std::int8_t{});
      break;
    case DataType::kUint8:
      integers(std::uint8_t{});
      break;
    case DataType::kInt16:
      integers(std::int16_t{});
      break;
    default:
      call.constant("thresholds", thresholds);
  }
  call.constant("places", places).constant("roots", roots);
  votes.add_to(call);
  return finish(std::move(call), node);
}

KernelCall lower_tables(const NodeView& node) {
  const Forest forest = stored_forest(node);
  VoteTable votes(forest, TreeEnsemble::of(node).how());
  const auto starts = votes.add_all(forest);
  const bool short_places = forest.nodes.size() < 32768 && votes.size() < 32767;
  return short_places ? lower_tables_with<std::int16_t>(node, forest, votes, starts)
                      : lower_tables_with<std::int32_t>(node, forest, votes, starts);
}

double forest_cycles(const NodeView& node, double per_node, double per_vote) {
  const Forest forest = stored_forest(node);
  double votes = 0;
  for (const auto& leaf : forest.leaves) votes += static_cast<double>(leaf.size()) / static_cast<double>(forest.leaves.size());
  const auto trees = static_cast<double>(forest.roots.size());
  return static_cast<double>(TreeEnsemble::of(node).rows(node)) *
         (trees * (per_node * forest.mean_depth() + per_vote * votes) + 12.0 * static_cast<double>(forest.base.size()));
}

double tables_cycles(const NodeView& node) { return forest_cycles(node, 16, 10); }

// Compact tables of one-byte features.

struct Compact {
  Forest forest;
  VoteTable votes;
  std::optional<CompactTrees> trees;
  explicit Compact(const NodeView& node)
      : forest(stored_forest(node)),
        votes(forest, TreeEnsemble::of(node).how()),
        trees(pack_compact_trees(forest, votes.add_all(forest))) {}
};

bool has_byte_features(const NodeView& node) {
  return node.input(0).type == DataType::kInt8 || node.input(0).type == DataType::kUint8;
}
bool compact_applies(const NodeView& node) { return has_byte_features(node) && Compact(node).trees.has_value(); }
double compact_cycles(const NodeView& node) { return forest_cycles(node, 15, 10); }

KernelCall lower_compact(const NodeView& node) {
  const Compact packed(node);
  KernelCall call = describe(node, packed.forest, packed.votes, "tree_ensemble", "tree_ensemble_compact");
  std::vector<std::int16_t> words = packed.trees->words;
  if (words.empty()) words = {0};
  call.input(0).constant("nodes", words).constant("roots", packed.trees->roots);
  packed.votes.add_to(call);
  return finish(std::move(call), node);
}

// Branches.

/// What most leaves with a single vote add to their score (0: there are none). Branches add it themselves.
std::int32_t usual_vote(const Forest& forest, const FixedVotes& votes) {
  std::map<std::int32_t, int> uses;
  const auto use = [&](ForestPlace place) {
    if (is_leaf(place) && forest.leaves[leaf_of(place)].size() == 1) ++uses[votes.adds(forest.leaves[leaf_of(place)][0].weight)];
  };
  for (const Forest::Node& node : forest.nodes) {
    use(node.left);
    use(node.right);
  }
  const auto most = std::max_element(uses.begin(), uses.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == uses.end() ? 0 : most->first;
}

/// The trees as lists for branches. Each has nodes of its own, and its leaves' votes stand together, so that their places are
/// small numbers.
struct BranchLists {
  std::vector<std::int64_t> features, lefts, rights, nan_left, roots, votes;
  std::vector<float> thresholds;
};

class BranchWriter {
 public:
  BranchWriter(const Forest& forest, VoteTable& votes)
      : forest_(forest), votes_(votes), usual_(votes.fixed() ? usual_vote(forest, *votes.fixed()) : 0) {}

  std::int32_t usual() const { return usual_; }
  BranchLists write() {
    for (const ForestPlace root : forest_.roots) {
      nodes_.clear();
      leaves_.clear();
      lists_.votes.push_back(static_cast<std::int64_t>(votes_.size()));
      lists_.roots.push_back(place(root));
    }
    return std::move(lists_);
  }

 private:
  static constexpr std::int64_t kFirstNode = 1 << 24;  // as in mote/tree_ensemble_if_else.hpp

  std::int64_t place(ForestPlace from) {
    if (is_leaf(from)) return leaf(leaf_of(from));
    const auto found = nodes_.find(from);
    if (found != nodes_.end()) return found->second;
    const Forest::Node& node = forest_.nodes[static_cast<std::size_t>(from)];
    const std::int64_t left = place(node.left), right = place(node.right);
    lists_.features.push_back(node.feature);
    lists_.lefts.push_back(left);
    lists_.rights.push_back(right);
    lists_.nan_left.push_back(node.nan_left ? 1 : 0);
    lists_.thresholds.push_back(node.threshold);
    return nodes_[from] = kFirstNode + static_cast<std::int64_t>(lists_.features.size()) - 1;
  }
  std::int64_t leaf(std::size_t leaf) {
    const std::vector<Forest::Vote>& votes = forest_.leaves[leaf];
    if (usual_ != 0 && votes.size() == 1 && votes_.fixed()->adds(votes[0].weight) == usual_) return -1 - votes[0].target;
    const auto [found, is_new] = leaves_.try_emplace(leaf, 0);
    if (is_new) found->second = votes_.add(votes) - lists_.votes.back();
    return found->second;
  }

  const Forest& forest_;
  VoteTable& votes_;
  std::int32_t usual_;
  BranchLists lists_;
  std::map<ForestPlace, std::int64_t> nodes_;
  std::map<std::size_t, std::int64_t> leaves_;
};

/// Larger forests take compilers too long.
constexpr std::size_t kMostBranches = 6000;
constexpr int kDeepestBranches = 200;

int depth_of(const Forest& forest) {
  std::vector<int> depths(forest.nodes.size());
  int deepest = 0;
  for (std::size_t i = 0; i < depths.size(); ++i) {
    for (const ForestPlace child : {forest.nodes[i].left, forest.nodes[i].right})
      depths[i] = std::max(depths[i], 1 + (is_leaf(child) ? 0 : depths[static_cast<std::size_t>(child)]));
    deepest = std::max(deepest, depths[i]);
  }
  return deepest;
}

/// Nodes as branches, a shared one once for each place that leads to it.
std::size_t branches_of(const Forest& forest) {
  std::vector<std::size_t> sizes(forest.nodes.size());
  const auto size = [&](ForestPlace place) { return is_leaf(place) ? 0 : sizes[static_cast<std::size_t>(place)]; };
  for (std::size_t i = 0; i < sizes.size(); ++i)
    sizes[i] = std::min(kMostBranches + 1, 1 + size(forest.nodes[i].left) + size(forest.nodes[i].right));
  std::size_t total = 0;
  for (const ForestPlace root : forest.roots) total = std::min(kMostBranches + 1, total + size(root));
  return total;
}

bool branches_apply(const NodeView& node) {
  const Forest forest = stored_forest(node);
  return !forest.nodes.empty() && branches_of(forest) <= kMostBranches && depth_of(forest) <= kDeepestBranches;
}
double branches_cycles(const NodeView& node) { return forest_cycles(node, is_float(node.input(0).type) ? 10 : 5.5, 10); }

std::int64_t branches_code(const NodeView& node) {
  const Forest forest = stored_forest(node);
  const double each = has_byte_features(node) ? 8.7 : is_float(node.input(0).type) ? 22 : 12;
  return 400 + static_cast<std::int64_t>(each * static_cast<double>(branches_of(forest))) +
         32 * static_cast<std::int64_t>(forest.roots.size());
}

KernelCall lower_branches(const NodeView& node) {
  const Forest forest = stored_forest(node);
  VoteTable votes(forest, TreeEnsemble::of(node).how());
  BranchWriter writer(forest, votes);
  const BranchLists lists = writer.write();
  KernelCall call = describe(node, forest, votes, "tree_ensemble_if_else", "tree_ensemble_if_else");
  call.set("usual_vote", writer.usual()).list("tree_roots", lists.roots).list("tree_votes", lists.votes);
  call.list("node_features", lists.features).list("node_lefts", lists.lefts).list("node_rights", lists.rights);
  call.list("node_nan_left", lists.nan_left);
  if (is_float(node.input(0).type)) {
    call.reals("node_thresholds", lists.thresholds);
  } else {
    call.list("node_thresholds", {lists.thresholds.begin(), lists.thresholds.end()});
  }
  call.input(0);
  votes.add_to(call);
  return finish(std::move(call), node);
}

const std::vector<Implementation> TreeEnsemble::kRows = {
    {.name = "tree_ensemble.if_else",
     .applies = branches_apply,
     .cycles = branches_cycles,
     .lower = lower_branches,
     .code_bytes_of = branches_code},
    {.name = "tree_ensemble.compact",
     .applies = compact_applies,
     .cycles = compact_cycles,
     .lower = lower_compact,
     .code_bytes = 350},
    {.name = "tree_ensemble.tables", .cycles = tables_cycles, .lower = lower_tables, .code_bytes = 400}};

}  // namespace

MOTE_DEFINE_OPERATOR(TreeEnsemble, tree_ensemble)

}  // namespace mote
