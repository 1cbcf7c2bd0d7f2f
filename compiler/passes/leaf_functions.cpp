#include "passes/leaf_functions.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include "graph/attribute_values.hpp"
#include "ops/define.hpp"
#include "ops/evaluate.hpp"
#include "ops/forest.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

constexpr std::size_t kMostLeaves = 4096;
constexpr std::int64_t kMostElements = 64;

/// Votes that are summed or of which there is one, over one row.
std::optional<Forest> forest_of(const Graph& graph, const Node& node) {
  if (node.op->name() != "tree_ensemble" || node.outputs.size() != 1) return std::nullopt;
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  if (x.size() == 2 && x[0] != 1) return std::nullopt;
  if (attributes_of(*node.op).at("sum") != AttributeValue(std::int32_t{0})) return std::nullopt;
  return read_forest(NodeView(graph, node), x.back());
}

template <typename T>
TensorId add_list(Graph& graph, const std::string& name, const std::vector<T>& values, std::optional<Shape> shape = std::nullopt) {
  auto bytes = std::make_shared<Bytes>(values.size() * sizeof(T));
  std::memcpy(bytes->data(), values.data(), bytes->size());
  Tensor tensor;
  tensor.name = name;
  tensor.type = type_of<T>();
  tensor.shape = shape.value_or(Shape{static_cast<std::int32_t>(values.size())});
  tensor.data = std::move(bytes);
  return graph.add_tensor(std::move(tensor));
}

/// A TREE_ENSEMBLE over `x` with the given output.
Node make_forest(Graph& graph, const std::string& name, TensorId x, const Forest& forest, TensorId output) {
  const ForestTensors t = write_forest(forest);
  std::vector<TensorId> inputs{x};
  inputs.push_back(add_list(graph, name + "/nodes", t.nodes, Shape{static_cast<std::int32_t>(t.thresholds.size()), 4}));
  inputs.push_back(add_list(graph, name + "/thresholds", t.thresholds));
  inputs.push_back(add_list(graph, name + "/roots", t.roots));
  inputs.push_back(add_list(graph, name + "/leaf_starts", t.leaf_starts));
  inputs.push_back(add_list(graph, name + "/vote_targets", t.vote_targets));
  inputs.push_back(add_list(graph, name + "/vote_weights", t.vote_weights));
  inputs.push_back(add_list(graph, name + "/base", t.base));
  return {name, make_operator("tree_ensemble"), std::move(inputs), {output}};
}

/// The values of tensors that one tree decides, by its leaves.
class LeafValues {
 public:
  LeafValues(const Graph& graph, const Node& tree, const Forest& forest) : graph_(graph) {
    auto& values = by_tensor_[tree.outputs[0]];
    for (const auto& votes : forest.leaves) {
      std::vector<float> scores(forest.base.size());
      for (const Forest::Vote& vote : votes) scores[static_cast<std::size_t>(vote.target)] += vote.weight;
      for (std::size_t c = 0; c < scores.size(); ++c) scores[c] += forest.base[c];
      Bytes bytes(scores.size() * sizeof(float));
      std::memcpy(bytes.data(), scores.data(), bytes.size());
      values.push_back(std::move(bytes));
    }
  }

  bool has(TensorId id) const { return by_tensor_.contains(id); }
  const std::vector<Bytes>& of(TensorId id) const { return by_tensor_.at(id); }

  /// Whether the node reads nothing else that is computed.
  bool decides(const Node& node) const {
    bool any = false;
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor || graph_.tensor(id).is_constant()) continue;
      if (graph_.tensor(id).is_state || !has(id)) return false;
      any = true;
    }
    return any && std::all_of(node.outputs.begin(), node.outputs.end(),
                              [&](TensorId id) { return graph_.tensor(id).elements() <= kMostElements; });
  }

  void add(const Node& node) {
    Graph alone;
    Node copy = node;
    std::vector<TensorId> read;
    const auto take = [&](TensorId id) { return id == kNoTensor ? id : alone.add_tensor(graph_.tensor(id)); };
    for (TensorId& id : copy.inputs) {
      const TensorId outside = id;
      id = take(id);
      if (outside == kNoTensor || graph_.tensor(outside).is_constant()) continue;
      alone.inputs.push_back(id);
      read.push_back(outside);
    }
    for (TensorId& id : copy.outputs) alone.outputs.push_back(id = take(id));
    alone.nodes.push_back(std::move(copy));
    Evaluator evaluator(alone);
    const std::size_t leaves = of(read[0]).size();
    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
      std::vector<Bytes> inputs;
      for (const TensorId id : read) inputs.push_back(of(id)[leaf]);
      std::vector<Bytes> outputs = evaluator.run(inputs);
      for (std::size_t i = 0; i < outputs.size(); ++i) by_tensor_[node.outputs[i]].push_back(std::move(outputs[i]));
    }
  }

 private:
  const Graph& graph_;
  std::map<TensorId, std::vector<Bytes>> by_tensor_;
};

/// The tree with the tensor's values as votes; none when they are not finite floats.
std::optional<Forest> voting(const Forest& tree, const Tensor& tensor, const std::vector<Bytes>& values) {
  if (tensor.type != DataType::kFloat32) return std::nullopt;
  Forest made = tree;
  const auto count = static_cast<std::size_t>(tensor.elements());
  made.base.assign(count, 0.0F);
  for (std::size_t leaf = 0; leaf < values.size(); ++leaf) {
    made.leaves[leaf].clear();
    std::vector<float> scores(count);
    std::memcpy(scores.data(), values[leaf].data(), count * sizeof(float));
    for (std::size_t c = 0; c < count; ++c) {
      if (!std::isfinite(scores[c])) return std::nullopt;
      made.leaves[leaf].push_back({static_cast<std::int32_t>(c), scores[c]});
    }
  }
  return made.shared();
}

