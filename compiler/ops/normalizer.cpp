// NORMALIZER: rows of the innermost axis, each divided by its norm. A row of norm 0 stays as it is.
// Source: ONNX ai.onnx.ml Normalizer.

#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/softmax_scaling.hpp"

namespace mote {

namespace {

class Normalizer : public OperatorBase<Normalizer> {
 public:
  static constexpr std::string_view kName = "normalizer";
  static const std::vector<Implementation> kRows;

  std::int32_t norm = 2;  ///< 0 the largest value, 1 the sum of sizes, 2 the length

  template <typename V>
  void fields(V& v) {
    v.visit("norm", norm);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.input(0), {DataType::kFloat32});
    require_rank(node.input(0), 1, INT32_MAX);
    require_elements(node.input(0));
    if (norm < 0 || norm > 2) throw Error(fmt::format("there is no norm {}", norm));
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    for_each_row<float, float>(e, [&](std::span<const float> in, std::span<float> out) {
      double size = norm == 0 ? -HUGE_VAL : 0.0;
      for (const float value : in) {
        const auto x = static_cast<double>(value);
        size = norm == 0 ? std::max(size, x) : size + (norm == 1 ? std::abs(x) : x * x);
      }
      if (norm == 2) size = std::sqrt(size);
      for (std::size_t i = 0; i < in.size(); ++i)
        out[i] = size != 0.0 ? static_cast<float>(static_cast<double>(in[i]) / size) : in[i];
    });
  }
};

KernelCall lower(const NodeView& node) {
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  KernelCall call("normalizer", "normalizer");
  call.set("rows", size.rows).set("depth", size.depth).set("norm", Normalizer::of(node).norm);
  return call.value(node, 0, "values").output().in_place_of({0});
}

double cycles(const NodeView& node) { return 40.0 + 25.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Normalizer::kRows = {
    {.name = "normalizer.direct", .cycles = cycles, .lower = lower, .code_bytes = 160}};

}  // namespace

MOTE_DEFINE_OPERATOR(Normalizer, normalizer)

}  // namespace mote
