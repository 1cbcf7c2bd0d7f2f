// TreeEnsembleClassifier and TreeEnsembleRegressor of ai.onnx.ml: every branch becomes `x <= threshold`, and every index is checked.

#include <cmath>
#include <limits>
#include <map>

#include "import/onnx/class_labels.hpp"
#include "ops/forest.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

constexpr std::string_view kSums[] = {"SUM", "AVERAGE", "MIN", "MAX"};

/// A list that files hold as floats or, for doubles, as a tensor.
std::vector<float> reals_or_tensor(NodeReader& node, const std::string& name) {
  if (const auto tensor = node.tensor(name + "_as_tensor")) {
    if (tensor->type != DataType::kFloat32 || tensor->data == nullptr) throw Error(fmt::format("damaged: {} are no numbers", name));
    std::vector<float> values(tensor->data->size() / sizeof(float));
    std::memcpy(values.data(), tensor->data->data(), values.size() * sizeof(float));
    return values;
  }
  return node.reals(name);
}

/// The largest number below x.
float below(float x) { return std::nextafter(x, -std::numeric_limits<float>::infinity()); }

/// The node lists of the file, as they stand.
class FileTrees {
 public:
  FileTrees(NodeReader& node, const std::string& votes, std::int32_t features) : features_(features) {
    trees_ = node.integers("nodes_treeids");
    nodes_ = node.integers("nodes_nodeids");
    asked_ = node.integers("nodes_featureids");
    thresholds_ = reals_or_tensor(node, "nodes_values");
    modes_ = node.texts("nodes_modes");
    true_ = node.integers("nodes_truenodeids");
    false_ = node.integers("nodes_falsenodeids");
    missing_ = node.integers("nodes_missing_value_tracks_true", std::vector<std::int64_t>(trees_.size(), 0));
    node.ignore("nodes_hitrates");
    node.ignore("nodes_hitrates_as_tensor");
    if (missing_.empty()) missing_.assign(trees_.size(), 0);
    for (const auto& [name, length] :
         {std::pair{"nodes_nodeids", nodes_.size()}, {"nodes_featureids", asked_.size()}, {"nodes_values", thresholds_.size()},
          {"nodes_modes", modes_.size()}, {"nodes_truenodeids", true_.size()}, {"nodes_falsenodeids", false_.size()},
          {"nodes_missing_value_tracks_true", missing_.size()}}) {
      if (length != trees_.size()) throw Error(fmt::format("damaged: {} has {} entries, nodes_treeids {}", name, length, trees_.size()));
    }
    if (trees_.empty()) throw Error("damaged: it has no nodes");
    for (std::size_t i = 0; i < trees_.size(); ++i) {
      if (!index_.try_emplace({trees_[i], nodes_[i]}, i).second) throw Error(fmt::format("damaged: {} is there twice", title(i)));
      if (roots_of_.try_emplace(trees_[i], i).second) roots_.push_back(i);
    }
    read_votes(node, votes);
  }

  const std::vector<float>& weights() const { return weights_; }
  std::vector<std::int64_t>& targets() { return targets_; }

  /// Votes for `targets` scores; base values are the caller's.
  Forest forest(std::int32_t targets) {
    forest_.base.assign(static_cast<std::size_t>(targets), 0.0F);
    places_.assign(trees_.size(), kNone);
    for (const std::size_t root : roots_) forest_.roots.push_back(place(root));
    return forest_.shared();
  }

 private:
  static constexpr ForestPlace kNone = std::numeric_limits<ForestPlace>::max(), kOpen = kNone - 1;

  std::string title(std::size_t i) const { return fmt::format("node {} of tree {}", nodes_[i], trees_[i]); }

