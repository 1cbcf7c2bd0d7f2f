// HALF_SPACE_TREES: random trees that halve the space of the features count, window by window, how many vectors came to each
// node; few mean an anomaly (Tan, Ting, Liu, "Fast anomaly detection for streaming data", 2011). Inputs: features, for each inner
// node the feature that it looks at and the threshold (int16 and float32 [trees][2^depth - 1], children of n: 2 n + 1 below the
// threshold, 2 n
// + 2), and states that last. Output: a score, near 1 where few have been, 0 until the first window is full.

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class HalfSpaceTrees : public OperatorBase<HalfSpaceTrees> {
 public:
  static constexpr std::string_view kName = "half_space_trees";
  static const std::vector<Implementation> kRows;

  std::int32_t depth = 8;        ///< levels below the root
  std::int32_t window = 250;     ///< vectors until what was counted becomes the reference
  std::int32_t size_limit = 25;  ///< nodes of at most so much mass count as leaves

  template <typename V>
  void fields(V& v) {
    v.visit("depth", depth);
    v.visit("window", window);
    v.visit("size_limit", size_limit);
  }

  std::int32_t inner() const { return (1 << depth) - 1; }
  std::int32_t nodes() const { return (2 << depth) - 1; }
  static std::int32_t trees(const NodeView& node) { return node.input(1).shape[0]; }
  /// 1 over the most that a vector's masses can sum up to.
  float share(const NodeView& node) const {
    return static_cast<float>(1.0 / (static_cast<double>(trees(node)) * window * (1 << depth)));
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    return {kept_state("masses", DataType::kInt16, {trees(node), 2, nodes()}, true),
            kept_state("seen", DataType::kInt32, {2}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    require_within("depth", depth, 1, 15);
    require_within("window", window, 1, INT16_MAX);
    require_within("size_limit", size_limit, 0, INT16_MAX);
    require_rank(node.input(1), 2, 2);
    require_elements(node.input(1));
    require_type(node.input(1), {DataType::kInt16});
    require_constant(node.input(1), "the features of nodes");
    if (node.input(1).shape[1] != inner())
      throw Error(fmt::format("trees of depth {} have {} inner nodes, not {}", depth, inner(), node.input(1).shape[1]));
    require_constant_floats(node, 2, node.input(1).shape, "thresholds");
    for (const std::int16_t feature : node.input(1).values<std::int16_t>()) {
      if (feature < 0 || feature >= n) throw Error(fmt::format("a node looks at feature {} of {}", feature, n));
    }
    require_own_state(node, 3);
    return {{DataType::kFloat32, {1}}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0), thresholds = e.in<float>(2);
    const auto features = e.in<std::int16_t>(1);
    const auto masses = e.state<std::int16_t>(3);
    const auto seen = e.state<std::int32_t>(4);
    float& score = e.out<float>()[0];
    score = 0;
    if (!measured(in)) return;
    const auto tree_nodes = static_cast<std::size_t>(nodes());
    float sum = 0;
    for (std::size_t t = 0; t < static_cast<std::size_t>(trees(e)); ++t) {
      const auto reference = masses.subspan(2 * t * tree_nodes, tree_nodes),
                 latest = masses.subspan((2 * t + 1) * tree_nodes, tree_nodes);
      std::vector<std::size_t> path{0};
      while (path.back() < static_cast<std::size_t>(inner())) {
        const std::size_t at = t * static_cast<std::size_t>(inner()) + path.back();
        const bool left = in[static_cast<std::size_t>(features[at])] < thresholds[at];
        path.push_back(2 * path.back() + (left ? 1 : 2));
      }
      for (const std::size_t node : path) ++latest[node];
      std::size_t level = 0;
      while (level + 1 < path.size() && reference[path[level]] > size_limit) ++level;
      sum += static_cast<float>(reference[path[level]] * (std::int64_t{1} << level));
    }
    if (seen[1] != 0) score = 1.0F - rounded_product(sum, share(e));
    if (++seen[0] < window) return;
    seen[0] = 0;
    seen[1] = 1;
    for (std::size_t at = 0; at < masses.size(); at += 2 * tree_nodes) {
      for (std::size_t i = 0; i < tree_nodes; ++i) masses[at + i] = std::exchange(masses[at + tree_nodes + i], std::int16_t{0});
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = HalfSpaceTrees::of(node);
  KernelCall call("anomaly/half_space_trees", "half_space_trees");
  call.set("features", node.input(0).elements()).set("trees", HalfSpaceTrees::trees(node)).set("depth", op.depth);
  call.set("window", op.window).set("size_limit", op.size_limit).real("share", op.share(node));
  call.value(node, 0, "values").constant("dimensions", node.input(1)).constant("thresholds", node.input(2));
  return call.input(3).input(4).output();
}

double cycles(const NodeView& node) { return 60.0 + 30.0 * HalfSpaceTrees::trees(node) * HalfSpaceTrees::of(node).depth; }

const std::vector<Implementation> HalfSpaceTrees::kRows = {
    {.name = "half_space_trees.direct", .cycles = cycles, .lower = lower, .code_bytes = 300}};

}  // namespace

MOTE_DEFINE_OPERATOR(HalfSpaceTrees, half_space_trees)

}  // namespace mote
