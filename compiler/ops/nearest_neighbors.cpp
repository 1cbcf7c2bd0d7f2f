// NEAREST_NEIGHBORS: of the points [points][features] the k nearest to each row [rows][features], nearest first: distances and indices
// [rows][k]; of points equally far those that stand first. A PAIRWISE_DISTANCE and a TOP_K in one, without the list of all distances.

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/distances.hpp"

namespace mote {

namespace {

class NearestNeighbors : public OperatorBase<NearestNeighbors> {
 public:
  static constexpr std::string_view kName = "nearest_neighbors";
  static const std::vector<Implementation> kRows;

  std::int32_t k = 1;
  bool manhattan = false, root = false;

  template <typename V>
  void fields(V& v) {
    v.visit("k", k);
    v.visit("manhattan", manhattan);
    v.visit("root", root);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const PointSet set = check_points(node);
    if (k < 1 || k > set.points) throw Error(fmt::format("the nearest {} of {} points", k, set.points));
    const Shape shape{static_cast<std::int32_t>(set.rows), k};
    return {{DataType::kFloat32, shape}, {DataType::kInt32, shape}};
  }
  std::int64_t macs(const NodeView& node) const override { return check_points(node).rows * node.input(1).elements(); }
  bool reads_plain_integers(int input) const override { return input == 0; }

  void evaluate(const Evaluation& e) const override {
    const PointSet set = check_points(e);
    std::size_t at = 0;
    for (std::int64_t row = 0; row < set.rows; ++row) {
      std::vector<float> distances;
      for (std::int64_t p = 0; p < set.points; ++p) distances.push_back(distance_between(e, row, p, manhattan));
      for (const Ranked& each : smallest(distances, k)) {
        e.out<float>(0)[at] = root ? std::sqrt(each.value) : each.value;
        e.out<std::int32_t>(1)[at++] = each.index;
      }
    }
  }
};

KernelCall describe(const NodeView& node, std::string_view function) {
  const auto& op = NearestNeighbors::of(node);
  const PointSet set = check_points(node);
  KernelCall call("nearest_neighbors", function);
  call.type("Value", node.input(0).type).set("rows", set.rows).set("points", set.points).set("features", set.features);
  return std::move(call.set("k", op.k).flag("root", op.root));
}

KernelCall lower_plain(const NodeView& node) {
  KernelCall call = describe(node, "nearest_neighbors").flag("manhattan", NearestNeighbors::of(node).manhattan);
  return call.value(node, 0, "values").value(node, 1, "points").output(0).output(1);
}

double plain_cycles(const NodeView& node) {
  return 8.0 * static_cast<double>(NearestNeighbors::of(node).macs(node)) + 12.0 * static_cast<double>(node.input(1).shape[0]);
}

// Features of a byte, and points of such values: distances in integers.

std::int32_t offset_of(const NodeView& node) { return node.input(0).type == DataType::kUint8 ? 128 : 0; }

bool bytes_apply(const NodeView& node) {
  const DataType type = node.input(0).type;
  if ((type != DataType::kInt8 && type != DataType::kUint8) || NearestNeighbors::of(node).manhattan || !node.input(1).is_constant())
    return false;
  // Products of bytes, the largest square 128 * 128 four times over, stay within 31 bits.
  if (node.input(1).shape[1] > (1 << 14)) return false;
  const auto points = node.input(1).values<float>();
  return std::all_of(points.begin(), points.end(), [&](float value) {
    const float stored = value - static_cast<float>(offset_of(node));
    return stored >= -128.0F && stored <= 127.0F && stored == std::floor(stored);
  });
}

double bytes_cycles(const NodeView& node) {
  return 2.4 * static_cast<double>(NearestNeighbors::of(node).macs(node)) + 20.0 * static_cast<double>(node.input(1).shape[0]);
}

KernelCall lower_bytes(const NodeView& node) {
  const PointSet set = check_points(node);
  const auto values = node.input(1).values<float>();
  const std::int64_t words = (set.features + 3) / 4;
  std::vector<std::int8_t> points;
  std::vector<std::int32_t> norms;
  for (std::int64_t p = 0; p < set.points; ++p) {
    std::int32_t norm = 0;
    for (std::int64_t i = 0; i < 4 * words; ++i) {
      const auto stored = i < set.features ? static_cast<std::int32_t>(values[static_cast<std::size_t>(p * set.features + i)]) - offset_of(node) : 0;
      points.push_back(static_cast<std::int8_t>(stored));
      norm += stored * stored;
    }
    norms.push_back(norm);
  }
  KernelCall call = describe(node, "nearest_neighbors_bytes").set("words", words).set("offset", offset_of(node));
  call.input(0).constant("points", points).constant("norms", norms).scratch(8 * words);
  return call.output(0).output(1);
}

const std::vector<Implementation> NearestNeighbors::kRows = {
    {.name = "nearest_neighbors.bytes", .isa = Isa::kDsp, .applies = bytes_apply, .cycles = bytes_cycles, .lower = lower_bytes, .code_bytes = 300},
    {.name = "nearest_neighbors.plain", .cycles = plain_cycles, .lower = lower_plain, .code_bytes = 250}};

}  // namespace

MOTE_DEFINE_OPERATOR(NearestNeighbors, nearest_neighbors)

}  // namespace mote