  void read_votes(NodeReader& node, const std::string& name) {
    const auto trees = node.integers(name + "_treeids");
    const auto nodes = node.integers(name + "_nodeids");
    targets_ = node.integers(name + "_ids");
    weights_ = reals_or_tensor(node, name + "_weights");
    if (trees.size() != weights_.size() || nodes.size() != weights_.size() || targets_.size() != weights_.size())
      throw Error(fmt::format("damaged: {} votes have {} trees, {} nodes and {} scores", weights_.size(), trees.size(), nodes.size(), targets_.size()));
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const auto found = index_.find({trees[i], nodes[i]});
      if (found == index_.end()) throw Error(fmt::format("damaged: a vote is for node {} of tree {}, which is not there", nodes[i], trees[i]));
      if (modes_[found->second] != "LEAF") throw Error(fmt::format("damaged: {} votes but is no leaf", title(found->second)));
      if (!std::isfinite(weights_[i])) throw Error(fmt::format("damaged: a vote of {} is not a finite number", title(found->second)));
      votes_of_[found->second].push_back(i);
    }
  }

  std::size_t child(std::size_t i, std::int64_t id) const {
    const auto found = index_.find({trees_[i], id});
    if (found == index_.end()) throw Error(fmt::format("damaged: {} leads to node {}, which is not there", title(i), id));
    return found->second;
  }

  /// Adds the subtree of file node `root`, children first, without recursion: a file may hold trees as deep as it likes.
  ForestPlace place(std::size_t root) {
    std::vector<std::size_t> open{root};
    while (!open.empty()) {
      const std::size_t i = open.back();
      if (places_[i] != kNone && places_[i] != kOpen) {
        open.pop_back();
        continue;
      }
      if (modes_[i] == "LEAF") {
        places_[i] = add_leaf(i);
        continue;
      }
      const std::size_t yes = child(i, true_[i]), no = child(i, false_[i]);
      const bool first_visit = places_[i] == kNone;
      places_[i] = kOpen;
      bool ready = true;
      for (const std::size_t next : {yes, no}) {
        if (places_[next] == kOpen) throw Error(fmt::format("damaged: {} leads back to {}", title(i), title(next)));
        if (places_[next] != kNone) continue;
        ready = false;
        open.push_back(next);
        break;
      }
      MOTE_CHECK(ready || first_visit || places_[yes] != kNone);
      if (ready) places_[i] = add_branch(i, places_[yes], places_[no]);
    }
    return places_[root];
  }

  ForestPlace add_leaf(std::size_t i) {
    std::vector<Forest::Vote> votes;
    for (const std::size_t vote : votes_of_[i]) {
      if (targets_[vote] < 0 || targets_[vote] >= static_cast<std::int64_t>(forest_.base.size()))
        throw Error(fmt::format("damaged: {} votes for score {} of {}", title(i), targets_[vote], forest_.base.size()));
      votes.push_back({static_cast<std::int32_t>(targets_[vote]), weights_[vote]});
    }
    forest_.leaves.push_back(std::move(votes));
    return -static_cast<ForestPlace>(forest_.leaves.size());
  }

  ForestPlace add_node(std::size_t i, float threshold, ForestPlace left, ForestPlace right, bool nan_left) {
    forest_.nodes.push_back({static_cast<std::int32_t>(asked_[i]), threshold == 0.0F ? 0.0F : threshold, left, right, nan_left});
    return static_cast<ForestPlace>(forest_.nodes.size()) - 1;
  }

  ForestPlace add_branch(std::size_t i, ForestPlace yes, ForestPlace no) {
    if (asked_[i] < 0 || asked_[i] >= features_)
      throw Error(fmt::format("damaged: {} asks for feature {}; the input has {}", title(i), asked_[i], features_));
    const float t = thresholds_[i];
    if (std::isnan(t)) throw Error(fmt::format("damaged: the threshold of {} is not a number", title(i)));
    const bool nan_yes = missing_[i] != 0;
    const std::string& mode = modes_[i];
    const bool strict = mode == "BRANCH_LT" || mode == "BRANCH_GTE" || mode == "BRANCH_EQ" || mode == "BRANCH_NEQ";
    if (strict && t == -std::numeric_limits<float>::infinity())
      throw Error(fmt::format("{} compares with minus infinity by {}, which is not supported", title(i), mode));
    if (mode == "BRANCH_LEQ") return add_node(i, t, yes, no, nan_yes);
    if (mode == "BRANCH_LT") return add_node(i, below(t), yes, no, nan_yes);
    if (mode == "BRANCH_GTE") return add_node(i, below(t), no, yes, !nan_yes);
    if (mode == "BRANCH_GT") return add_node(i, t, no, yes, !nan_yes);
    if (mode == "BRANCH_EQ" || mode == "BRANCH_NEQ") {
      // What is not a number equals nothing. Where missing values track true it goes that way as well.
      const ForestPlace equal = mode == "BRANCH_EQ" ? yes : no, other = mode == "BRANCH_EQ" ? no : yes;
      const bool nan_equal = mode == "BRANCH_EQ" && nan_yes;
      const ForestPlace at_most = add_node(i, below(t), other, equal, !nan_equal);
      return add_node(i, t, at_most, other, nan_equal);
    }
    throw Error(fmt::format("damaged: {} has the unknown mode {}", title(i), mode));
  }

  std::int32_t features_;
  std::vector<std::int64_t> trees_, nodes_, asked_, true_, false_, missing_, targets_;
  std::vector<float> thresholds_, weights_;
  std::vector<std::string> modes_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> index_;
  std::map<std::int64_t, std::size_t> roots_of_;
  std::vector<std::size_t> roots_;
  std::map<std::size_t, std::vector<std::size_t>> votes_of_;
  std::vector<ForestPlace> places_;
  Forest forest_;
};

