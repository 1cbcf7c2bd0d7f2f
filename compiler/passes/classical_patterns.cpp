#include "passes/classical_patterns.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "graph/attribute_values.hpp"
#include "ops/define.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// Looks from results back to what made them.
class Makers {
 public:
  explicit Makers(const Graph& graph) : graph_(graph) { look_again(); }

  /// After a change of the graph.
  void look_again() {
    made_by_ = producers(graph_);
    uses_ = use_counts(graph_);
  }


  /// The node that makes the tensor, if it is this operator and (but for the last of a pattern) nobody else reads its first result.
  const Node* find(TensorId id, std::string_view op, bool alone = true) const {
    const std::int32_t at = id == kNoTensor ? -1 : made_by_[static_cast<std::size_t>(id)];
    if (at < 0 || graph_.nodes[static_cast<std::size_t>(at)].op->name() != op) return nullptr;
    if (alone && uses_[static_cast<std::size_t>(id)] != 1) return nullptr;
    return &graph_.nodes[static_cast<std::size_t>(at)];
  }
  /// The tensor behind RESHAPEs and TRANSPOSEs that change nothing but where extents of 1 are.
  TensorId through_views(TensorId id) const {
    for (;;) {
      const Node* view = nullptr;
      for (const std::string_view op : {"reshape", "squeeze", "expand_dims"}) {
        if (const Node* found = find(id, op)) view = found;
      }
      if (const Node* found = find(id, "transpose"); found != nullptr && is_list(id)) view = found;
      if (view == nullptr) return id;
      id = view->inputs[0];
    }
  }

 private:
  bool is_list(TensorId id) const {
    const Shape& shape = graph_.tensor(id).shape;
    return std::count_if(shape.begin(), shape.end(), [](std::int32_t extent) { return extent != 1; }) <= 1;
  }

  const Graph& graph_;
  std::vector<std::int32_t> made_by_, uses_;
};

bool no_activation(const Node& node) {
  const Attributes attributes = attributes_of(*node.op);
  const auto found = attributes.find("activation");
  return found == attributes.end() || found->second == AttributeValue(Activation::kNone);
}

/// The constant one of two inputs, as floats, and the other one.
struct WithConstant {
  std::vector<float> constant;
  TensorId other = kNoTensor;
};
std::optional<WithConstant> with_constant(const Graph& graph, const Node* node, int constant_at = -1) {
  if (node == nullptr || node->inputs.size() != 2 || !no_activation(*node)) return std::nullopt;
  for (int i = 0; i < 2; ++i) {
    if (constant_at >= 0 && i != constant_at) continue;
    const Tensor& tensor = graph.tensor(node->inputs[static_cast<std::size_t>(i)]);
    if (!tensor.is_constant() || tensor.type != DataType::kFloat32) continue;
    const auto values = tensor.values<float>();
    return WithConstant{{values.begin(), values.end()}, node->inputs[static_cast<std::size_t>(1 - i)]};
  }
  return std::nullopt;
}

TensorId add_constant(Graph& graph, const std::string& name, const std::vector<float>& values, Shape shape) {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(values.size() * sizeof(float));
  std::memcpy(bytes->data(), values.data(), bytes->size());
  Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  tensor.data = std::move(bytes);
  return graph.add_tensor(std::move(tensor));
}

/// x behind its square, however it is written.
TensorId squared(const Graph& graph, const Makers& makers, TensorId id) {
  if (const Node* square = makers.find(id, "square")) return square->inputs[0];
  if (const auto power = with_constant(graph, makers.find(id, "pow"), 1); power && power->constant == std::vector<float>{2.0F}) return power->other;
  const Node* product = makers.find(id, "mul");
  return product != nullptr && no_activation(*product) && product->inputs[0] == product->inputs[1] ? product->inputs[0] : kNoTensor;
}

/// Repeated to `count` numbers where it is one for all.
std::optional<std::vector<float>> spread(std::vector<float> values, std::size_t count) {
  if (values.size() == 1) values.assign(count, values[0]);
  if (values.size() != count) return std::nullopt;
  return values;
}

