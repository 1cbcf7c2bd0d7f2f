// IMPUTER: of each row [..., depth], values that are missing become the column's value [depth].
// Source: ONNX ai.onnx.ml Imputer. Missing is what equals `replaced`, or what is not a number if `replaced` is none.

#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class Imputer : public OperatorBase<Imputer> {
 public:
  static constexpr std::string_view kName = "imputer";
  static const std::vector<Implementation> kRows;

  bool replaces_nan = true;
  float replaced = 0.0F;

  template <typename V>
  void fields(V& v) {
    v.visit("replaces_nan", replaces_nan);
    v.visit("replaced", replaced);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_type(node.input(0), {DataType::kFloat32});
    require_type(node.input(1), {DataType::kFloat32});
    require_rank(node.input(0), 1, INT32_MAX);
    require_elements(node.input(0));
    if (node.input(1).shape != Shape{node.input(0).shape.back()})
      throw Error(fmt::format("{} columns have values {}", node.input(0).shape.back(), to_string(node.input(1).shape)));
    if (std::isnan(replaced)) throw Error("the value to replace is not a number");
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0), with = e.in<float>(1);
    const auto out = e.out<float>();
    for (std::size_t i = 0; i < in.size(); ++i) {
      const bool missing = replaces_nan ? std::isnan(in[i]) : in[i] == replaced;
      out[i] = missing ? with[i % with.size()] : in[i];
    }
  }
};

KernelCall lower(const NodeView& node) {
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  KernelCall call("imputer", "imputer");
  call.set("rows", size.rows).set("depth", size.depth).flag("replaces_nan", Imputer::of(node).replaces_nan);
  call.real("replaced", Imputer::of(node).replaced);
  return call.value(node, 0, "values").value(node, 1, "with").output().in_place_of({0});
}

double cycles(const NodeView& node) { return 20.0 + 9.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Imputer::kRows = {
    {.name = "imputer.direct", .cycles = cycles, .lower = lower, .code_bytes = 100}};

}  // namespace

MOTE_DEFINE_OPERATOR(Imputer, imputer)

}  // namespace mote