TensorId add_forest(ImportedGraph& graph, TensorId x, const Forest& forest, std::int32_t sum) {
  const ForestTensors t = write_forest(forest);
  const auto list = [&]<typename T>(const std::vector<T>& values) { return graph.constant<T>({static_cast<std::int32_t>(values.size())}, values); };
  const auto nodes = static_cast<std::int32_t>(t.thresholds.size());
  return graph.add("tree_ensemble",
                   {x, graph.constant<std::int32_t>({nodes, 4}, t.nodes), list(t.thresholds), list(t.roots), list(t.leaf_starts),
                    list(t.vote_targets), list(t.vote_weights), list(t.base)},
                   {{"sum", sum}}, {DataType::kFloat32, Quantization{}});
}

std::vector<float> read_base(NodeReader& node) {
  std::vector<float> base = reals_or_tensor(node, "base_values");
  for (const float value : base) {
    if (!std::isfinite(value)) throw Error("damaged: a base value is not a finite number");
  }
  return base;
}

}  // namespace

void convert_tree_ensemble_classifier(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::int32_t classes = read_class_labels(node);
  const TensorId x = feature_rows(node);
  FileTrees trees(node, "class", graph.shape(x)[1]);
  const std::vector<float> base = read_base(node);
  const std::string transform = node.text("post_transform", "NONE");

  std::set<std::int64_t> voted(trees.targets().begin(), trees.targets().end());
  const bool one_score = classes == 2 && voted.size() == 1;
  if (one_score) {
    // Votes for one class of two: the score is that of the second class.
    for (std::int64_t& target : trees.targets()) target = 0;
  }
  Forest forest = trees.forest(one_score ? 1 : classes);
  if (one_score && !base.empty()) {
    forest.base[0] = base.back();
  } else if (!base.empty()) {
    if (base.size() != forest.base.size()) throw Error(fmt::format("damaged: {} base values for {} classes", base.size(), classes));
    forest.base = base;
  }
  TensorId scores = add_forest(graph, x, forest, 0);
  TensorId raw = scores;
  if (one_score) {
    bool shares = true;
    for (const float weight : trees.weights()) shares = shares && weight >= 0.0F;
    raw = scores = two_columns(graph, scores, shares);
    if (!shares && transform != "NONE" && transform != "LOGISTIC") throw Error(fmt::format("post_transform {} of one score is not supported", transform));
    if (!shares) scores = post_transformed(node, raw, transform);
  } else {
    scores = post_transformed(node, raw, transform);
  }
  if (node.has_output(0)) node.set_output(0, largest_score(graph, raw));
  node.set_output(1, scores);
}

void convert_tree_ensemble_regressor(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::int64_t targets = node.integer("n_targets", 1);
  if (targets < 1 || targets > 1024) throw Error(fmt::format("{} scores are not supported", targets));
  const std::string how = node.text("aggregate_function", "SUM");
  std::int32_t sum = 0;
  while (sum < 4 && kSums[sum] != how) ++sum;
  if (sum == 4) throw Error(fmt::format("aggregate_function {} is not supported", how));
  const TensorId x = feature_rows(node);
  FileTrees trees(node, "target", graph.shape(x)[1]);
  Forest forest = trees.forest(static_cast<std::int32_t>(targets));
  const std::vector<float> base = read_base(node);
  if (base.size() == 1) forest.base.assign(forest.base.size(), base[0]);
  if (base.size() > 1) {
    if (base.size() != forest.base.size()) throw Error(fmt::format("damaged: {} base values for {} scores", base.size(), targets));
    forest.base = base;
  }
  node.result(post_transformed(node, add_forest(graph, x, forest, sum), node.text("post_transform", "NONE")));
}

}  // namespace mote
