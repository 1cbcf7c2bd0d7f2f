// TOP_K: of each row of the innermost axis the k largest values (or smallest), in order, and their places as int32; of equal values those
// that stand first. Source: ONNX TopK with sorted results.

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/distances.hpp"

namespace mote {

namespace {

class TopK : public OperatorBase<TopK> {
 public:
  static constexpr std::string_view kName = "top_k";
  static const std::vector<Implementation> kRows;

  std::int32_t k = 1;
  bool largest = true;

  template <typename V>
  void fields(V& v) {
    v.visit("k", k);
    v.visit("largest", largest);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.input(0), {DataType::kFloat32});
    require_rank(node.input(0), 1, INT32_MAX);
    require_elements(node.input(0));
    Shape shape = node.input(0).shape;
    if (k < 1 || k > shape.back()) throw Error(fmt::format("the first {} of {} values", k, shape.back()));
    shape.back() = k;
    return {{DataType::kFloat32, shape}, {DataType::kInt32, shape}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto depth = static_cast<std::size_t>(e.input(0).shape.back());
    const auto in = e.in<float>(0);
    const float sign = largest ? -1.0F : 1.0F;
    std::size_t at = 0;
    for (std::size_t row = 0; row < in.size(); row += depth) {
      std::vector<float> values;
      for (const float value : in.subspan(row, depth)) values.push_back(sign * value);
      for (const Ranked& each : smallest(values, k)) {
        e.out<float>(0)[at] = sign * each.value;
        e.out<std::int32_t>(1)[at++] = each.index;
      }
    }
  }
};

KernelCall lower(const NodeView& node) {
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  KernelCall call("nearest_neighbors", "top_k");
  call.set("rows", size.rows).set("depth", size.depth).set("k", TopK::of(node).k).flag("largest", TopK::of(node).largest);
  return call.value(node, 0, "values").output(0).output(1);
}

double cycles(const NodeView& node) { return 10.0 * static_cast<double>(node.input(0).elements()); }

const std::vector<Implementation> TopK::kRows = {{.name = "top_k.list", .cycles = cycles, .lower = lower, .code_bytes = 160}};

}  // namespace

MOTE_DEFINE_OPERATOR(TopK, top_k)

}  // namespace mote