/// Nodes that the tree at `index` decides, and which of their results others read.
bool fold_behind(Graph& graph, std::size_t index) {
  const Node tree = graph.nodes[index];
  const std::optional<Forest> forest = forest_of(graph, tree);
  if (!forest || forest->roots.size() != 1 || forest->leaves.size() > kMostLeaves || is_graph_output(graph, tree.outputs[0])) return false;
  LeafValues values(graph, tree, *forest);
  std::set<std::size_t> absorbed;
  for (std::size_t i = index + 1; i < graph.nodes.size(); ++i) {
    if (!values.decides(graph.nodes[i])) continue;
    values.add(graph.nodes[i]);
    absorbed.insert(i);
  }
  std::vector<TensorId> read_outside;
  for (const std::size_t i : absorbed) {
    for (const TensorId id : graph.nodes[i].outputs) {
      bool outside = is_graph_output(graph, id);
      for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
        const auto& inputs = graph.nodes[k].inputs;
        outside = outside || (!absorbed.contains(k) && std::find(inputs.begin(), inputs.end(), id) != inputs.end());
      }
      if (outside) read_outside.push_back(id);
    }
  }
  const bool tree_is_read = std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return !absorbed.contains(static_cast<std::size_t>(&node - graph.nodes.data())) &&
           std::find(node.inputs.begin(), node.inputs.end(), tree.outputs[0]) != node.inputs.end();
  });
  if (tree_is_read || read_outside.size() != 1) return false;
  const TensorId result = read_outside[0];
  const Tensor tensor = graph.tensor(result);
  const std::optional<Forest> folded = voting(*forest, tensor, values.of(result));
  if (!folded) return false;
  Tensor scores = tensor;
  scores.shape = {1, static_cast<std::int32_t>(tensor.elements())};
  scores.name += "/votes";
  const bool same_shape = scores.shape == tensor.shape;
  const TensorId votes = same_shape ? result : graph.add_tensor(std::move(scores));
  std::vector<Node> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (absorbed.contains(i)) continue;
    if (i != index) {
      kept.push_back(graph.nodes[i]);
      continue;
    }
    kept.push_back(make_forest(graph, tree.name, tree.inputs[0], *folded, votes));
    if (same_shape) continue;
    const TensorId shape = add_list(graph, tree.name + "/shape", std::vector<std::int32_t>(tensor.shape.begin(), tensor.shape.end()));
    kept.push_back({tree.name + "/reshape", make_operator("reshape"), {votes, shape}, {result}});
  }
  graph.nodes = std::move(kept);
  return true;
}

/// Trees of `b` behind those of `a`.
Forest joined(const Forest& a, const Forest& b) {
  Forest made = a;
  const auto nodes = static_cast<ForestPlace>(a.nodes.size()), leaves = static_cast<ForestPlace>(a.leaves.size());
  const auto moved = [&](ForestPlace place) { return is_leaf(place) ? place - leaves : place + nodes; };
  for (Forest::Node node : b.nodes) {
    node.left = moved(node.left);
    node.right = moved(node.right);
    made.nodes.push_back(node);
  }
  for (const ForestPlace root : b.roots) made.roots.push_back(moved(root));
  made.leaves.insert(made.leaves.end(), b.leaves.begin(), b.leaves.end());
  for (std::size_t c = 0; c < made.base.size(); ++c) made.base[c] += b.base[c];
  return made.shared();
}

}  // namespace

bool fold_leaf_functions(Graph& graph) {
  bool changed = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) changed = fold_behind(graph, i) || changed;
  return changed;
}

bool join_forests(Graph& graph) {
  bool changed = false;
  auto made_by = producers(graph);
  auto uses = use_counts(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node add = graph.nodes[i];
    if (add.op->name() != "add" || graph.tensor(add.outputs[0]).type != DataType::kFloat32) continue;
    if (attributes_of(*add.op).at("activation") != AttributeValue(Activation::kNone)) continue;
    const auto forest_at = [&](int input) -> const Node* {
      const auto id = static_cast<std::size_t>(add.inputs[static_cast<std::size_t>(input)]);
      const std::int32_t at = made_by[id];
      return at >= 0 && uses[id] == 1 ? &graph.nodes[static_cast<std::size_t>(at)] : nullptr;
    };
    const Node *first = forest_at(0), *second = forest_at(1);
    if (first == nullptr || second == nullptr || first == second) continue;
    const std::optional<Forest> a = forest_of(graph, *first), b = forest_of(graph, *second);
    if (!a || !b || first->inputs[0] != second->inputs[0] || a->base.size() != b->base.size()) continue;
    // In the order of the sum: the second forest has one tree and nothing of its own to add.
    const bool bare = std::all_of(b->base.begin(), b->base.end(), [](float value) { return value == 0.0F; }) &&
                      std::all_of(a->base.begin(), a->base.end(), [](float value) { return value == 0.0F; });
    if (b->roots.size() != 1 || !bare) continue;
    const std::string name = first->name;
    const TensorId x = first->inputs[0];
    graph.nodes[i] = make_forest(graph, name, x, joined(*a, *b), add.outputs[0]);
    changed = true;
    prune(graph);
    made_by = producers(graph);
    uses = use_counts(graph);
    i = static_cast<std::size_t>(-1);  // ids and places have moved
  }
  return changed;
}

}  // namespace mote