/// Node `index` becomes GAUSSIAN_SCORES if it adds the last constant to what the header describes.
bool make_gaussian(Graph& graph, const Makers& makers, std::size_t index) {
  const Node last = graph.nodes[index];
  if (last.op->name() != "add") return false;
  const auto prior = with_constant(graph, &last);
  if (!prior) return false;
  const auto rest = with_constant(graph, makers.find(prior->other, "sub"), 0);
  if (!rest) return false;
  const auto half = with_constant(graph, makers.find(rest->other, "mul"));
  if (!half || half->constant.size() != 1) return false;
  const Node* sum = makers.find(half->other, "sum");
  if (sum == nullptr || NodeView(graph, *sum).integers(1, "axes").size() != 1) return false;
  const TensorId terms = sum->inputs[0];
  const Shape shape = graph.tensor(terms).shape;
  const std::vector<std::int32_t> axis = NodeView(graph, *sum).integers(1, "axes");
  if (shape.size() != 3 || shape[0] != 1 || (axis[0] != 2 && axis[0] != -1)) return false;
  const auto variance = with_constant(graph, makers.find(terms, "div"), 1);
  if (!variance) return false;
  const TensorId difference = squared(graph, makers, variance->other);
  const Node* minus = nullptr;
  if (difference != kNoTensor) {
    minus = makers.find(difference, "sub", false);
  } else if (const Node* both = makers.find(variance->other, "squared_difference")) {
    minus = both;
  }
  const auto mean = with_constant(graph, minus, 1);
  if (!mean) return false;
  const auto classes = static_cast<std::size_t>(shape[1]), features = static_cast<std::size_t>(shape[2]);
  const TensorId x = makers.through_views(mean->other);
  if (graph.tensor(x).elements() != shape[2] || graph.tensor(x).shape.back() != shape[2]) return false;
  const auto offsets_a = spread(prior->constant, classes), offsets_b = spread(rest->constant, classes);
  if (!offsets_a || !offsets_b || mean->constant.size() != classes * features || variance->constant.size() != classes * features ||
      graph.tensor(last.outputs[0]).elements() != shape[1])
    return false;
  std::vector<float> weights, offsets;
  for (const float value : variance->constant) {
    weights.push_back(static_cast<float>(static_cast<double>(half->constant[0]) / static_cast<double>(value)));
    if (!(weights.back() >= 0.0F) || weights.back() > 1e30F) return false;
  }
  for (std::size_t c = 0; c < classes; ++c) offsets.push_back((*offsets_a)[c] + (*offsets_b)[c]);
  const Shape table{shape[1], shape[2]};
  const std::vector<TensorId> inputs{x, add_constant(graph, last.name + "/means", mean->constant, table),
                                     add_constant(graph, last.name + "/weights", weights, table),
                                     add_constant(graph, last.name + "/offsets", offsets, {shape[1]})};
  if (graph.tensor(last.outputs[0]).shape != Shape{1, shape[1]}) return false;
  graph.nodes[index] = {last.name, make_operator("gaussian_scores"), inputs, last.outputs};
  return true;
}

bool make_neighbors(Graph& graph, const Makers& makers, std::size_t index) {
  const Node top = graph.nodes[index];
  if (top.op->name() != "top_k") return false;
  const Attributes asked = attributes_of(*top.op);
  if (asked.at("largest") == AttributeValue(true)) return false;
  TensorId id = makers.through_views(top.inputs[0]);
  const Node* root = makers.find(id, "sqrt");
  if (root != nullptr) id = makers.through_views(root->inputs[0]);
  const Node* distances = makers.find(id, "pairwise_distance");
  if (distances == nullptr || graph.tensor(id).shape[0] != 1 || graph.tensor(top.inputs[0]).shape != graph.tensor(id).shape) return false;
  auto op = make_operator("nearest_neighbors");
  set_attributes(*op, {{"k", asked.at("k")}, {"manhattan", attributes_of(*distances->op).at("manhattan")}, {"root", root != nullptr}});
  graph.nodes[index] = {top.name, std::move(op), distances->inputs, top.outputs};
  return true;
}

bool make_softmax(Graph& graph, const Makers& makers, std::size_t index) {
  const Node last = graph.nodes[index];
  if (last.op->name() != "exp") return false;
  const Node* minus = makers.find(last.inputs[0], "sub");
  if (minus == nullptr || !no_activation(*minus)) return false;
  const TensorId x = minus->inputs[0];
  const Node* sum = makers.find(makers.through_views(minus->inputs[1]), "log_sum_exp", false);
  // With more than one row a reshape might have moved the sums.
  const Shape& shape = graph.tensor(x).shape;
  if (sum == nullptr || sum->inputs[0] != x || graph.tensor(x).elements() != shape.back() || graph.tensor(last.outputs[0]).shape != shape) return false;
  auto op = make_operator("softmax");
  set_attributes(*op, {{"beta", 1.0F}});
  graph.nodes[index] = {last.name, std::move(op), {x}, last.outputs};
  return true;
}

bool each_node(Graph& graph, bool (*make)(Graph&, const Makers&, std::size_t)) {
  Makers makers(graph);
  bool changed = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!make(graph, makers, i)) continue;
    makers.look_again();
    changed = true;
  }
  return changed;
}

}  // namespace

bool fuse_neighbors(Graph& graph) { return each_node(graph, make_neighbors); }
bool fuse_gaussian(Graph& graph) { return each_node(graph, make_gaussian); }
bool fuse_softmax(Graph& graph) { return each_node(graph, make_softmax); }

}  // namespace mote
