// PAIRWISE_DISTANCE: between rows [rows][features] and points [points][features], [rows][points]: the sum of squared differences, or of their
// sizes. Source: CDist of com.microsoft, and the Scan that skl2onnx writes for it.

#include "ops/checks.hpp"
#include "ops/distances.hpp"

namespace mote {

namespace {

class PairwiseDistance : public OperatorBase<PairwiseDistance> {
 public:
  static constexpr std::string_view kName = "pairwise_distance";
  static const std::vector<Implementation> kRows;

  bool manhattan = false;

  template <typename V>
  void fields(V& v) {
    v.visit("manhattan", manhattan);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const PointSet set = check_points(node);
    return {{DataType::kFloat32, {static_cast<std::int32_t>(set.rows), static_cast<std::int32_t>(set.points)}}};
  }
  std::int64_t macs(const NodeView& node) const override { return check_points(node).rows * node.input(1).elements(); }
  bool reads_plain_integers(int input) const override { return input == 0; }

  void evaluate(const Evaluation& e) const override {
    const PointSet set = check_points(e);
    for (std::int64_t i = 0; i < set.rows * set.points; ++i)
      e.out<float>()[static_cast<std::size_t>(i)] = distance_between(e, i / set.points, i % set.points, manhattan);
  }
};

KernelCall lower(const NodeView& node) {
  const PointSet set = check_points(node);
  KernelCall call("nearest_neighbors", "pairwise_distance");
  call.type("Value", node.input(0).type).set("rows", set.rows).set("points", set.points).set("features", set.features);
  call.flag("manhattan", PairwiseDistance::of(node).manhattan);
  return call.value(node, 0, "values").value(node, 1, "points").output();
}

double cycles(const NodeView& node) { return 8.0 * static_cast<double>(PairwiseDistance::of(node).macs(node)); }

const std::vector<Implementation> PairwiseDistance::kRows = {
    {.name = "pairwise_distance.direct", .cycles = cycles, .lower = lower, .code_bytes = 120}};

}  // namespace

MOTE_DEFINE_OPERATOR(PairwiseDistance, pairwise_distance)

}  // namespace mote
