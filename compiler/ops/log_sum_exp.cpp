// LOG_SUM_EXP over the innermost axis, which goes or stays with extent 1. Source: ONNX ReduceLogSumExp.

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class LogSumExp : public OperatorBase<LogSumExp> {
 public:
  static constexpr std::string_view kName = "log_sum_exp";
  static const std::vector<Implementation> kRows;

  bool keep_dims = true;

  template <typename V>
  void fields(V& v) {
    v.visit("keep_dims", keep_dims);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.input(0), {DataType::kFloat32});
    require_rank(node.input(0), 1, INT32_MAX);
    require_elements(node.input(0));
    Shape shape = node.input(0).shape;
    shape.pop_back();
    if (keep_dims) shape.push_back(1);
    return {{DataType::kFloat32, shape}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto depth = static_cast<std::size_t>(e.input(0).shape.back());
    for (std::size_t row = 0; row < e.out<float>().size(); ++row) {
      const auto values = e.in<float>(0).subspan(row * depth, depth);
      const auto largest = static_cast<double>(*std::max_element(values.begin(), values.end()));
      double sum = 0;
      for (const float value : values) sum += std::exp(static_cast<double>(value) - largest);
      e.out<float>()[row] = static_cast<float>(largest + std::log(sum));
    }
  }
};

KernelCall lower(const NodeView& node) {
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  KernelCall call("log_sum_exp", "log_sum_exp");
  return call.set("rows", size.rows).set("depth", size.depth).value(node, 0, "values").output();
}

double cycles(const NodeView& node) { return 200.0 * static_cast<double>(node.input(0).elements()); }

const std::vector<Implementation> LogSumExp::kRows = {
    {.name = "log_sum_exp.direct", .cycles = cycles, .lower = lower, .code_bytes = 150}};

}  // namespace

MOTE_DEFINE_OPERATOR(LogSumExp, log_sum_exp)

}  // namespace mote
